-- Everything a schema consists of, one row per object: what a fingerprint, a drift report and schema.sql are made from.
-- Run with search_path = pg_catalog, so that every name comes out qualified. No system object, no member of an
-- extension and nothing of the engine's own schema. Columns: kind, parent (the table it belongs to), name,
-- definition, position (of a column), owner, grants and default_grants (grantee=PRIVILEGE).
-- $1: the names of options that pg_dump carries; a server may keep others for itself.

-- Schemas.
SELECT 'schema' AS kind, NULL AS parent, quote_ident(n.nspname) AS name,
    concat_ws(' ', 'SCHEMA', 'COMMENT ' || quote_literal(obj_description(n.oid, 'pg_namespace'))) AS definition,
    NULL::int AS position, n.nspowner::regrole::text AS owner,
    ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(n.nspacl)) AS grants,
    ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(acldefault('n', n.nspowner))) AS default_grants
FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate', 'public')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e');

-- Extensions.
SELECT 'extension', NULL, quote_ident(e.extname), format('EXTENSION SCHEMA %I VERSION %L', n.nspname, e.extversion),
    NULL::int, e.extowner::regrole::text, NULL::text[], NULL::text[]
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql';

-- Types that stand alone: enums, domains, composites, ranges.
SELECT 'type', NULL, format_type(t.oid, NULL),
    concat_ws(' ',
        CASE t.typtype
            WHEN 'e' THEN 'ENUM (' || (
                SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid
            ) || ')'
            WHEN 'd' THEN concat_ws(' ', 'DOMAIN', format_type(t.typbasetype, t.typtypmod),
                CASE WHEN t.typcollation <> b.typcollation THEN 'COLLATE ' || t.typcollation::regcollation::text END,
                'DEFAULT ' || t.typdefault, CASE WHEN t.typnotnull THEN 'NOT NULL' END,
                (SELECT string_agg('CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid), ' ' ORDER BY c.conname)
                 FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'))
            WHEN 'c' THEN 'COMPOSITE (' || (
                SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
            ) || ')'
            ELSE 'RANGE OF ' || (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid)
        END,
        'COMMENT ' || quote_literal(obj_description(t.oid, 'pg_type'))),
    NULL::int, t.typowner::regrole::text,
    CASE WHEN t.typacl IS NOT NULL THEN ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(t.typacl)) END,
    ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(acldefault('T', t.typowner)))
FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e');

-- Tables and views.
SELECT CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END, NULL, c.oid::regclass::text,
    concat_ws(' ',
        CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
        CASE c.relkind
            WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'TABLE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW'
        END,
        'OF ' || nullif(c.reloftype, 0)::regtype::text,
        'PARTITION BY ' || CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
        CASE WHEN c.relispartition THEN 'PARTITION' END,
        'INHERITS (' || (
            SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid
        ) || ')',
        CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
        'WITH (' || (
            SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) o WHERE split_part(o, '=', 1) = ANY ($1)
        ) || ')',
        'TABLESPACE ' || (SELECT quote_ident(s.spcname) FROM pg_tablespace s WHERE s.oid = c.reltablespace),
        CASE WHEN c.relrowsecurity THEN 'ROW LEVEL SECURITY' END,
        CASE WHEN c.relforcerowsecurity THEN 'FORCED' END,
        CASE c.relreplident WHEN 'f' THEN 'REPLICA IDENTITY FULL' WHEN 'n' THEN 'REPLICA IDENTITY NOTHING' END,
        CASE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgisinternal AND t.tgenabled <> 'O')
            THEN 'WITH DISABLED CONSTRAINT TRIGGERS' END,
        'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_class')),
        CASE WHEN c.relkind IN ('v', 'm') THEN E'AS\n' || pg_get_viewdef(c.oid) END),
    NULL::int, c.relowner::regrole::text,
    CASE WHEN c.relacl IS NOT NULL THEN ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(c.relacl)) END,
    ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(acldefault('r', c.relowner)))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');

-- Columns. Their position is the rank among the columns that are left, since a dropped one keeps its number.
SELECT 'column', c.oid::regclass::text, quote_ident(a.attname),
    concat_ws(' ',
        format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation::text END,
        CASE WHEN a.attnotnull THEN 'NOT NULL' END,
        CASE
            WHEN a.attgenerated = 's' THEN 'GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
            WHEN a.attgenerated = 'v' THEN 'GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL'
            ELSE 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)
        END,
        CASE a.attidentity WHEN 'a' THEN 'GENERATED ALWAYS AS IDENTITY' WHEN 'd' THEN 'GENERATED BY DEFAULT AS IDENTITY' END,
        CASE WHEN a.attstorage <> t.typstorage THEN 'STORAGE ' || a.attstorage::text END,
        'COMPRESSION ' || nullif(a.attcompression::text, ''),
        'STATISTICS ' || nullif(a.attstattarget, -1),
        'WITH (' || (
            SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions) o WHERE split_part(o, '=', 1) = ANY ($1)
        ) || ')',
        'COMMENT ' || quote_literal(col_description(c.oid, a.attnum))),
    (rank() OVER (PARTITION BY c.oid ORDER BY a.attnum))::int, NULL,
    CASE WHEN a.attacl IS NOT NULL THEN ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(a.attacl)) END,
    ARRAY[]::text[]
FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'm')
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.objsubid = 0 AND x.deptype = 'e');

-- Constraints; NOT NULL (type n since PostgreSQL 18) is said by the column.
SELECT 'constraint', c.conrelid::regclass::text, quote_ident(c.conname),
    concat_ws(' ', pg_get_constraintdef(c.oid),
        CASE WHEN c.contype IN ('p', 'u', 'x') AND NOT i.indisvalid THEN 'INVALID' END,
        'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_constraint'))),
    NULL::int, NULL, NULL::text[], NULL::text[]
FROM pg_constraint c
    JOIN pg_class r ON r.oid = c.conrelid
    JOIN pg_namespace n ON n.oid = r.relnamespace
    LEFT JOIN pg_index i ON i.indexrelid = c.conindid
WHERE c.contype IN ('c', 'f', 'p', 'u', 'x')
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'e');

-- Indexes that no constraint owns.
SELECT 'index', i.indrelid::regclass::text, c.oid::regclass::text,
    concat_ws(' ', pg_get_indexdef(i.indexrelid),
        CASE WHEN NOT i.indisvalid THEN 'INVALID' END,
        CASE WHEN i.indisclustered THEN 'CLUSTERED' END,
        CASE WHEN i.indisreplident THEN 'REPLICA IDENTITY' END,
        'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_class'))),
    NULL::int, NULL, NULL::text[], NULL::text[]
FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_class r ON r.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'e');

-- Triggers, rules and row security policies.
SELECT 'trigger', t.tgrelid::regclass::text, quote_ident(t.tgname),
    concat_ws(' ', pg_get_triggerdef(t.oid),
        CASE t.tgenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END,
        'COMMENT ' || quote_literal(obj_description(t.oid, 'pg_trigger'))),
    NULL::int, NULL, NULL::text[], NULL::text[]
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate');

SELECT 'rule', r.ev_class::regclass::text, quote_ident(r.rulename), pg_get_ruledef(r.oid),
    NULL::int, NULL, NULL::text[], NULL::text[]
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');

SELECT 'policy', p.polrelid::regclass::text, quote_ident(p.polname),
    concat_ws(' ', 'POLICY', CASE WHEN NOT p.polpermissive THEN 'RESTRICTIVE' END,
        'FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
        'TO ' || (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' ELSE o::regrole::text END, ', ' ORDER BY o::regrole::text) FROM unnest(p.polroles) o),
        'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
    NULL::int, NULL, NULL::text[], NULL::text[]
FROM pg_policy p;

-- Functions, procedures and aggregates.
SELECT 'function', NULL, p.oid::regprocedure::text,
    concat_ws(' ',
        CASE WHEN p.prokind = 'a' THEN 'AGGREGATE ' || a.aggtransfn::regprocedure::text || ' ' || format_type(a.aggtranstype, NULL)
            ELSE pg_get_functiondef(p.oid) END,
        'COMMENT ' || quote_literal(obj_description(p.oid, 'pg_proc'))),
    NULL::int, p.proowner::regrole::text,
    CASE WHEN p.proacl IS NOT NULL THEN ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(p.proacl)) END,
    ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(acldefault('f', p.proowner)))
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'));

-- Sequences, those of identity columns included.
SELECT 'sequence', NULL, c.oid::regclass::text,
    concat_ws(' ', 'SEQUENCE', format_type(s.seqtypid, NULL),
        format('START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache),
        CASE WHEN s.seqcycle THEN 'CYCLE' END,
        (SELECT format('OWNED BY %s.%I', d.refobjid::regclass, a.attname)
         FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')),
        'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_class'))),
    NULL::int, c.relowner::regrole::text,
    CASE WHEN c.relacl IS NOT NULL THEN ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(c.relacl)) END,
    ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(acldefault('s', c.relowner)))
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e');

-- Extended statistics, publications, event triggers, default privileges.
SELECT 'statistics', s.stxrelid::regclass::text, quote_ident(s.stxname), pg_get_statisticsobjdef(s.oid),
    NULL::int, s.stxowner::regrole::text, NULL::text[], NULL::text[]
FROM pg_statistic_ext s;

SELECT 'publication', NULL, quote_ident(p.pubname),
    concat_ws(' ', 'PUBLICATION', CASE WHEN p.puballtables THEN 'FOR ALL TABLES' END,
        CASE WHEN p.pubinsert THEN 'INSERT' END, CASE WHEN p.pubupdate THEN 'UPDATE' END, CASE WHEN p.pubdelete THEN 'DELETE' END,
        CASE WHEN p.pubtruncate THEN 'TRUNCATE' END, CASE WHEN p.pubviaroot THEN 'VIA ROOT' END,
        'FOR ' || (SELECT string_agg(r.prrelid::regclass::text, ', ' ORDER BY r.prrelid::regclass::text)
                   FROM pg_publication_rel r WHERE r.prpubid = p.oid)),
    NULL::int, p.pubowner::regrole::text, NULL::text[], NULL::text[]
FROM pg_publication p;

SELECT 'event trigger', NULL, quote_ident(e.evtname),
    concat_ws(' ', 'EVENT TRIGGER', e.evtevent, e.evtfoid::regprocedure::text, e.evtenabled::text, array_to_string(e.evttags, ', ')),
    NULL::int, e.evtowner::regrole::text, NULL::text[], NULL::text[]
FROM pg_event_trigger e
WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e')
    AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.oid = e.evtfoid AND p.pronamespace = to_regnamespace('freehold_migrate'));

SELECT 'default privileges', NULL,
    concat_ws(' ', d.defaclrole::regrole::text, 'IN SCHEMA ' || nullif(d.defaclnamespace, 0)::regnamespace::text, d.defaclobjtype::text),
    'DEFAULT PRIVILEGES', NULL::int, NULL,
    ARRAY(SELECT grantee::regrole || '=' || privilege_type FROM aclexplode(d.defaclacl)), ARRAY[]::text[]
FROM pg_default_acl d;
