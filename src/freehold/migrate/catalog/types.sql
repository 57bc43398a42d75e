-- Enums, domains, composites and ranges.
SELECT 'type' AS kind, format_type(t.oid, NULL) AS name,
    concat_ws(' ',
        CASE t.typtype
            WHEN 'e' THEN 'ENUM (' || (
                SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid
            ) || ')'
            WHEN 'd' THEN concat_ws(' ', 'DOMAIN', format_type(t.typbasetype, t.typtypmod),
                CASE WHEN t.typcollation <> b.typcollation THEN 'COLLATE ' || t.typcollation::regcollation::text END,
                'DEFAULT ' || coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)),
                CASE WHEN t.typnotnull THEN 'NOT NULL' END,
                (SELECT string_agg(
                    concat_ws(' ', 'CONSTRAINT', quote_ident(k.conname), pg_get_constraintdef(k.oid),
                        'COMMENT ' || quote_literal(obj_description(k.oid, 'pg_constraint'))), ' ' ORDER BY k.conname)
                 FROM pg_constraint k  -- those of type n (NOT NULL) have a name since 18
                 WHERE k.contypid = t.oid AND (k.contype = 'c' OR k.conname <> t.typname || '_not_null'
                    OR obj_description(k.oid, 'pg_constraint') IS NOT NULL)))
            WHEN 'c' THEN 'COMPOSITE (' || (
                SELECT string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                    CASE WHEN a.attcollation <> y.typcollation THEN 'COLLATE ' || a.attcollation::regcollation::text END,
                    'COMMENT ' || quote_literal(col_description(a.attrelid, a.attnum))), ', ' ORDER BY a.attnum)
                FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
            ) || ')'
            ELSE (
                SELECT concat_ws(' ', 'RANGE OF', format_type(r.rngsubtype, NULL), 'MULTIRANGE', format_type(r.rngmultitypid, NULL),
                    CASE WHEN NOT o.opcdefault THEN format('OPERATOR CLASS %I.%I', n.nspname, o.opcname) END,
                    CASE WHEN r.rngcollation <> s.typcollation THEN 'COLLATE ' || r.rngcollation::regcollation::text END,
                    'CANONICAL ' || nullif(r.rngcanonical, 0)::regproc, 'SUBTYPE DIFFERENCE ' || nullif(r.rngsubdiff, 0)::regproc)
                FROM pg_range r JOIN pg_type s ON s.oid = r.rngsubtype JOIN pg_opclass o ON o.oid = r.rngsubopc
                    JOIN pg_namespace n ON n.oid = o.opcnamespace
                WHERE r.rngtypid = t.oid)
        END,
        'COMMENT ' || quote_literal(obj_description(t.oid, 'pg_type'))) AS definition,
    t.typowner::regrole::text AS owner, t.typacl::text[] AS acl, acldefault('T', t.typowner)::text[] AS usual
FROM pg_type t
    LEFT JOIN pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typnamespace = ANY (ARRAY(SELECT oid FROM ours)) AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
    AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM members);

-- Base types, those declared and not yet defined included; the types of arrays come with their elements.
SELECT 'type' AS kind, format_type(t.oid, NULL) AS name,
    concat_ws(' ', CASE WHEN t.typisdefined THEN 'TYPE' ELSE 'SHELL' END,
        'INPUT ' || nullif(t.typinput, 0)::regproc, 'OUTPUT ' || nullif(t.typoutput, 0)::regproc,
        'RECEIVE ' || nullif(t.typreceive, 0)::regproc, 'SEND ' || nullif(t.typsend, 0)::regproc,
        'TYPMOD_IN ' || nullif(t.typmodin, 0)::regproc, 'TYPMOD_OUT ' || nullif(t.typmodout, 0)::regproc,
        'ANALYZE ' || nullif(t.typanalyze, 0)::regproc, 'SUBSCRIPT ' || nullif(t.typsubscript, 0)::regproc,
        'LENGTH ' || t.typlen, CASE WHEN t.typbyval THEN 'BY VALUE' END, 'ALIGNMENT ' || t.typalign::text, 'STORAGE ' || t.typstorage::text,
        'CATEGORY ' || t.typcategory::text, CASE WHEN t.typispreferred THEN 'PREFERRED' END,
        'DEFAULT ' || quote_literal(t.typdefault), 'ELEMENT ' || format_type(nullif(t.typelem, 0), NULL),
        'DELIMITER ' || quote_literal(t.typdelim::text), CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE' END,
        'COMMENT ' || quote_literal(obj_description(t.oid, 'pg_type'))) AS definition,
    t.typowner::regrole::text AS owner, t.typacl::text[] AS acl, acldefault('T', t.typowner)::text[] AS usual
FROM pg_type t
WHERE t.typnamespace = ANY (ARRAY(SELECT oid FROM ours)) AND (t.typtype = 'b' OR (t.typtype = 'p' AND NOT t.typisdefined))
    AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
    AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_collation.oid
-- Collations, without the version of the library that they were made with.
SELECT 'collation' AS kind, format('%I.%I', n.nspname, c.collname) AS name,
    concat_ws(' ', 'COLLATION', c.collprovider::text, CASE WHEN NOT c.collisdeterministic THEN 'NOT DETERMINISTIC' END,
        'LC_COLLATE ' || quote_literal(c.collcollate), 'LC_CTYPE ' || quote_literal(c.collctype),
        'LOCALE ' || quote_literal(coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')),
        'RULES ' || quote_literal(to_jsonb(c) ->> 'collicurules'),
        'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_collation'))) AS definition,
    c.collowner::regrole::text AS owner
FROM pg_collation c JOIN ours n ON n.oid = c.collnamespace
WHERE ('pg_collation'::regclass, c.oid) NOT IN (SELECT classid, objid FROM members);
