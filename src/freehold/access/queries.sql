-- name: role_by_id
-- The organization with this id, and what a user is in it (NULL for an outsider).
SELECT o.id, o.slug, r.role
FROM organizations o
LEFT JOIN organization_roles r ON r.organization_id = o.id AND r.user_id = :user_id
WHERE o.id = :id;

-- name: role_by_slug
-- The organization with this slug, and what a user is in it (NULL for an outsider).
SELECT o.id, o.slug, r.role
FROM organizations o
LEFT JOIN organization_roles r ON r.organization_id = o.id AND r.user_id = :user_id
WHERE o.slug = :slug;

-- name: shares_organization
-- Whether two users are members of one organization.
SELECT EXISTS (
    SELECT 1
    FROM organization_members mine
    JOIN organization_members theirs ON theirs.organization_id = mine.organization_id
    WHERE mine.user_id = :viewer_id AND theirs.user_id = :user_id
);
