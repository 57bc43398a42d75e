-- What every statement of this folder begins with; each goes on with SELECT. All run with search_path = pg_catalog, so
-- that every name comes out qualified, and on PostgreSQL 14 to 18: `to_jsonb(row) ->> 'column'` reads what older ones lack.
--
-- A statement below `only with: catalog.column` is left out where that has no row of a user's own, so with a number that
-- PostgreSQL did not hand out itself.
--
-- Columns that a statement may have, each optional but the kind and the name:
--   kind, parent (the table it belongs to), name
--   definition: what it means, as far as a dump keeps it; empty for what is about privileges only
--   state: what a dump keeps, and a copy that is cut off may not have
--   here: what no dump keeps
--   position (of a column), owner
--   acl, usual: its privileges, and those it has without any GRANT; holder: its owner where that is not compared
--   unknown: options whose names are not among $1, which are those that a dump keeps
--   printed, kept: texts of the definition that have such options in them, and each without
WITH RECURSIVE ours AS (
    SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'freehold_migrate')
), members AS (  -- of extensions, which a dump makes with CREATE EXTENSION
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), relations AS (
    SELECT * FROM pg_class
    WHERE relnamespace = ANY (ARRAY(SELECT oid FROM ours)) AND ('pg_class'::regclass, oid) NOT IN (SELECT classid, objid FROM members)
), unfilled AS (  -- materialized views without data, and all that stands on them, which a restore cannot fill either
    SELECT oid FROM pg_class WHERE relkind = 'm' AND NOT relispopulated
    UNION
    SELECT r.ev_class FROM unfilled u
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = u.oid AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite r ON r.oid = d.objid
), options_of_indexes AS (  -- each list that has unknown options: of the index and of its columns' operator classes
    SELECT index, unknown, head || ' (' || every || ')' AS printed, CASE WHEN known IS NULL THEN bare ELSE head || ' (' || known || ')' END AS kept
    FROM (
        SELECT oid AS index, ' WITH' AS head, '' AS bare, reloptions AS options, relam >= 16384 AS foreign_names
        FROM pg_class WHERE relkind IN ('i', 'I')
        UNION ALL
        SELECT a.attrelid, ' ' || class, CASE WHEN c.opcdefault THEN '' ELSE ' ' || class END, a.attoptions, c.oid >= 16384
        FROM pg_attribute a
            JOIN pg_index i ON i.indexrelid = a.attrelid
            JOIN pg_opclass c ON c.oid = i.indclass[a.attnum - 1]
            JOIN pg_namespace n ON n.oid = c.opcnamespace,
            LATERAL (SELECT CASE n.nspname WHEN 'pg_catalog' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.opcname) AS class) named
        WHERE a.attoptions IS NOT NULL
    ) lists, LATERAL (
        SELECT array_agg('option ' || option) FILTER (WHERE NOT is_known) AS unknown, string_agg(text, ', ' ORDER BY place) AS every,
            string_agg(text, ', ' ORDER BY place) FILTER (WHERE is_known) AS known
        FROM (
            SELECT option, place, option = ANY ($1) OR (foreign_names AND option !~ '^pg_') AS is_known,
                quote_ident(option) || '=' || CASE WHEN quote_ident(value) = value THEN value ELSE quote_literal(value) END AS text
            FROM unnest(options) WITH ORDINALITY o (o, place),
                LATERAL (SELECT split_part(o, '=', 1) AS option, substr(o, strpos(o, '=') + 1) AS value) halves
        ) each_option
    ) halves
    WHERE unknown IS NOT NULL
)
