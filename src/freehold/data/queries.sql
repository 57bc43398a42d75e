-- name: migrations_applied
-- Which of Freehold's migrations the database has.
SELECT version FROM freehold_migrate.applied WHERE set_name = 'freehold' AND state = 'done';

-- name: shared_key
-- A secret that all nodes share; the first to ask makes it.
WITH made AS (
    INSERT INTO server_keys (name, key) VALUES (:name, :fresh) ON CONFLICT (name) DO NOTHING RETURNING key
)
SELECT key FROM made UNION ALL SELECT key FROM server_keys WHERE name = :name
LIMIT 1;

-- name: own_actions
-- What applications declared, and the version of all that; one row without an action when there is none.
SELECT v.version, a.name, a.lowest_role
FROM own_action_versions v
LEFT JOIN own_actions a ON true
ORDER BY a.name;
