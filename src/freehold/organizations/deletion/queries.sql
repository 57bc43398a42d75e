-- part: deleted
-- What a DeletedOrganization is read from: o is a row of organizations.
{organizations.row}, o.deleted_at, seconds_after(o.deleted_at, :restorable_seconds) AS restorable_until

-- name: delete
-- Mark an organization as deleted; its members and projects stay for as long as it can be restored.
UPDATE organizations o
SET deleted_at = now(),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id AND deleted_at IS NULL AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING {deleted};

-- name: restore
-- Bring a deleted organization back, if it is not too late.
UPDATE organizations o
SET deleted_at = NULL,
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :id AND deleted_at > now() - make_interval(secs => :restorable_seconds)
RETURNING {organizations.kept};

-- name: page_of_user
-- Deleted organizations that a user can restore, newest id first, before a position.
SELECT {deleted}
FROM all_organization_roles r
JOIN organizations o ON o.id = r.organization_id
WHERE r.user_id = :user_id AND r.organization_id < :before_id
    AND o.deleted_at > now() - make_interval(secs => :restorable_seconds)
    AND (r.role = 'owner' OR 'organization.restore' = ANY (r.actions))
ORDER BY r.organization_id DESC
LIMIT :limit;

-- name: count_of_user
-- How many deleted organizations a user can restore.
SELECT count(*)
FROM all_organization_roles r
WHERE r.user_id = :user_id
    AND r.deleted_at > now() - make_interval(secs => :restorable_seconds)
    AND (r.role = 'owner' OR 'organization.restore' = ANY (r.actions));

-- name: page
-- All deleted organizations that can be restored, newest id first, before a position.
SELECT {deleted}
FROM organizations o
WHERE o.id < :before_id AND o.deleted_at > now() - make_interval(secs => :restorable_seconds)
ORDER BY o.id DESC
LIMIT :limit;

-- name: count_all
-- How many deleted organizations can be restored.
SELECT count(*) FROM organizations WHERE deleted_at > now() - make_interval(secs => :restorable_seconds);

-- name: lock_deleted
-- Hold a deleted organization that is to be removed for good.
SELECT id
FROM organizations
WHERE id = :id AND deleted_at IS NOT NULL AND (:version::timestamptz IS NULL OR updated_at = :version)
FOR UPDATE;

-- name: lock_overdue
-- The same for one that can no longer be restored, and that no other process is removing.
SELECT id
FROM organizations
WHERE id = :id AND deleted_at <= now() - make_interval(secs => :restorable_seconds)
FOR UPDATE SKIP LOCKED;

-- name: next_overdue
-- The first organization after a position that can no longer be restored, in order of id.
SELECT id
FROM organizations
WHERE id > :after_id AND deleted_at IS NOT NULL
    AND deleted_at <= now() - make_interval(secs => :restorable_seconds)
ORDER BY id
LIMIT 1;

-- name: show_rows_of
-- Have row-level security show the rows of an organization until the transaction ends, and tell what it showed before.
WITH before AS MATERIALIZED (
    SELECT coalesce(current_setting('freehold.organization_id', true), '') AS shown
), changed AS MATERIALIZED (
    SELECT set_config('freehold.organization_id', :organization_id::text, true) FROM before
)
SELECT before.shown FROM before, changed;

-- name: purge
-- Remove organizations for good, with their members, projects and all else that is their own.
DELETE FROM organizations WHERE id = ANY (:ids::uuid[]) RETURNING id;

-- name: note_failure
-- Remember that an organization could not be removed, and why.
INSERT INTO purge_failures (organization_id, reason) VALUES (:organization_id, :reason)
ON CONFLICT (organization_id) DO UPDATE
SET reason = excluded.reason, attempts = purge_failures.attempts + 1, failed_at = excluded.failed_at;

-- name: forget_failure
-- Forget that an organization could not be removed, since it was restored.
DELETE FROM purge_failures WHERE organization_id = :organization_id;
