-- name: all_declared
-- Every action that applications declared, with which application did so, and in which of its revisions.
SELECT a.name, a.lowest_role, a.description,
    array_agg(d.application ORDER BY d.application) AS applications,
    array_agg(d.revision ORDER BY d.application) AS revisions
FROM own_actions a
JOIN action_declarations d ON d.action = a.name
GROUP BY a.name
ORDER BY a.name;

-- name: renew_version
-- Make all that changes the declared actions wait for each other, and every process read them anew.
INSERT INTO own_action_versions (id, version) VALUES (1, gen_random_uuid())
ON CONFLICT (id) DO UPDATE SET version = excluded.version;

-- name: put
-- Declare actions, and change the roles and descriptions of those that are declared.
INSERT INTO own_actions (name, lowest_role, description)
SELECT name, lowest_role, description
FROM unnest(:names::text[], :lowest_roles::text[], :descriptions::text[]) AS new (name, lowest_role, description)
ON CONFLICT (name) DO UPDATE
SET lowest_role = excluded.lowest_role, description = excluded.description, updated_at = clock_timestamp();

-- name: put_declarations
-- Note that an application declared actions, in a revision.
INSERT INTO action_declarations (application, action, revision)
SELECT :application, action, :revision FROM unnest(:actions::text[]) AS new (action)
ON CONFLICT (application, action) DO UPDATE SET revision = excluded.revision, declared_at = clock_timestamp();

-- name: lock
-- An action that is to be deleted; roles and keys that are being given it come first.
SELECT name FROM own_actions WHERE name = :name FOR UPDATE;

-- name: delete
-- Remove an action, for all applications that declared it.
DELETE FROM own_actions WHERE name = :name;

-- name: count_roles
-- How many custom roles have an action.
SELECT count(*) FROM roles WHERE actions @> ARRAY[:name::text];

-- name: roles
-- Some custom roles that have an action, with the slug of their organization.
SELECT organization, role
FROM (
    SELECT o.slug AS organization, r.name AS role
    FROM roles r
    JOIN organizations o ON o.id = r.organization_id
    WHERE r.actions @> ARRAY[:name::text]
    LIMIT :limit
) AS found
ORDER BY organization, role;

-- name: count_keys
-- How many API keys that work have an action.
SELECT count(*) FROM api_keys WHERE actions @> ARRAY[:name::text] AND (expires_at IS NULL OR expires_at > now());

-- name: keys
-- The first API keys that work and have an action, with whose they are.
SELECT k.id::text AS id, k.name, o.slug AS organization, u.username AS "user"
FROM api_keys k
LEFT JOIN organizations o ON o.id = k.organization_id
LEFT JOIN users u ON u.id = k.user_id
WHERE k.actions @> ARRAY[:name::text] AND (k.expires_at IS NULL OR k.expires_at > now())
ORDER BY k.id
LIMIT :limit;
