-- part: member
-- What a Member is read from: r is a row of organization_roles, u one of users.
u.id, u.username, u.first_name, u.last_name, u.avatar_url, r.role, r.joined_at

-- part: narrowed
-- Who is asked for by name and role; what is not asked for is NULL. Addresses are not for fellow members.
(:role::text IS NULL OR r.role = :role)
AND (
    :q::text IS NULL
    OR starts_with(lower(u.username COLLATE "C"), lower(:q COLLATE "C"))
    OR starts_with(lower(coalesce(u.first_name || ' ' || u.last_name, u.first_name)), lower(:q))
    OR starts_with(lower(u.last_name), lower(:q))
)

-- part: whom
-- The user of a membership. The limit makes this a look-up for each member of the page; the planner would else expect a
-- tenth of all members, and walk through the users of a large organization.
CROSS JOIN LATERAL (
    SELECT id, username, first_name, last_name, avatar_url FROM users WHERE id = r.user_id LIMIT 1
) AS u

-- name: page
-- Members of an organization in order of joining, after a position.
-- reads: replica
SELECT {member}
FROM organization_roles r
{whom}
WHERE r.organization_id = :organization_id AND (r.joined_at, r.user_id) > (:joined_at, :user_id) AND {narrowed}
ORDER BY r.joined_at, r.user_id
LIMIT :limit;

-- name: page_newest
-- Members of an organization, who joined last first, before a position.
-- reads: replica
SELECT {member}
FROM organization_roles r
{whom}
WHERE r.organization_id = :organization_id AND (r.joined_at, r.user_id) < (:joined_at, :user_id) AND {narrowed}
ORDER BY r.joined_at DESC, r.user_id DESC
LIMIT :limit;

-- name: count_all
-- How many members an organization has.
-- reads: replica
SELECT count(*) FROM organization_members WHERE organization_id = :organization_id;

-- name: count_found
-- How many members of an organization are as asked for.
-- reads: replica
SELECT count(*)
FROM organization_roles r
{whom}
WHERE r.organization_id = :organization_id AND {narrowed};

-- name: get
-- One member of an organization.
SELECT u.id, u.username, u.first_name, u.last_name, u.avatar_url, r.role, r.joined_at
FROM organization_roles r
JOIN users u ON u.id = r.user_id
WHERE r.organization_id = :organization_id AND r.user_id = :user_id;

-- name: touch_organization
-- Give the organization a new version, since its members change; tells who owns it.
UPDATE organizations
SET updated_at = next_version(statement_timestamp(), updated_at)
WHERE id = :organization_id AND deleted_at IS NULL AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING owner_id;

-- name: insert
-- Add a member.
INSERT INTO organization_members (organization_id, user_id, role, role_id)
VALUES (:organization_id, :user_id, :role, :role_id);

-- name: update
-- Change a member's role.
UPDATE organization_members
SET role = :role, role_id = :role_id
WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: delete
-- Remove a member.
DELETE FROM organization_members
WHERE organization_id = :organization_id AND user_id = :user_id
RETURNING user_id;

-- name: use_up_invitations
-- Revoke the invitations to a user's address from organizations.
UPDATE invitations i
SET status = 'revoked', ended_at = now(), token_hash = NULL
FROM users u
WHERE i.status = 'open' AND u.id = :user_id AND i.organization_id = ANY (:organization_ids::uuid[])
    AND lower(i.email COLLATE "C") = lower(u.email COLLATE "C")
RETURNING i.id;

-- name: api_keys_of
-- Keys of organizations that a user has made and that work.
SELECT organization_id, id, name
FROM api_keys
WHERE organization_id = ANY (:organization_ids::uuid[]) AND created_by = :user_id
    AND (expires_at IS NULL OR expires_at > now())
ORDER BY id;

-- name: invitations_of
-- Open invitations to organizations that a user has sent.
SELECT i.organization_id, i.id, i.email, coalesce(r.name, i.role) AS role
FROM invitations i
LEFT JOIN roles r ON r.organization_id = i.organization_id AND r.id = i.role_id
WHERE i.organization_id = ANY (:organization_ids::uuid[]) AND i.invited_by = :user_id AND i.status = 'open'
    AND i.expires_at > now()
ORDER BY i.id
LIMIT 1000;

-- name: name_of
-- What an organization is called.
SELECT name FROM organizations WHERE id = :organization_id;
