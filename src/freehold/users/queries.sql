-- part: user
-- What a User is read from: u is a row of users.
u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
u.first_name, u.last_name, u.avatar_url

-- part: own
-- What an OwnUser is read from: u is a row of users.
{user}, u.is_admin, u.locale,
(SELECT v.email FROM email_verifications v WHERE v.user_id = u.id AND v.email <> u.email) AS new_email

-- part: kept
-- What a KeptUser is read from: u is a row of users.
{own}, u.metadata, u.public_metadata, u.private_metadata

-- name: by_id
-- The user with this id.
-- reads: replica
SELECT wanted.place, {kept}
FROM unnest(:id::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN users u ON u.id = wanted.id;

-- name: seed_user_with_organizations
-- The seed's first query, to the letter; the pattern of with_organizations.
SELECT u.*, o.*
FROM users u
LEFT JOIN organization_members om ON u.id = om.user_id
LEFT JOIN organizations o ON om.organization_id = o.id
WHERE u.id = $1;

-- part: organizations
-- The columns of a user's organizations, newest id first; a viewer sees only those they share (NULL sees all).
LATERAL (
    SELECT coalesce(array_agg(newest.id), '{}') AS ids,
        coalesce(array_agg(newest.name), '{}') AS names,
        coalesce(array_agg(newest.slug), '{}') AS slugs,
        coalesce(array_agg(newest.owner_id), '{}') AS owner_ids,
        coalesce(array_agg(newest.created_at), '{}') AS times_created,
        coalesce(array_agg(newest.updated_at), '{}') AS times_updated
    FROM (
        SELECT organizations.id, organizations.name, organizations.slug, organizations.owner_id,
            organizations.created_at, organizations.updated_at
        FROM organization_members om
        JOIN organizations ON organizations.id = om.organization_id
        WHERE om.user_id = u.id AND organizations.deleted_at IS NULL
            AND (wanted.viewer_id IS NULL OR EXISTS (
                SELECT 1 FROM organization_members shared
                WHERE shared.organization_id = om.organization_id AND shared.user_id = wanted.viewer_id
            ))
        ORDER BY om.organization_id DESC
        LIMIT 1000
    ) AS newest
)

-- name: with_organizations
-- A user with the columns of their organizations, newest id first; a viewer sees only those they share (NULL sees all).
-- One row a user: a row for each organization would bring the user again with each.
SELECT wanted.place,
    {own},
    o.ids, o.names, o.slugs, o.owner_ids, o.times_created, o.times_updated
FROM unnest(:id::uuid[], :viewer_id::uuid[]) WITH ORDINALITY AS wanted (id, viewer_id, place)
JOIN users u ON u.id = wanted.id
CROSS JOIN {organizations} AS o;

-- name: by_login
-- The user with this username or e-mail address, in any case.
SELECT {user}
FROM users u
WHERE lower(username COLLATE "C") = lower(:login::text COLLATE "C")
    OR lower(email COLLATE "C") = lower(:login::text COLLATE "C");

-- name: credentials_by_login
-- Whom a username or an e-mail address (in any case) belongs to, with the hash that a password must fit.
SELECT u.password_hash, {own}
FROM users u
WHERE lower(username COLLATE "C") = lower(:login::text COLLATE "C")
    OR lower(email COLLATE "C") = lower(:login::text COLLATE "C");

-- name: any_admin
-- Whether anybody administers the platform who is not suspended.
SELECT EXISTS (SELECT FROM users WHERE is_admin AND suspended_at IS NULL);

-- name: insert
-- Add a user; no row when the address is held for whoever had it before a change that can still be undone.
INSERT INTO users AS u (
    id, username, email, email_verified_at, password_hash, first_name, last_name, avatar_url, is_admin, locale,
    metadata, public_metadata, private_metadata
)
SELECT :id, :username, :email::varchar, time_if(:email_verified::boolean, now()), :password_hash, :first_name, :last_name,
    :avatar_url, :is_admin, :locale, :metadata::text::jsonb, :public_metadata::text::jsonb,
    :private_metadata::text::jsonb
WHERE NOT EXISTS (
    SELECT FROM email_undos e
    WHERE lower(e.email COLLATE "C") = lower(:email::varchar COLLATE "C") AND e.expires_at > now()
)
RETURNING {user};

-- name: lock
-- Hold a user until the transaction ends, so that what is merged into what they keep is merged into the newest.
SELECT u.metadata, u.public_metadata, u.private_metadata FROM users u WHERE id = :id FOR NO KEY UPDATE;

-- name: update
-- Change what is given: NULL leaves the username; of the profile, what is listed as changed gets its new value.
UPDATE users u
SET username = coalesce(:username, username),
    first_name = CASE WHEN 'first_name' = ANY (:changed::text[]) THEN :first_name ELSE first_name END,
    last_name = CASE WHEN 'last_name' = ANY (:changed) THEN :last_name ELSE last_name END,
    avatar_url = CASE WHEN 'avatar_url' = ANY (:changed) THEN :avatar_url ELSE avatar_url END,
    locale = CASE WHEN 'locale' = ANY (:changed) THEN :locale ELSE locale END,
    metadata = coalesce(:metadata::text::jsonb, metadata),
    public_metadata = coalesce(:public_metadata::text::jsonb, public_metadata),
    private_metadata = coalesce(:private_metadata::text::jsonb, private_metadata),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING {kept};

-- name: set_password_hash
-- Store the hash of a new password.
UPDATE users u
SET password_hash = :password_hash,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING {user};

-- name: drop_expired_resets
-- Forget the tokens for new passwords that were not used in time, but for some.
DELETE FROM password_resets WHERE expires_at <= now() AND user_id::text <> ALL (:kept::text[]);

-- name: drop_used_tokens
-- Forget the tokens that were used long ago, but for some.
DELETE FROM used_tokens WHERE used_at < now() - interval '30 days' AND token_hash::text <> ALL (:kept::text[]);

-- name: drop_expired_verifications
-- Forget the tokens that confirm an address and were not used in time, but for some. A user whose change of address ends
-- so gets a new version, which shows the change.
WITH ended AS (
    DELETE FROM email_verifications
    WHERE expires_at <= now() AND user_id::text <> ALL (:kept::text[])
    RETURNING user_id, email
)
UPDATE users u
SET updated_at = next_version(statement_timestamp(), u.updated_at)
FROM ended
WHERE u.id = ended.user_id AND ended.email <> u.email;

-- name: delete
-- Remove a user; the organizations they leave get a new version, since their members change.
WITH left_organizations AS (
    UPDATE organizations o
    SET updated_at = next_version(statement_timestamp(), o.updated_at)
    FROM organization_members m
    WHERE m.user_id = :id AND o.id = m.organization_id
)
DELETE FROM users
WHERE id = :id AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING id;
