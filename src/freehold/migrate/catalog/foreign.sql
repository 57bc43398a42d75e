-- only with: pg_foreign_data_wrapper.oid
-- Foreign-data wrappers, servers and user mappings. Of a mapping's options there is only a hash: passwords are among them.
SELECT 'foreign-data wrapper' AS kind, quote_ident(w.fdwname) AS name,
    concat_ws(' ', 'FOREIGN DATA WRAPPER', 'HANDLER ' || nullif(w.fdwhandler, 0)::regproc, 'VALIDATOR ' || nullif(w.fdwvalidator, 0)::regproc,
        'OPTIONS (' || (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(w.fdwoptions) o) || ')',
        'COMMENT ' || quote_literal(obj_description(w.oid, 'pg_foreign_data_wrapper'))) AS definition,
    w.fdwowner::regrole::text AS owner, w.fdwacl::text[] AS acl, acldefault('F', w.fdwowner)::text[] AS usual
FROM pg_foreign_data_wrapper w
WHERE w.oid >= 16384 AND ('pg_foreign_data_wrapper'::regclass, w.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_foreign_server.oid
SELECT 'server' AS kind, quote_ident(s.srvname) AS name,
    concat_ws(' ', 'SERVER', 'TYPE ' || quote_literal(s.srvtype), 'VERSION ' || quote_literal(s.srvversion),
        'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname),
        'OPTIONS (' || (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(s.srvoptions) o) || ')',
        'COMMENT ' || quote_literal(obj_description(s.oid, 'pg_foreign_server'))) AS definition,
    s.srvowner::regrole::text AS owner, s.srvacl::text[] AS acl, acldefault('S', s.srvowner)::text[] AS usual
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
WHERE ('pg_foreign_server'::regclass, s.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_foreign_server.oid
SELECT 'user mapping' AS kind, format('for %s server %I', CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE m.umuser::regrole::text END, m.srvname) AS name,
    concat_ws(' ', 'USER MAPPING', 'OPTIONS ' || encode(
        sha256(convert_to((SELECT string_agg(o, ',' ORDER BY o) FROM unnest(m.umoptions) o), 'UTF8')), 'hex')) AS definition
FROM pg_user_mappings m
WHERE ('pg_foreign_server'::regclass, m.srvid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_publication.oid
-- Publications. Before 15 there is neither a catalog of schemas in them nor conditions and columns of tables:
-- their names then mean those of `absent`.
SELECT 'publication' AS kind, quote_ident(p.pubname) AS name,
    concat_ws(' ', 'PUBLICATION', CASE WHEN p.puballtables THEN 'FOR ALL TABLES' END,
        CASE WHEN p.pubinsert THEN 'INSERT' END, CASE WHEN p.pubupdate THEN 'UPDATE' END, CASE WHEN p.pubdelete THEN 'DELETE' END,
        CASE WHEN p.pubtruncate THEN 'TRUNCATE' END, CASE WHEN p.pubviaroot THEN 'VIA ROOT' END,
        'GENERATED COLUMNS ' || nullif(to_jsonb(p) ->> 'pubgencols', 'n'),
        'FOR ' || (
            SELECT string_agg(concat_ws(' ', r.prrelid::regclass,
                '(' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname)
                        FROM unnest((SELECT prattrs FROM pg_publication_rel x WHERE x.oid = r.oid)) k JOIN pg_attribute a ON a.attrelid = r.prrelid AND a.attnum = k) || ')',
                'WHERE ' || pg_get_expr((SELECT prqual FROM pg_publication_rel x WHERE x.oid = r.oid), r.prrelid)),
                ', ' ORDER BY r.prrelid::regclass::text)
            FROM pg_publication_rel r, (SELECT NULL::pg_node_tree AS prqual, NULL::int2vector AS prattrs) absent WHERE r.prpubid = p.oid),
        'FOR TABLES IN SCHEMA ' || (
            SELECT string_agg(s.refobjid::regnamespace::text, ', ' ORDER BY s.refobjid::regnamespace::text)
            FROM pg_depend d JOIN pg_depend s ON s.classid = d.classid AND s.objid = d.objid AND s.refclassid = 'pg_namespace'::regclass
            WHERE d.classid = to_regclass('pg_publication_namespace') AND d.refclassid = 'pg_publication'::regclass AND d.refobjid = p.oid),
        'COMMENT ' || quote_literal(obj_description(p.oid, 'pg_publication'))) AS definition,
    p.pubowner::regrole::text AS owner
FROM pg_publication p
WHERE ('pg_publication'::regclass, p.oid) NOT IN (SELECT classid, objid FROM members);
