-- name: migrations_applied
-- Which of Freehold's migrations the database has.
SELECT version FROM freehold_migrate.applied WHERE set_name = 'freehold' AND state = 'done';

-- name: in_recovery
-- Whether the database is a standby, which takes no changes.
SELECT pg_is_in_recovery();

-- name: kept_shared_key
-- A secret that all nodes share, if one of them has made it.
SELECT key FROM server_keys WHERE name = :name;

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

-- name: foreign_keys
-- Every foreign key of the database, once where its table has partitions, with what deleting does to whoever refers.
SELECT c.conname::text AS name,
    CASE WHEN n.nspname = :own_schema::text THEN quote_ident(t.relname) ELSE format('%I.%I', n.nspname, t.relname) END AS child,
    n.nspname::text AS child_schema, t.relname::text AS child_table, child.columns AS child_columns,
    CASE WHEN pn.nspname = :own_schema::text THEN quote_ident(p.relname) ELSE format('%I.%I', pn.nspname, p.relname) END
        AS parent,
    parent.columns AS parent_columns, parent.types AS parent_types, c.confdeltype::text AS deletes, child.requires,
    n.nspname = :own_schema::text AND t.relname = ANY (:own_tables::text[]) AS is_own,
    has_table_privilege(c.conrelid, 'SELECT') AND has_table_privilege(c.confrelid, 'SELECT') AS may_count
FROM pg_constraint c
JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_class p ON p.oid = c.confrelid
JOIN pg_namespace pn ON pn.oid = p.relnamespace
CROSS JOIN LATERAL (
    SELECT array_agg(quote_ident(a.attname) ORDER BY k.place) AS columns, bool_or(a.attnotnull) AS requires
    FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
) AS child
CROSS JOIN LATERAL (
    SELECT array_agg(quote_ident(a.attname) ORDER BY k.place) AS columns,
        array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY k.place) AS types
    FROM unnest(c.confkey) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number
) AS parent
WHERE c.contype = 'f' AND c.conparentid = 0
ORDER BY c.conname, c.oid;
