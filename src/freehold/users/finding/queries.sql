-- Each way through the users goes along an index in the order of the answer, so that a page costs what it shows. Who is
-- suspended or an administrator are few, and have indexes of their own; what is not asked for is NULL.

-- part: narrowed
-- Who is asked for by state and rights.
(:is_suspended::boolean IS NULL OR (u.suspended_at IS NOT NULL) = :is_suspended)
AND (:is_admin::boolean IS NULL OR u.is_admin = :is_admin)

-- part: columns
-- The columns of users that are looked at.
u.id, u.username, u.email, u.email_verified_at, u.suspended_at, u.is_admin, u.created_at, u.updated_at, u.first_name,
u.last_name, u.avatar_url

-- part: username_term
-- What is searched, as the index has it.
lower(u.username COLLATE "C")

-- part: email_term
-- What is searched, as the index has it.
lower(u.email COLLATE "C")

-- part: name_term
-- What is searched, as the index has it.
lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)) COLLATE "C"

-- part: last_name_term
-- What is searched, as the index has it.
lower(u.last_name) COLLATE "C"

-- part: first_term
-- The first of a user's texts that begin as asked for; NULL when none does.
least(
    CASE WHEN starts_with({username_term}, :folded) THEN {username_term} END,
    CASE WHEN starts_with({email_term}, :folded) THEN {email_term} END,
    CASE WHEN starts_with({name_term}, lower(:q)) THEN {name_term} END,
    CASE WHEN starts_with({last_name_term}, lower(:q)) THEN {last_name_term} END
)

-- part: begins
-- Whether any of a user's texts begins as asked for.
(
    starts_with({username_term}, :folded) OR starts_with({email_term}, :folded)
    OR coalesce(starts_with({name_term}, lower(:q)), false) OR coalesce(starts_with({last_name_term}, lower(:q)), false)
)

-- name: newest
-- Users, newest id first, before a position.
-- reads: replica
SELECT {users.user}
FROM users u
WHERE u.id < :before_id AND {narrowed}
ORDER BY u.id DESC
LIMIT :limit;

-- name: newest_suspended
-- Users who are suspended, newest id first, before a position.
-- reads: replica
SELECT {users.user}
FROM users u
WHERE u.suspended_at IS NOT NULL AND u.id < :before_id AND {narrowed}
ORDER BY u.id DESC
LIMIT :limit;

-- name: newest_admins
-- Users who administer the platform, newest id first, before a position.
-- reads: replica
SELECT {users.user}
FROM users u
WHERE u.is_admin AND u.id < :before_id AND {narrowed}
ORDER BY u.id DESC
LIMIT :limit;

-- name: oldest
-- Users, oldest id first, after a position.
-- reads: replica
SELECT {users.user}
FROM users u
WHERE u.id > :after_id AND {narrowed}
ORDER BY u.id
LIMIT :limit;

-- name: oldest_suspended
-- Users who are suspended, oldest id first, after a position.
-- reads: replica
SELECT {users.user}
FROM users u
WHERE u.suspended_at IS NOT NULL AND u.id > :after_id AND {narrowed}
ORDER BY u.id
LIMIT :limit;

-- name: oldest_admins
-- Users who administer the platform, oldest id first, after a position.
-- reads: replica
SELECT {users.user}
FROM users u
WHERE u.is_admin AND u.id > :after_id AND {narrowed}
ORDER BY u.id
LIMIT :limit;

-- name: by_username
-- Users in order of username, after a position.
-- reads: replica
SELECT {users.user}, {username_term} AS term, true AS is_shown, false AS is_end
FROM users u
WHERE ({username_term}, u.id) > (:after_term, :after_id) AND {narrowed}
ORDER BY {username_term}, u.id
LIMIT :limit;

-- name: suspended_by_username
-- Users who are suspended, a few, in order of username, after a position.
-- reads: replica
SELECT {users.user}, {username_term} AS term, true AS is_shown, false AS is_end
FROM users u
WHERE u.suspended_at IS NOT NULL AND ({username_term}, u.id) > (:after_term, :after_id) AND {narrowed}
ORDER BY {username_term}, u.id
LIMIT :limit;

-- name: admins_by_username
-- Users who administer the platform, in order of username, after a position.
-- reads: replica
SELECT {users.user}, {username_term} AS term, true AS is_shown, false AS is_end
FROM users u
WHERE u.is_admin AND ({username_term}, u.id) > (:after_term, :after_id) AND {narrowed}
ORDER BY {username_term}, u.id
LIMIT :limit;

-- part: from_folded
-- The later of the position and of what begins as asked for: an index is entered at one bound, and walked from there.
(
    greatest(:after_term::text COLLATE "C", :folded::text COLLATE "C"),
    CASE WHEN :after_term::text COLLATE "C" >= :folded::text COLLATE "C" THEN :after_id::uuid
        ELSE '00000000-0000-0000-0000-000000000000' END
)

-- part: from_lower
-- The same for names, which begin as asked for in lower case.
(
    greatest(:after_term::text COLLATE "C", lower(:q::text) COLLATE "C"),
    CASE WHEN :after_term::text COLLATE "C" >= lower(:q::text) COLLATE "C" THEN :after_id::uuid
        ELSE '00000000-0000-0000-0000-000000000000' END
)

-- part: entries
-- Texts that begin as asked for, in order, after a position: as many as :entries of each of four indexes, merged. A user of
-- whom several texts do is found by each of them.
(
    SELECT {columns}, {username_term} COLLATE "C" AS term, 1 AS place
    FROM users u
    WHERE {username_term} >= :folded AND {username_term} < :folded || chr(1114111)
        AND ({username_term}, u.id) > {from_folded}
    ORDER BY {username_term}, u.id
    LIMIT :entries
)
UNION ALL
(
    SELECT {columns}, {email_term} COLLATE "C", 2
    FROM users u
    WHERE {email_term} >= :folded AND {email_term} < :folded || chr(1114111)
        AND ({email_term}, u.id) > {from_folded}
    ORDER BY {email_term}, u.id
    LIMIT :entries
)
UNION ALL
(
    SELECT {columns}, {name_term}, 3
    FROM users u
    WHERE u.first_name IS NOT NULL
        AND {name_term} >= lower(:q) COLLATE "C" AND {name_term} < (lower(:q) || chr(1114111)) COLLATE "C"
        AND ({name_term}, u.id) > {from_lower}
    ORDER BY {name_term}, u.id
    LIMIT :entries
)
UNION ALL
(
    SELECT {columns}, {last_name_term}, 4
    FROM users u
    WHERE u.last_name IS NOT NULL
        AND {last_name_term} >= lower(:q) COLLATE "C" AND {last_name_term} < (lower(:q) || chr(1114111)) COLLATE "C"
        AND ({last_name_term}, u.id) > {from_lower}
    ORDER BY {last_name_term}, u.id
    LIMIT :entries
)

-- name: search
-- Users of whom a text begins as asked for, in order of that text, after a position, as far as so many entries reach. Each
-- reads: replica
-- is shown with the first such text alone; the last entry comes, too, so that the next page begins there.
SELECT {users.user}, u.term, u.is_shown, u.number = :entries AS is_end
FROM (
    SELECT {columns}, u.term, row_number() OVER (ORDER BY u.term, u.id) AS number,
        u.term = {first_term}
        AND u.place = CASE u.term
            WHEN {username_term} THEN 1 WHEN {email_term} THEN 2 WHEN {name_term} THEN 3 ELSE 4
        END
        AND {narrowed} AS is_shown
    FROM ({entries}) AS u
    ORDER BY u.term, u.id
    LIMIT :entries
) AS u
WHERE u.is_shown OR u.number = :entries
ORDER BY u.term, u.id
LIMIT :limit;

-- name: search_suspended
-- Users who are suspended, a few, of whom a text begins as asked for, in order of that text, after a position.
-- reads: replica
SELECT {users.user}, {first_term} AS term, true AS is_shown, false AS is_end
FROM users u
WHERE u.suspended_at IS NOT NULL AND ({first_term}, u.id) > (:after_term, :after_id) AND {narrowed}
ORDER BY {first_term}, u.id
LIMIT :limit;

-- name: search_admins
-- Users who administer the platform of whom a text begins as asked for, in order of that text, after a position.
-- reads: replica
SELECT {users.user}, {first_term} AS term, true AS is_shown, false AS is_end
FROM users u
WHERE u.is_admin AND ({first_term}, u.id) > (:after_term, :after_id) AND {narrowed}
ORDER BY {first_term}, u.id
LIMIT :limit;

-- name: by_exact_username
-- The user with a username, if they are as asked for otherwise.
-- reads: replica
SELECT {users.user}
FROM users u
WHERE {username_term} = lower(:username COLLATE "C")
    AND (:email::text IS NULL OR {email_term} = lower(:email COLLATE "C"))
    AND (:q::text IS NULL OR {begins})
    AND {narrowed};

-- name: by_exact_email
-- The user with an e-mail address, if they are as asked for otherwise.
-- reads: replica
SELECT {users.user}
FROM users u
WHERE {email_term} = lower(:email COLLATE "C")
    AND (:q::text IS NULL OR {begins})
    AND {narrowed};

-- name: many_are_suspended
-- Whether so many are suspended that it is no longer a short way to look at all of them.
SELECT count(*) > 1000 FROM (SELECT FROM users WHERE suspended_at IS NOT NULL LIMIT 1001) AS first_ones;

-- name: count_all
-- How many users there are, of what kind.
-- reads: replica
SELECT count(*) AS users, count(*) FILTER (WHERE is_admin) AS admins,
    count(*) FILTER (WHERE suspended_at IS NOT NULL) AS suspended,
    count(*) FILTER (WHERE suspended_at IS NOT NULL AND is_admin) AS suspended_admins
FROM users;

-- name: count_found
-- Of how many users a text begins as asked for.
-- reads: replica
SELECT count(*)
FROM users u
WHERE (
        {username_term} >= :folded AND {username_term} < :folded || chr(1114111)
        OR {email_term} >= :folded AND {email_term} < :folded || chr(1114111)
        OR u.first_name IS NOT NULL
            AND {name_term} >= lower(:q) COLLATE "C" AND {name_term} < (lower(:q) || chr(1114111)) COLLATE "C"
        OR u.last_name IS NOT NULL
            AND {last_name_term} >= lower(:q) COLLATE "C" AND {last_name_term} < (lower(:q) || chr(1114111)) COLLATE "C"
    )
    AND {narrowed};
