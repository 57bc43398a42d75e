-- part: quoted
-- A table as SQL needs its name: c is a row of pg_class, n its schema.
CASE WHEN n.nspname = 'public' THEN quote_ident(c.relname) ELSE format('%I.%I', n.nspname, c.relname) END

-- part: foreign
-- Schemas and tables that are neither PostgreSQL's, nor Freehold's, nor temporary.
n.nspname NOT IN ('information_schema', 'freehold_migrate') AND n.nspname !~ '^pg_'
    AND NOT (n.nspname = 'public' AND c.relname = ANY (:own_tables::text[]))

-- part: leading_index
-- Whether a finished index begins with the column: c is a row of pg_class, a of pg_attribute.
EXISTS (
    SELECT FROM pg_index i
    WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = a.attnum
)

-- name: role
-- What the role for tenants is, and what this session may do with it.
SELECT r.oid IS NOT NULL AS is_there,
    coalesce(
        (SELECT bool_or(b.rolsuper OR b.rolbypassrls) FROM pg_roles b WHERE pg_has_role(r.oid, b.oid, 'MEMBER')), false
    ) AS escapes,
    coalesce(pg_has_role(r.oid, 'MEMBER'), false) AS may_take,
    (SELECT me.rolsuper OR me.rolcreaterole FROM pg_roles me WHERE me.rolname = current_user) AS may_make,
    coalesce(
        (SELECT array_agg(c.oid::regclass::text ORDER BY c.relname)
         FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')),
        '{}'
    ) AS owns,
    coalesce(
        (SELECT array_agg(c.relname::text ORDER BY c.relname)
         FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (:own_tables::text[])
            AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')),
        '{}'
    ) AS reads
FROM (SELECT :role::text AS name) AS wanted
LEFT JOIN pg_roles r ON r.rolname = wanted.name;

-- name: tables
-- Tables that are not Freehold's and have a column for the organization.
SELECT n.nspname::text AS schema, c.relname::text AS name, {quoted} AS quoted,
    format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS may_be_null, c.relrowsecurity AS is_secured,
    c.relforcerowsecurity AS is_forced, {leading_index} AS has_index,
    EXISTS (
        SELECT FROM pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid = 'public.organizations'::regclass
            AND a.attnum = ANY (k.conkey)
    ) AS has_key,
    coalesce((SELECT has_table_privilege(r.oid, c.oid, 'SELECT') FROM pg_roles r WHERE r.rolname = :role::text), false)
        AS is_granted
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = :column::text AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {foreign}
ORDER BY n.nspname, c.relname;

-- name: policies
-- Policies of tables that are secured, with the conditions as SQL. `is_for_all`: also for the role for tenants.
SELECT {quoted} AS table, p.polname::text AS name, p.polpermissive AS is_permissive,
    0 = ANY (p.polroles) OR EXISTS (
        SELECT FROM pg_roles r
        WHERE r.rolname = :role::text AND EXISTS (
            SELECT FROM unnest(p.polroles) AS to_role (oid) WHERE pg_has_role(r.oid, to_role.oid, 'USAGE')
        )
    ) AS is_for_all,
    pg_get_expr(p.polqual, p.polrelid) AS shows, pg_get_expr(p.polwithcheck, p.polrelid) AS accepts
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relrowsecurity AND {foreign}
ORDER BY 1, 2;

-- name: views
-- Views that read secured tables, also by way of other views, with their owner's rights; and those that keep rows.
WITH RECURSIVE reading AS (
    SELECT w.ev_class AS oid, d.refobjid AS table_oid
    FROM pg_class c
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
        AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> c.oid
    WHERE c.relrowsecurity
    UNION
    SELECT w.ev_class, reading.table_oid
    FROM reading
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = reading.oid
        AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite w ON w.oid = d.objid AND w.ev_class <> reading.oid
)
SELECT {quoted} AS name, reading.table_oid::regclass::text AS table, o.rolname::text AS owner,
    c.relkind = 'm' AS is_materialized,
    o.rolsuper OR o.rolbypassrls OR (t.relowner = o.oid AND NOT t.relforcerowsecurity) AS escapes
FROM reading
JOIN pg_class c ON c.oid = reading.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = reading.table_oid
JOIN pg_roles o ON o.oid = c.relowner
WHERE c.relkind = 'm' OR NOT coalesce(
    (SELECT s.option_value::boolean FROM pg_options_to_table(c.reloptions) AS s WHERE s.option_name = 'security_invoker'),
    false
)
ORDER BY 1, 2;

-- name: functions
-- Functions that run with their owner's rights and name a secured table, as far as their text says.
SELECT p.oid::regprocedure::text AS name, {quoted} AS table, o.rolname::text AS owner,
    o.rolsuper OR o.rolbypassrls OR (c.relowner = o.oid AND NOT c.relforcerowsecurity) AS escapes
FROM pg_proc p
JOIN pg_roles o ON o.oid = p.proowner
JOIN pg_class c ON c.relrowsecurity
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE p.prosecdef AND position(lower(c.relname::text) IN lower(coalesce(pg_get_functiondef(p.oid), ''))) > 0
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    )
ORDER BY 1, 2;

-- name: keys
-- Foreign keys of tables that are not Freehold's: to Freehold's tables, and to others that belong to organizations.
SELECT k.conname::text AS name, {quoted} AS table,
    ARRAY(
        SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place
    ) AS columns,
    p.relname::text AS parent,
    ARRAY(
        SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place
    ) AS parent_columns,
    k.confdeltype::text AS deletes,
    EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND a.attnotnull
    ) AS requires,
    EXISTS (
        SELECT FROM pg_index i
        WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL AND i.indkey[0] = ANY (k.conkey)
    ) AS has_index,
    EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attname = :column::text AND NOT a.attisdropped
    ) AS is_tenants,
    pn.nspname = 'public' AND p.relname = ANY (:own_tables::text[]) AS parent_is_freeholds,
    EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = k.confrelid AND a.attname = :column::text AND NOT a.attisdropped
    ) AS parent_is_tenants
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid
JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND {foreign}
ORDER BY 2, 1;

-- name: subject
-- A table that is to be protected, as it is found under its name.
SELECT n.nspname::text AS schema, c.relname::text AS name, {quoted} AS quoted, c.relkind::text AS kind,
    format_type(a.atttypid, a.atttypmod) AS type, coalesce(NOT a.attnotnull, true) AS may_be_null,
    c.relrowsecurity AS is_secured, c.relforcerowsecurity AS is_forced,
    EXISTS (
        SELECT FROM pg_policy p
        WHERE p.polrelid = c.oid AND position('freehold.organization_id' IN pg_get_expr(p.polqual, p.polrelid)) > 0
    ) AS has_policy,
    {leading_index} AS has_index,
    coalesce(
        (SELECT bool_and(has_table_privilege(r.oid, c.oid, wanted))
         FROM pg_roles r, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS wanted WHERE r.rolname = :role::text),
        false
    ) AS is_granted,
    coalesce((SELECT has_schema_privilege(r.oid, n.oid, 'USAGE') FROM pg_roles r WHERE r.rolname = :role::text), false)
        AS may_use_schema,
    coalesce(
        (SELECT array_agg(quote_ident(ka.attname) ORDER BY u.place)
         FROM pg_constraint k
         CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u (number, place)
         JOIN pg_attribute ka ON ka.attrelid = c.oid AND ka.attnum = u.number
         WHERE k.conrelid = c.oid AND k.contype = 'p'),
        '{}'
    ) AS key,
    coalesce(
        (SELECT array_agg(s.oid::regclass::text ORDER BY s.relname)
         FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
         WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.classid = 'pg_class'::regclass
            AND d.deptype IN ('a', 'i')),
        '{}'
    ) AS sequences
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = :column::text AND NOT a.attisdropped
WHERE c.oid = to_regclass(:table::text) AND {foreign};

-- name: references_of
-- The foreign keys of a table to organizations, and to others that belong to organizations.
SELECT k.conname::text AS name, quote_ident(a.attname) AS column, {quoted} AS parent,
    quote_ident(pa.attname) AS parent_column, k.confdeltype::text AS deletes,
    c.oid = 'public.organizations'::regclass AS is_to_organizations,
    EXISTS (
        SELECT FROM pg_index i
        JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname = :column::text AND NOT o.attisdropped
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = 2
            AND i.indkey[0] = o.attnum AND i.indkey[1] = pa.attnum
    ) AND NOT EXISTS (
        SELECT FROM pg_constraint done
        JOIN pg_attribute own ON own.attrelid = k.conrelid AND own.attname = :column AND NOT own.attisdropped
        WHERE done.contype = 'f' AND done.conrelid = k.conrelid AND done.confrelid = k.confrelid
            AND cardinality(done.conkey) = 2 AND done.conkey @> ARRAY[own.attnum, a.attnum]
    ) AS can_be_composite
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.confrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = k.confkey[1]
WHERE k.contype = 'f' AND k.conrelid = to_regclass(:table::text) AND cardinality(k.conkey) = 1
ORDER BY k.conname;
