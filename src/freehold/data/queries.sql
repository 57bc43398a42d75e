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
