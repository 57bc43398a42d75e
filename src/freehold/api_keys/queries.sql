-- part: api_key
-- What an ApiKey is read from: k is a row of api_keys.
k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at, k.expires_at,
k.last_used_at, {maker}

-- part: maker
-- Who made a key, and, of an organization's own, whether they are a member.
(SELECT c.username FROM users c WHERE c.id = k.created_by) AS created_by_username,
CASE WHEN k.organization_id IS NOT NULL AND k.created_by IS NOT NULL THEN EXISTS (
    SELECT 1 FROM organization_members m WHERE m.organization_id = k.organization_id AND m.user_id = k.created_by
) END AS created_by_is_member

-- name: by_key_hash
-- The unexpired key with this hash, unless its user is suspended: who it acts for, where its projects are, and whether its last use was noted long ago (or lies ahead).
SELECT wanted.place, found.id, found.user_id, found.organization_id, found.actions, found.project_ids,
    found.organization_ids, found.is_admin, found.is_stale
FROM unnest(:key_hash::bytea[]) WITH ORDINALITY AS wanted (key_hash, place)
CROSS JOIN LATERAL (
    SELECT k.id, k.user_id, k.organization_id, k.actions, k.project_ids,
        CASE WHEN k.project_ids IS NOT NULL THEN ARRAY(
            SELECT DISTINCT p.organization_id FROM projects p WHERE p.id = ANY (k.project_ids)
        ) END AS organization_ids,
        coalesce(u.is_admin, false) AS is_admin,
        coalesce(k.last_used_at NOT BETWEEN now() - interval '1 minute' AND now(), true) AS is_stale
    FROM api_keys k
    LEFT JOIN users u ON u.id = k.user_id
    WHERE k.key_hash = wanted.key_hash AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.suspended_at IS NULL
    LIMIT 1
) AS found;

-- name: by_key_hash @citus
-- The same, for one key; where its projects are is asked of all servers, and only of a key that is limited to some.
WITH k AS MATERIALIZED (
    SELECT k.id, k.user_id, k.organization_id, k.actions, k.project_ids, coalesce(u.is_admin, false) AS is_admin,
        coalesce(k.last_used_at NOT BETWEEN now() - interval '1 minute' AND now(), true) AS is_stale
    FROM api_keys k
    LEFT JOIN users u ON u.id = k.user_id
    WHERE k.key_hash = :key_hash AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.suspended_at IS NULL
), p AS MATERIALIZED (
    SELECT DISTINCT p.organization_id
    FROM projects p
    WHERE p.id = ANY (ARRAY(SELECT unnest(k.project_ids) FROM k))
)
SELECT k.id, k.user_id, k.organization_id, k.actions, k.project_ids, k.is_admin, k.is_stale,
    CASE WHEN k.project_ids IS NOT NULL THEN ARRAY(SELECT p.organization_id FROM p) END AS organization_ids
FROM k;

-- name: note_use
-- Note that a key is in use; at most once a minute, so that using it stays cheap.
UPDATE api_keys
SET last_used_at = now()
WHERE id = :id AND (last_used_at IS NULL OR last_used_at NOT BETWEEN now() - interval '1 minute' AND now());

-- name: page
-- Keys of a user or of an organization (the other is NULL), newest id first, before a position; two index scans in
-- reads: replica
-- order of id, each to the end of the page, where OR, or one end for both, would gather and sort every key.
(
    SELECT {api_key}
    FROM api_keys k
    WHERE user_id = :user_id AND id < :before_id
    ORDER BY id DESC
    LIMIT :limit
)
UNION ALL
(
    SELECT {api_key}
    FROM api_keys k
    WHERE organization_id = :organization_id AND id < :before_id
    ORDER BY id DESC
    LIMIT :limit
)
ORDER BY id DESC
LIMIT :limit;

-- name: count_all
-- How many keys a user or an organization has.
-- reads: replica
SELECT count(*) FROM api_keys WHERE user_id = :user_id OR organization_id = :organization_id;

-- name: by_id
-- The key of a user or of an organization with this id.
-- reads: replica
SELECT {api_key}
FROM api_keys k
WHERE id = :id AND (user_id = :user_id OR organization_id = :organization_id);

-- name: lock_holder
-- Make those wait for each other who make keys of a user, or of an organization (the other is NULL).
WITH locked_user AS (
    SELECT id FROM users WHERE id = :user_id FOR NO KEY UPDATE
), locked_organization AS (
    SELECT id FROM organizations WHERE id = :organization_id FOR NO KEY UPDATE
)
SELECT coalesce((SELECT id FROM locked_user), (SELECT id FROM locked_organization));

-- name: count_working
-- How many keys of a user or of an organization have not expired.
SELECT count(*)
FROM api_keys
WHERE (user_id = :user_id OR organization_id = :organization_id) AND (expires_at IS NULL OR expires_at > now());

-- part: insertion
-- Adds a key.
INSERT INTO api_keys AS k (
    id, user_id, organization_id, name, hint, key_hash, actions, project_ids, created_by, expires_at
)
VALUES (
    :id, :user_id, :organization_id, :name, :hint, :key_hash, :actions, :project_ids, :created_by, :expires_at
)

-- name: insert
-- Add a key.
{insertion}
RETURNING {api_key};

-- name: insert @citus
-- The same.
WITH k AS (
    {insertion}
    RETURNING k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at,
        k.expires_at, k.last_used_at
)
SELECT {api_key} FROM k;

-- name: retire
-- Let an unexpired key of a user or of an organization go on for a while and no longer; tells what it was.
WITH before AS (
    SELECT id, expires_at FROM api_keys
    WHERE id = :id AND (user_id = :user_id OR organization_id = :organization_id)
        AND (expires_at IS NULL OR expires_at > now())
    FOR UPDATE
)
UPDATE api_keys k
SET expires_at = least(k.expires_at, now() + make_interval(secs => :overlap_seconds))
FROM before
WHERE k.id = before.id
RETURNING k.id, k.name, k.hint, k.user_id, k.organization_id, k.actions, k.project_ids, k.created_by, k.created_at,
    before.expires_at, k.last_used_at, {maker};

-- name: pass_on_invitations
-- Let a key stand for the invitations that the one before it has sent.
UPDATE invitations
SET invited_by_key = :id
WHERE organization_id = :organization_id AND invited_by_key = :earlier_id AND status = 'open';

-- name: delete
-- Revoke a key of a user or of an organization.
DELETE FROM api_keys
WHERE id = :id AND (user_id = :user_id OR organization_id = :organization_id)
RETURNING id;

-- name: delete_expired
-- Forget keys that expired more than thirty days ago, but for some.
DELETE FROM api_keys WHERE expires_at < now() - interval '30 days' AND id::text <> ALL (:kept::text[]);

-- name: projects_of_user
-- Those of the projects that belong to organizations of a user.
SELECT p.id
FROM projects p
JOIN organization_roles r ON r.organization_id = p.organization_id AND r.user_id = :user_id
WHERE p.id = ANY (:ids::uuid[]);

-- name: projects_of_organization
-- Those of the projects that belong to an organization.
SELECT id FROM projects WHERE organization_id = :organization_id AND id = ANY (:ids::uuid[]);
