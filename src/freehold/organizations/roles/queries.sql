-- name: page
-- Roles that an organization made, by name, after a name.
-- reads: replica
SELECT id, name, actions, created_at, updated_at, false AS built_in
FROM roles
WHERE organization_id = :organization_id AND name > :after_name
ORDER BY name
LIMIT :limit;

-- name: count_all
-- How many roles an organization made.
-- reads: replica
SELECT count(*) FROM roles WHERE organization_id = :organization_id;

-- name: by_id
-- The role of an organization with this id.
-- reads: replica
SELECT id, name, actions, created_at, updated_at, false AS built_in
FROM roles
WHERE organization_id = :organization_id AND id = :id;

-- name: by_name
-- The role of an organization with this name.
-- reads: replica
SELECT id, name, actions, created_at, updated_at, false AS built_in
FROM roles
WHERE organization_id = :organization_id AND name = :name;

-- name: by_names
-- The roles of an organization with these names.
SELECT id, name, actions, created_at, updated_at, false AS built_in
FROM roles
WHERE organization_id = :organization_id AND name = ANY (:names::text[]);

-- name: lock_organization
-- Make all that changes who may do what in an organization wait for each other.
SELECT id FROM organizations WHERE id = :organization_id AND deleted_at IS NULL FOR NO KEY UPDATE;

-- name: insert
-- Add a role.
INSERT INTO roles (organization_id, id, name, actions)
VALUES (:organization_id, :id, :name, :actions)
RETURNING id, name, actions, created_at, updated_at, false AS built_in;

-- name: update
-- Change what is given: NULL leaves a column as it is.
UPDATE roles
SET name = coalesce(:name, name),
    actions = coalesce(:actions, actions),
    updated_at = next_version(statement_timestamp(), updated_at)
WHERE organization_id = :organization_id AND id = :id AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING id, name, actions, created_at, updated_at, false AS built_in;

-- name: delete
-- Remove a role.
DELETE FROM roles
WHERE organization_id = :organization_id AND id = :id AND (:version::timestamptz IS NULL OR updated_at = :version)
RETURNING id;
