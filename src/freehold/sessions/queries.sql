-- part: password_kind
-- What a hash tells of the work that it takes: all but its salt and key. The index users_password_kind_idx has the same.
coalesce(
    substring(
        regexp_replace(password_hash, '^(scrypt[$][0-9]+)[$][^$]+', '\1')
        FROM '^(?:[{]SSHA[}]|(?:bcrypt[_a-z0-9]*[$])?[$]2[aby](?=[$])|[$][56](?=[$])|(?:argon2)?[$]?[a-z][_a-z0-9-]{2,19}(?=[$:]))(?:[$:,](?:[mtpnirv]=|ln=|rounds=|sha)?[0-9]+(?=[$:,]))*'
    ), ''
)

-- part: of_another_system
-- Whether a hash was made in another way than today's.
password_hash <> '!' AND password_hash NOT LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'

-- name: password_hashes_in_use
-- A hash of each kind and cost that other systems made: the index is asked for the next kind each time.
WITH RECURSIVE kinds (kind, password_hash) AS (
    (
        SELECT {password_kind}, password_hash
        FROM users
        WHERE {of_another_system}
        ORDER BY 1
        LIMIT 1
    )
    UNION ALL
    SELECT following.kind, following.password_hash
    FROM kinds
    CROSS JOIN LATERAL (
        SELECT {password_kind} AS kind, password_hash
        FROM users
        WHERE {of_another_system} AND {password_kind} > kinds.kind
        ORDER BY 1
        LIMIT 1
    ) AS following
)
SELECT password_hash FROM kinds LIMIT 100;

-- part: whose
-- Whose unexpired session a token belongs to, and whether its last use was noted long ago (or lies ahead).
LATERAL (
    SELECT s.id AS session_id, s.user_id, u.is_admin, s.acting_admin_id,
        s.last_used_at NOT BETWEEN now() - interval '1 minute' AND now() AS is_stale
    FROM sessions s
    JOIN users u ON u.id = s.user_id AND u.suspended_at IS NULL
    WHERE s.token_hash = wanted.token_hash AND s.expires_at > now()
        -- One in which somebody acts for the user works while they are an active administrator, and the user is none.
        AND (s.acting_admin_id IS NULL OR (NOT u.is_admin AND EXISTS (
            SELECT FROM users a WHERE a.id = s.acting_admin_id AND a.is_admin AND a.suspended_at IS NULL
        )))
    LIMIT 1
)

-- name: by_token_hash
-- Whose session a token belongs to.
SELECT wanted.place, asks.session_id, asks.user_id, asks.is_admin, asks.acting_admin_id, asks.is_stale
FROM unnest(:token_hash::bytea[]) WITH ORDINALITY AS wanted (token_hash, place)
CROSS JOIN {whose} AS asks;

-- name: by_token_hash_with_id
-- Whose session a token belongs to, and what they are in the organization with this id (NULL where there is none).
SELECT wanted.place, asks.session_id, asks.user_id, asks.is_admin, asks.acting_admin_id, asks.is_stale,
    o.id AS organization_id, o.slug, r.role, r.actions, (SELECT version FROM own_action_versions) AS own_version
FROM unnest(:token_hash::bytea[], :organization_id::uuid[]) WITH ORDINALITY
    AS wanted (token_hash, organization_id, place)
CROSS JOIN {whose} AS asks
LEFT JOIN organizations o ON o.id = wanted.organization_id AND o.deleted_at IS NULL
LEFT JOIN {access.held_role} AS r ON true;

-- name: by_token_hash_with_slug
-- Whose session a token belongs to, and what they are in the organization with this slug (NULL where there is none).
SELECT wanted.place, asks.session_id, asks.user_id, asks.is_admin, asks.acting_admin_id, asks.is_stale,
    o.id AS organization_id, o.slug, r.role, r.actions, (SELECT version FROM own_action_versions) AS own_version
FROM unnest(:token_hash::bytea[], :slug::text[]) WITH ORDINALITY AS wanted (token_hash, slug, place)
CROSS JOIN {whose} AS asks
LEFT JOIN organizations o ON o.slug = wanted.slug AND o.deleted_at IS NULL
LEFT JOIN {access.held_role} AS r ON true;

-- name: by_token_hash_with_organizations
-- Whose session a token belongs to, with the columns of all their organizations.
SELECT wanted.place, asks.session_id, asks.acting_admin_id, asks.is_stale, {users.own},
    o.ids, o.names, o.slugs, o.owner_ids, o.times_created, o.times_updated
FROM (
    SELECT token_hash, place, NULL::uuid AS viewer_id
    FROM unnest(:token_hash::bytea[]) WITH ORDINALITY AS given (token_hash, place)
) AS wanted
CROSS JOIN {whose} AS asks
JOIN users u ON u.id = asks.user_id
CROSS JOIN {users.organizations} AS o;

-- name: note_use
-- Note that a session is in use, which makes it last longer, up to its whole lifetime; but not one in which somebody acts.
-- At most once a minute, so that reading stays cheap. A beginning that lies ahead (the clock was set back since) counts as
-- now, so that no session outlives what it may by a clock that was wrong.
UPDATE sessions
SET last_used_at = now(),
    created_at = least(created_at, time_if(acting_admin_id IS NULL, now())),
    expires_at = kept_time(
        time_if(acting_admin_id IS NOT NULL, expires_at),
        least(
            seconds_after(least(created_at, now()), :lifetime_seconds), now() + make_interval(secs => :idle_seconds)
        )
    )
WHERE id = :id AND last_used_at NOT BETWEEN now() - interval '1 minute' AND now();

-- name: insert
-- Add a session, and drop the same user's expired ones; no row when the password is no longer the one that was verified, or
-- the user is suspended.
-- The lock has a change of the password wait, or waits for it: its ending of sessions misses none that the old one began.
WITH expired AS (
    DELETE FROM sessions WHERE user_id = :user_id AND expires_at <= now()
),
verified AS (
    SELECT id FROM users WHERE id = :user_id AND password_hash = :password_hash AND suspended_at IS NULL FOR SHARE
)
INSERT INTO sessions (id, token_hash, user_id, authenticated_at, expires_at, user_agent, ip)
SELECT :id, :token_hash, verified.id, now(), now() + make_interval(secs => :lifetime_seconds), :user_agent, :ip
FROM verified
RETURNING expires_at;

-- name: drop_expired
-- Forget the sessions that have expired, but for some.
DELETE FROM sessions WHERE expires_at <= now() AND id::text <> ALL (:kept::text[]);

-- name: page_of_user
-- A user's unexpired sessions, newest id first, before a position.
-- reads: replica
SELECT id, created_at, coalesce(authenticated_at, created_at) AS authenticated_at, last_used_at, expires_at, user_agent,
    host(ip) AS ip, acting_admin_id, id IS NOT DISTINCT FROM :current_id::uuid AS current
FROM sessions
WHERE user_id = :user_id AND id < :before_id AND expires_at > now()
ORDER BY id DESC
LIMIT :limit;

-- name: refresh
-- Note that a session has given the password now.
UPDATE sessions
SET authenticated_at = now()
WHERE id = :id AND user_id = :user_id AND acting_admin_id IS NULL AND expires_at > now()
RETURNING id, created_at, authenticated_at, last_used_at, expires_at, user_agent, host(ip) AS ip,
    acting_admin_id, true AS current;

-- name: count_of_user
-- How many unexpired sessions a user has.
-- reads: replica
SELECT count(*) FROM sessions WHERE user_id = :user_id AND expires_at > now();

-- name: delete_others
-- End a user's sessions but for one (all, when that is NULL).
DELETE FROM sessions WHERE user_id = :user_id AND id IS DISTINCT FROM :kept_id RETURNING id;

-- name: delete
-- End one of a user's sessions.
DELETE FROM sessions WHERE id = :id AND user_id = :user_id RETURNING id;

-- name: renew_password_hash
-- Store the hash of the same password made with today's parameters, unless it was changed meanwhile.
UPDATE users
SET password_hash = :renewed,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :user_id AND password_hash = :outdated;
