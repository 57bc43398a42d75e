-- part: deleted
-- What a DeletedOrganization is read from: o is a row of organizations.
{organizations.row}, o.deleted_at, o.deleted_at + make_interval(secs => :restorable_seconds) AS restorable_until

-- name: delete
-- Mark an organization as deleted; its members and projects stay for as long as it can be restored.
UPDATE organizations o
SET deleted_at = now(),
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE id = :id AND deleted_at IS NULL AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING {deleted};

-- name: restore
-- Bring a deleted organization back, if it is not too late.
UPDATE organizations o
SET deleted_at = NULL,
    updated_at = greatest(clock_timestamp(), updated_at + interval '1 microsecond')
WHERE id = :id AND deleted_at > now() - make_interval(secs => :restorable_seconds)
RETURNING {organizations.organization};

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

-- name: purge
-- Remove a deleted organization for good, with its members, projects and all else that is its own.
DELETE FROM organizations
WHERE id = :id AND deleted_at IS NOT NULL AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING id;

-- name: purge_next
-- Remove for good one of those that can no longer be restored, and that no other process is removing.
DELETE FROM organizations
WHERE id = (
    SELECT id
    FROM organizations
    WHERE deleted_at <= now() - make_interval(secs => :restorable_seconds)
    ORDER BY deleted_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING id;
