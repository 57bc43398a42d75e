-- What is read from the databases of other systems, as the fields of a file, with `source` to name the row by, and
-- `refusal` where it cannot be brought over. An id that is no UUID there becomes one that is made of it, the same each time.
-- `table_of_users` stands for the name of that table.

-- name: has_table
-- Whether there is a table of this name.
SELECT to_regclass(:name::text) IS NOT NULL;

-- name: django_users
-- Django's auth_user. A password that begins with an exclamation mark is one that nobody has.
SELECT 'user ' || u.id AS source,
    CASE WHEN NOT u.is_active THEN 'is not active there, and Freehold knows no inactive users' END AS refusal,
    CASE
        WHEN u.id::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN u.id::text::uuid
        ELSE md5('django/' || u.id)::uuid
    END AS id,
    u.username, u.email, nullif(btrim(u.first_name), '') AS first_name,
    nullif(btrim(u.last_name), '') AS last_name, u.date_joined::timestamptz AS created_at,
    CASE WHEN u.password = '' OR u.password LIKE '!%' THEN '!' ELSE u.password END AS password_hash
FROM table_of_users u
ORDER BY u.id;

-- name: fastapi_users
-- The table that fastapi-users describes. It has no usernames: one is made of the address and the id.
SELECT 'user ' || u.id AS source,
    CASE WHEN NOT u.is_active THEN 'is not active there, and Freehold knows no inactive users' END AS refusal,
    CASE
        WHEN u.id::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN u.id::text::uuid
        ELSE md5('fastapi-users/' || u.id)::uuid
    END AS id,
    left(regexp_replace(split_part(u.email, '@', 1), '[^A-Za-z0-9_]', '_', 'g'), 40) || '_' || left(md5(u.id::text), 8)
        AS username,
    u.email, CASE WHEN u.is_verified THEN now() END AS email_verified_at, u.hashed_password AS password_hash
FROM table_of_users u
ORDER BY u.id;

-- name: better_auth_users
-- better-auth's users with their own passwords, and the usernames of its username plugin where it is in use.
SELECT 'user ' || u.id AS source, NULL::text AS refusal,
    CASE
        WHEN u.id::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN u.id::text::uuid
        ELSE md5('better-auth/user/' || u.id)::uuid
    END AS id,
    coalesce(
        to_jsonb(u) ->> 'username',
        left(regexp_replace(split_part(u.email, '@', 1), '[^A-Za-z0-9_]', '_', 'g'), 40) || '_' || left(md5(u.id::text), 8)
    ) AS username,
    u.email, CASE WHEN u."emailVerified" THEN u."updatedAt"::timestamptz END AS email_verified_at,
    nullif(split_part(btrim(u.name), ' ', 1), '') AS first_name,
    nullif(btrim(substr(btrim(u.name), length(split_part(btrim(u.name), ' ', 1)) + 1)), '') AS last_name,
    CASE WHEN u.image ~ '^https?://[!-~]+$' THEN u.image END AS avatar_url, u."createdAt"::timestamptz AS created_at,
    u."updatedAt"::timestamptz AS updated_at,
    (
        SELECT a.password FROM account a
        WHERE a."userId" = u.id AND a."providerId" = 'credential' AND a.password IS NOT NULL
        ORDER BY a.id
        LIMIT 1
    ) AS password_hash
FROM table_of_users u
ORDER BY u.id;

-- name: better_auth_organizations
-- better-auth's organizations. Of several owners the first one stays the owner.
SELECT 'organization ' || o.id AS source, NULL::text AS refusal,
    CASE
        WHEN o.id::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN o.id::text::uuid
        ELSE md5('better-auth/organization/' || o.id)::uuid
    END AS id,
    o.name, o.slug,
    CASE
        WHEN w."userId"::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN w."userId"::text::uuid
        ELSE md5('better-auth/user/' || w."userId")::uuid
    END AS owner_id,
    w."createdAt"::timestamptz AS owner_joined_at, o."createdAt"::timestamptz AS created_at
FROM organization o
LEFT JOIN LATERAL (
    SELECT m."userId", m."createdAt" FROM member m
    WHERE m."organizationId" = o.id AND 'owner' = ANY(string_to_array(replace(m.role, ' ', ''), ','))
    ORDER BY m."createdAt", m.id
    LIMIT 1
) AS w ON true
ORDER BY o.id;

-- name: better_auth_members
-- better-auth's members but for the owners that its organizations brought. Further owners become admins.
SELECT 'member ' || m.id AS source, NULL::text AS refusal,
    CASE
        WHEN m."organizationId"::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN m."organizationId"::text::uuid
        ELSE md5('better-auth/organization/' || m."organizationId")::uuid
    END AS organization_id,
    CASE
        WHEN m."userId"::text ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN m."userId"::text::uuid
        ELSE md5('better-auth/user/' || m."userId")::uuid
    END AS user_id,
    CASE
        WHEN string_to_array(replace(m.role, ' ', ''), ',') && ARRAY['owner', 'admin'] THEN 'admin'
        ELSE m.role
    END AS role,
    m."createdAt"::timestamptz AS joined_at
FROM member m
WHERE m.id IS DISTINCT FROM (
    SELECT first.id FROM member first
    WHERE first."organizationId" = m."organizationId"
        AND 'owner' = ANY(string_to_array(replace(first.role, ' ', ''), ','))
    ORDER BY first."createdAt", first.id
    LIMIT 1
)
ORDER BY m.id;
