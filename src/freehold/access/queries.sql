-- part: held_role
-- What who asks is in an organization. The limit makes it one look-up by both columns; the planner would else read all members.
LATERAL (SELECT role, actions FROM organization_roles WHERE organization_id = o.id AND user_id = asks.user_id LIMIT 1)

-- name: role_by_id
-- The organization with this id, and what a user is in it (NULL for an outsider).
SELECT asks.place, o.id, o.slug, r.role, r.actions,
    (SELECT version FROM own_action_versions) AS own_version
FROM unnest(:id::uuid[], :user_id::uuid[]) WITH ORDINALITY AS asks (id, user_id, place)
JOIN organizations o ON o.id = asks.id AND o.deleted_at IS NULL
LEFT JOIN {held_role} AS r ON true;

-- name: role_by_slug
-- The organization with this slug, and what a user is in it (NULL for an outsider).
SELECT asks.place, o.id, o.slug, r.role, r.actions,
    (SELECT version FROM own_action_versions) AS own_version
FROM unnest(:slug::text[], :user_id::uuid[]) WITH ORDINALITY AS asks (slug, user_id, place)
JOIN organizations o ON o.slug = asks.slug AND o.deleted_at IS NULL
LEFT JOIN {held_role} AS r ON true;

-- name: role_by_former_slug
-- The organization that had this slug lately, and what a user is in it (NULL for an outsider).
SELECT o.id, o.slug, r.role, r.actions,
    (SELECT version FROM own_action_versions) AS own_version
FROM slugs s
JOIN organizations o ON o.id = s.organization_id AND o.deleted_at IS NULL
LEFT JOIN organization_roles r ON r.organization_id = o.id AND r.user_id = :user_id
WHERE s.slug = :slug AND s.released_at > now() - interval '90 days';

-- name: role_in_deleted_by_id
-- The deleted organization with this id, and what a user was in it (NULL for an outsider).
SELECT o.id, o.slug, r.role, r.actions,
    (SELECT version FROM own_action_versions) AS own_version
FROM organizations o
LEFT JOIN all_organization_roles r ON r.organization_id = o.id AND r.user_id = :user_id
WHERE o.id = :id AND o.deleted_at IS NOT NULL;

-- name: role_in_deleted_by_slug
-- The deleted organization with this slug, and what a user was in it (NULL for an outsider).
SELECT o.id, o.slug, r.role, r.actions,
    (SELECT version FROM own_action_versions) AS own_version
FROM organizations o
LEFT JOIN all_organization_roles r ON r.organization_id = o.id AND r.user_id = :user_id
WHERE o.slug = :slug AND o.deleted_at IS NOT NULL;

-- name: shares_organization
-- Whether two users are members of one organization.
SELECT EXISTS (
    SELECT 1
    FROM organization_roles mine
    JOIN organization_members theirs ON theirs.organization_id = mine.organization_id
    WHERE mine.user_id = :viewer_id AND theirs.user_id = :user_id
);

-- name: user_exists
-- Whether there is a user with this id.
SELECT EXISTS (SELECT FROM users WHERE id = :user_id);

-- name: role_of_user
-- What a user is in an organization (NULL for an outsider), and whether they administer the platform.
SELECT u.is_admin, r.role, r.actions,
    (SELECT version FROM own_action_versions) AS own_version
FROM users u
LEFT JOIN organization_roles r ON r.organization_id = :organization_id AND r.user_id = u.id
WHERE u.id = :user_id;

-- name: roles_of_user
-- What a user is in each organization, each role once.
SELECT DISTINCT r.role, r.actions,
    (SELECT version FROM own_action_versions) AS own_version
FROM organization_roles r
WHERE r.user_id = :user_id;

-- name: has_public_project
-- Whether an organization shows anything to everybody.
SELECT EXISTS (SELECT 1 FROM projects WHERE organization_id = :organization_id AND visibility = 'public');

-- name: own_version
-- The version of the actions that applications declared.
SELECT version FROM own_action_versions;

-- name: declared
-- Which of these actions applications declared; nobody deletes them before the transaction ends.
SELECT name FROM own_actions WHERE name = ANY (:names::text[]) FOR KEY SHARE;
