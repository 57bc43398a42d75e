-- name: checkpoint
-- How far a partial import of this file has come, if it was cut off.
SELECT line, stored, updated, skipped, refused, refusals_bytes, unusable_passwords FROM imports WHERE fingerprint = :fingerprint;

-- name: claim
-- Go on after a line of this file; nothing when somebody else has done so.
INSERT INTO imports AS i (fingerprint, line)
SELECT :fingerprint::bytea, :line::bigint
WHERE :after::bigint = 0 OR EXISTS (SELECT 1 FROM imports WHERE fingerprint = :fingerprint AND line = :after)
ON CONFLICT (fingerprint) DO UPDATE SET line = excluded.line WHERE i.line = :after
RETURNING line;

-- name: note
-- Note what has come of a partial import so far.
UPDATE imports
SET stored = :stored, updated = :updated, skipped = :skipped, refused = :refused, refusals_bytes = :refusals_bytes,
    unusable_passwords = :unusable_passwords
WHERE fingerprint = :fingerprint;

-- name: finish
-- A partial import is at its end; nothing when it was before.
INSERT INTO imports AS i (fingerprint, line, finished_at)
VALUES (:fingerprint, 0, now())
ON CONFLICT (fingerprint) DO UPDATE SET finished_at = excluded.finished_at WHERE i.finished_at IS NULL
RETURNING line;

-- name: forget
-- Whoever ran a partial import knows that it is at its end.
DELETE FROM imports WHERE fingerprint = :fingerprint;

-- name: count_users
-- How many users there are.
SELECT count(*) FROM users;

-- name: every_user
-- All users with all that a file holds of them, in order of id.
SELECT id, username, email, email_verified_at, first_name, last_name, avatar_url, created_at, updated_at, password_hash,
    suspended_at, suspension_reason, metadata, public_metadata, private_metadata
FROM users
ORDER BY id;

-- name: count_organizations
-- How many organizations there are.
SELECT count(*) FROM organizations WHERE deleted_at IS NULL;

-- name: every_organization
-- All organizations with their owners, in order of id.
SELECT o.id, o.name, o.slug, o.owner_id, m.created_at AS owner_joined_at, o.created_at, o.updated_at, o.features,
    o.public_metadata, o.private_metadata
FROM organizations o
JOIN organization_members m ON m.organization_id = o.id AND m.user_id = o.owner_id
WHERE o.deleted_at IS NULL
ORDER BY o.id;

-- name: count_members
-- How many memberships there are, an owner's or not.
SELECT count(*) FROM organization_members;

-- name: every_member
-- All memberships but the owners', in order of organization and user.
SELECT m.organization_id, m.user_id, coalesce(r.name, m.role) AS role, m.created_at AS joined_at
FROM organization_members m
JOIN organizations o ON o.id = m.organization_id AND o.owner_id <> m.user_id AND o.deleted_at IS NULL
LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.id = m.role_id
ORDER BY m.organization_id, m.user_id;

-- name: is_spread
-- Whether Citus spreads the tables: it watches each of them with a trigger.
SELECT EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = 'projects'::regclass AND tgisinternal AND tgname LIKE 'truncate\_trigger%'
);

-- name: count_projects
-- How many projects there are.
SELECT count(*) FROM projects;

-- name: every_project
-- All projects, in order of id.
SELECT {projects.kept}
FROM projects p
JOIN organizations o ON o.id = p.organization_id AND o.deleted_at IS NULL
ORDER BY p.id;
