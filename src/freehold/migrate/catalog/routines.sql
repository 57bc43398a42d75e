-- Functions and procedures, with the settings that they run with: the server's own kind of name has a dot or is in
-- pg_settings, save a few that are never shown.
SELECT 'function' AS kind, p.oid::regprocedure::text AS name,
    concat_ws(' ',
        CASE WHEN cardinality(unknown) = 0 THEN pg_get_functiondef(p.oid)
            ELSE regexp_replace(pg_get_functiondef(p.oid), format(E'^ SET "?(%s)"? TO [^\n]*\n', array_to_string(unknown, '|')), '', 'gn') END,
        'DEPENDS ON EXTENSION ' || (
            SELECT string_agg(quote_ident(e.extname), ', ' ORDER BY e.extname) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'x'
        ),
        'COMMENT ' || quote_literal(obj_description(p.oid, 'pg_proc'))) AS definition,
    p.proowner::regrole::text AS owner, p.proacl::text[] AS acl, acldefault('f', p.proowner)::text[] AS usual,
    ARRAY(SELECT 'setting ' || name FROM unnest(unknown) name) AS unknown
FROM pg_proc p
    CROSS JOIN LATERAL (
        SELECT ARRAY(
            SELECT split_part(c, '=', 1) FROM unnest(p.proconfig) c
            WHERE split_part(c, '=', 1) !~ '\.' AND split_part(c, '=', 1) NOT IN (SELECT name FROM pg_settings)
                AND split_part(c, '=', 1) NOT IN ('role', 'session_authorization', 'seed', 'transaction_isolation',
                    'transaction_read_only', 'transaction_deferrable', 'session_preload_libraries', 'dynamic_library_path')
        ) AS unknown
    ) settings
WHERE p.pronamespace = ANY (ARRAY(SELECT oid FROM ours)) AND p.prokind <> 'a'
    AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM pg_depend WHERE deptype IN ('e', 'i'));

-- only with: pg_aggregate.aggfnoid
SELECT 'function' AS kind, p.oid::regprocedure::text AS name,
    concat_ws(' ', 'AGGREGATE (' || pg_get_function_arguments(p.oid) || ')',
        CASE a.aggkind WHEN 'h' THEN 'HYPOTHETICAL' WHEN 'o' THEN 'ORDERED SET' END,
        'SFUNC ' || a.aggtransfn::regprocedure, 'STYPE ' || format_type(a.aggtranstype, NULL), 'SSPACE ' || nullif(a.aggtransspace, 0),
        'FINALFUNC ' || nullif(a.aggfinalfn, 0)::regprocedure, CASE WHEN a.aggfinalextra THEN 'EXTRA' END, a.aggfinalmodify::text,
        'COMBINEFUNC ' || nullif(a.aggcombinefn, 0)::regprocedure, 'SERIALFUNC ' || nullif(a.aggserialfn, 0)::regprocedure,
        'DESERIALFUNC ' || nullif(a.aggdeserialfn, 0)::regprocedure, 'INITCOND ' || quote_literal(a.agginitval),
        'MSFUNC ' || nullif(a.aggmtransfn, 0)::regprocedure, 'MINVFUNC ' || nullif(a.aggminvtransfn, 0)::regprocedure,
        'MSTYPE ' || format_type(nullif(a.aggmtranstype, 0), NULL), 'MSSPACE ' || nullif(a.aggmtransspace, 0),
        'MFINALFUNC ' || nullif(a.aggmfinalfn, 0)::regprocedure, CASE WHEN a.aggmfinalextra THEN 'EXTRA' END, a.aggmfinalmodify::text,
        'MINITCOND ' || quote_literal(a.aggminitval), 'SORTOP ' || nullif(a.aggsortop, 0)::regoperator, 'PARALLEL ' || p.proparallel::text,
        'COMMENT ' || quote_literal(obj_description(p.oid, 'pg_proc'))) AS definition,
    p.proowner::regrole::text AS owner, p.proacl::text[] AS acl, acldefault('f', p.proowner)::text[] AS usual
FROM pg_proc p JOIN ours n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_language.oid
-- Languages, casts and transforms; PostgreSQL's own have low numbers.
SELECT 'language' AS kind, quote_ident(l.lanname) AS name,
    concat_ws(' ', CASE WHEN l.lanpltrusted THEN 'TRUSTED' END, 'LANGUAGE', 'HANDLER ' || nullif(l.lanplcallfoid, 0)::regproc,
        'INLINE ' || nullif(l.laninline, 0)::regproc, 'VALIDATOR ' || nullif(l.lanvalidator, 0)::regproc,
        'COMMENT ' || quote_literal(obj_description(l.oid, 'pg_language'))) AS definition,
    l.lanowner::regrole::text AS owner, l.lanacl::text[] AS acl, acldefault('l', l.lanowner)::text[] AS usual
FROM pg_language l
WHERE l.oid >= 16384 AND ('pg_language'::regclass, l.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_cast.oid
SELECT 'cast' AS kind, format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)) AS name,
    concat_ws(' ', 'CAST', CASE c.castmethod WHEN 'b' THEN 'WITHOUT FUNCTION' WHEN 'i' THEN 'WITH INOUT' ELSE 'WITH ' || c.castfunc::regprocedure END,
        CASE c.castcontext WHEN 'i' THEN 'IMPLICIT' WHEN 'a' THEN 'ASSIGNMENT' END,
        'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_cast'))) AS definition
FROM pg_cast c
WHERE c.oid >= 16384 AND ('pg_cast'::regclass, c.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_transform.oid
SELECT 'transform' AS kind, format('for %s language %I', format_type(t.trftype, NULL), l.lanname) AS name,
    concat_ws(' ', 'TRANSFORM', 'FROM SQL ' || nullif(t.trffromsql, 0)::regprocedure, 'TO SQL ' || nullif(t.trftosql, 0)::regprocedure,
        'COMMENT ' || quote_literal(obj_description(t.oid, 'pg_transform'))) AS definition
FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
WHERE t.oid >= 16384 AND ('pg_transform'::regclass, t.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_event_trigger.oid
-- Event triggers.
SELECT 'event trigger' AS kind, quote_ident(e.evtname) AS name,
    concat_ws(' ', 'EVENT TRIGGER', e.evtevent, e.evtfoid::regprocedure::text, e.evtenabled::text,
        (SELECT string_agg(tag, ', ' ORDER BY tag) FROM unnest(e.evttags) tag),
        'COMMENT ' || quote_literal(obj_description(e.oid, 'pg_event_trigger'))) AS definition,
    e.evtowner::regrole::text AS owner
FROM pg_event_trigger e
WHERE ('pg_event_trigger'::regclass, e.oid) NOT IN (SELECT classid, objid FROM members)
    AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.oid = e.evtfoid AND p.pronamespace = to_regnamespace('freehold_migrate'));
