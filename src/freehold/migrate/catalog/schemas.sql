-- Schemas.
SELECT 'schema' AS kind, quote_ident(n.nspname) AS name,
    concat_ws(' ', 'SCHEMA', 'COMMENT ' || quote_literal(obj_description(n.oid, 'pg_namespace'))) AS definition,
    n.nspowner::regrole::text AS owner, n.nspacl::text[] AS acl, acldefault('n', n.nspowner)::text[] AS usual
FROM ours n
WHERE n.nspname <> 'public' AND ('pg_namespace'::regclass, n.oid) NOT IN (SELECT classid, objid FROM members);

-- The schema public is in every new database, so a dump holds only what is unusual about it: since 15 also its owner.
SELECT 'schema' AS kind, 'public' AS name, p.definition, p.owner, p.holder, p.acl, p.usual
FROM (
    SELECT CASE WHEN comment <> 'standard public schema' THEN 'SCHEMA COMMENT ' || quote_literal(comment) ELSE '' END AS definition,
        CASE WHEN since_15 THEN nullif(owner, 'pg_database_owner') END AS owner, owner AS holder,
        acl::text[] AS acl, acldefault::text[] || format('=%s/%s', CASE WHEN since_15 THEN 'U' ELSE 'UC' END, owner) AS usual
    FROM (
        SELECT coalesce(obj_description(n.oid, 'pg_namespace'), '') AS comment, n.nspowner::regrole::text AS owner,
            n.nspacl AS acl, acldefault('n', n.nspowner) AS acldefault, current_setting('server_version_num')::int >= 150000 AS since_15
        FROM ours n WHERE n.nspname = 'public'
    ) n
) p
WHERE p.definition <> '' OR p.owner IS NOT NULL OR NOT (p.acl @> p.usual AND p.acl <@ p.usual);

-- only with: pg_extension.oid
-- Extensions; a dump makes each in the version that the server has at hand.
SELECT 'extension' AS kind, quote_ident(e.extname) AS name,
    concat_ws(' ', format('EXTENSION SCHEMA %I', n.nspname), 'COMMENT ' || quote_literal(obj_description(e.oid, 'pg_extension'))) AS definition,
    'VERSION ' || quote_literal(e.extversion) AS here
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql';

-- only with: pg_extension.oid
SELECT 'not compared' AS kind,
    format('extension %I is at version %s, and a copy has %s', e.extname, e.extversion, a.default_version) AS name
FROM pg_extension e JOIN pg_available_extensions a ON a.name = e.extname
WHERE e.extversion <> a.default_version AND e.extname <> 'plpgsql';

-- What a dump keeps of extensions' and PostgreSQL's own objects: privileges other than their first ones.
SELECT 'privileges' AS kind, concat_ws(' ', i.type, i.identity) AS name, '' AS definition, o.owner::regrole::text AS holder,
    o.acl::text[] AS acl, coalesce(p.initprivs, o.usual)::text[] AS usual
FROM (
    SELECT 'pg_class'::regclass AS class, oid, 0 AS part, relacl AS acl, relnamespace AS schema, relowner AS owner,
        acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner) AS usual
    FROM pg_class WHERE relacl IS NOT NULL
    UNION ALL SELECT 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl, c.relnamespace, c.relowner, '{}'
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL SELECT 'pg_proc'::regclass, oid, 0, proacl, pronamespace, proowner, acldefault('f', proowner) FROM pg_proc WHERE proacl IS NOT NULL
    UNION ALL SELECT 'pg_type'::regclass, oid, 0, typacl, typnamespace, typowner, acldefault('T', typowner) FROM pg_type WHERE typacl IS NOT NULL
    UNION ALL SELECT 'pg_namespace'::regclass, oid, 0, nspacl, oid, nspowner, acldefault('n', nspowner) FROM pg_namespace
    UNION ALL SELECT 'pg_language'::regclass, oid, 0, lanacl, CASE WHEN oid < 16384 THEN 'pg_catalog'::regnamespace END,
        lanowner, acldefault('l', lanowner) FROM pg_language
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, fdwacl, NULL, fdwowner, acldefault('F', fdwowner) FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_foreign_server'::regclass, oid, 0, srvacl, NULL, srvowner, acldefault('S', srvowner) FROM pg_foreign_server
) o
    LEFT JOIN pg_init_privs p ON p.classoid = o.class AND p.objoid = o.oid AND p.objsubid = o.part
    CROSS JOIN LATERAL pg_identify_object(o.class, o.oid, o.part) i
WHERE (o.schema = 'pg_catalog'::regnamespace OR (o.class, o.oid) IN (SELECT classid, objid FROM members))
    AND o.acl <> coalesce(p.initprivs, o.usual);

-- only with: pg_default_acl.oid
-- Default privileges: those of a schema are added to the usual ones, those without a schema replace them.
SELECT 'default privileges' AS kind,
    concat_ws(' ', d.defaclrole::regrole::text, 'IN SCHEMA ' || quote_ident(n.nspname), d.defaclobjtype::text) AS name,
    '' AS definition, d.defaclacl::text[] AS acl, d.defaclrole::regrole::text AS holder,
    CASE WHEN n.oid IS NULL THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)::text[]
        ELSE ARRAY[]::text[] END AS usual
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace;

-- only with: pg_seclabel.objoid
-- Security labels.
SELECT 'security label' AS kind, concat_ws(' ', l.objtype, l.objname, 'of', l.provider) AS name, quote_literal(l.label) AS definition
FROM pg_seclabels l JOIN pg_seclabel s USING (classoid, objoid, objsubid, provider);

-- only with: pg_largeobject_metadata.oid
-- Large objects are no part of a schema, and subscriptions lead outside.
SELECT 'not compared' AS kind, format('%s large objects', count(*)) AS name FROM pg_largeobject_metadata HAVING count(*) > 0;

-- only with: pg_subscription.oid
SELECT 'not compared' AS kind, format('subscription %I', s.subname) AS name
FROM pg_subscription s WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database());

-- What belongs to the database as a whole, no dump of it keeps without --create.
SELECT 'not compared' AS kind, format('setting %s of the database', split_part(each, '=', 1)) AS name
FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase AND d.datname = current_database(), unnest(s.setconfig) each
UNION ALL
SELECT 'not compared', 'privileges of the database' FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL;
