-- only with: pg_am.oid
-- Access methods and operators.
SELECT 'access method' AS kind, quote_ident(m.amname) AS name,
    concat_ws(' ', 'ACCESS METHOD', m.amtype::text, m.amhandler::regproc, 'COMMENT ' || quote_literal(obj_description(m.oid, 'pg_am'))) AS definition
FROM pg_am m
WHERE m.oid >= 16384 AND ('pg_am'::regclass, m.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_operator.oid
SELECT 'operator' AS kind, o.oid::regoperator::text AS name,
    concat_ws(' ', 'OPERATOR', o.oprcode::regprocedure, CASE WHEN o.oprcode = 0 THEN 'SHELL' END, 'COMMUTATOR ' || nullif(o.oprcom, 0)::regoperator,
        'NEGATOR ' || nullif(o.oprnegate, 0)::regoperator, 'RESTRICT ' || nullif(o.oprrest, 0)::regproc,
        'JOIN ' || nullif(o.oprjoin, 0)::regproc, CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END,
        'COMMENT ' || quote_literal(obj_description(o.oid, 'pg_operator'))) AS definition,
    o.oprowner::regrole::text AS owner
FROM pg_operator o JOIN ours n ON n.oid = o.oprnamespace
WHERE o.oprcode <> 0 AND ('pg_operator'::regclass, o.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_opfamily.oid
-- Operator classes and families, each with the operators and functions of its own.
SELECT 'operator ' || f.kind AS kind, format('%I.%I using %I', n.nspname, f.name, m.amname) AS name,
    concat_ws(' ', f.definition,
        (SELECT string_agg(part, ', ' ORDER BY part)
         FROM (
            SELECT concat_ws(' ', 'OPERATOR', o.amopstrategy, o.amopopr::regoperator, 'ORDER BY ' || CASE WHEN o.amopsortfamily <> 0 THEN (
                SELECT format('%I.%I', sn.nspname, s.opfname) FROM pg_opfamily s JOIN pg_namespace sn ON sn.oid = s.opfnamespace
                WHERE s.oid = o.amopsortfamily) END) AS part
            FROM pg_depend d JOIN pg_amop o ON o.oid = d.objid
            WHERE d.classid = 'pg_amop'::regclass AND d.refclassid = f.class AND d.refobjid = f.oid AND d.objsubid = 0
                AND d.refobjsubid = 0 AND d.deptype IN ('a', 'i')
            UNION ALL
            SELECT format('FUNCTION %s (%s, %s) %s', p.amprocnum, format_type(p.amproclefttype, NULL),
                format_type(p.amprocrighttype, NULL), p.amproc::regprocedure)
            FROM pg_depend d JOIN pg_amproc p ON p.oid = d.objid
            WHERE d.classid = 'pg_amproc'::regclass AND d.refclassid = f.class AND d.refobjid = f.oid AND d.deptype IN ('a', 'i')
         ) parts),
        'COMMENT ' || quote_literal(obj_description(f.oid, f.class::text))) AS definition,
    f.owner::regrole::text AS owner
FROM (
    SELECT 'family' AS kind, 'pg_opfamily'::regclass AS class, oid, opfname AS name, opfnamespace AS schema, opfmethod AS method,
        opfowner AS owner, 'OPERATOR FAMILY' AS definition
    FROM pg_opfamily
    UNION ALL
    SELECT 'class', 'pg_opclass'::regclass, c.oid, c.opcname, c.opcnamespace, c.opcmethod, c.opcowner,
        concat_ws(' ', 'OPERATOR CLASS', CASE WHEN c.opcdefault THEN 'DEFAULT' END, 'FOR TYPE', format_type(c.opcintype, NULL),
            format('FAMILY %I.%I', n.nspname, f.opfname), 'STORAGE ' || format_type(nullif(c.opckeytype, 0), NULL))
    FROM pg_opclass c JOIN pg_opfamily f ON f.oid = c.opcfamily JOIN pg_namespace n ON n.oid = f.opfnamespace
) f
    JOIN ours n ON n.oid = f.schema
    JOIN pg_am m ON m.oid = f.method
WHERE (f.class, f.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_conversion.oid
-- Conversions.
SELECT 'conversion' AS kind, format('%I.%I', n.nspname, c.conname) AS name,
    concat_ws(' ', CASE WHEN c.condefault THEN 'DEFAULT' END, 'CONVERSION FOR', pg_encoding_to_char(c.conforencoding), 'TO',
        pg_encoding_to_char(c.contoencoding), 'FROM', c.conproc::regproc,
        'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_conversion'))) AS definition,
    c.conowner::regrole::text AS owner
FROM pg_conversion c JOIN ours n ON n.oid = c.connamespace
WHERE ('pg_conversion'::regclass, c.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_ts_parser.oid
-- Text search: parsers, templates, dictionaries and configurations.
SELECT 'text search parser' AS kind, format('%I.%I', n.nspname, p.prsname) AS name,
    concat_ws(' ', 'PARSER START', p.prsstart::regproc, 'GETTOKEN', p.prstoken::regproc, 'END', p.prsend::regproc,
        'HEADLINE ' || nullif(p.prsheadline, 0)::regproc, 'LEXTYPES', p.prslextype::regproc,
        'COMMENT ' || quote_literal(obj_description(p.oid, 'pg_ts_parser'))) AS definition
FROM pg_ts_parser p JOIN ours n ON n.oid = p.prsnamespace
WHERE ('pg_ts_parser'::regclass, p.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_ts_template.oid
SELECT 'text search template' AS kind, format('%I.%I', n.nspname, t.tmplname) AS name,
    concat_ws(' ', 'TEMPLATE', 'INIT ' || nullif(t.tmplinit, 0)::regproc, 'LEXIZE', t.tmpllexize::regproc,
        'COMMENT ' || quote_literal(obj_description(t.oid, 'pg_ts_template'))) AS definition
FROM pg_ts_template t JOIN ours n ON n.oid = t.tmplnamespace
WHERE ('pg_ts_template'::regclass, t.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_ts_dict.oid
SELECT 'text search dictionary' AS kind, d.oid::regdictionary::text AS name,
    concat_ws(' ', 'DICTIONARY', (SELECT format('%I.%I', tn.nspname, t.tmplname) FROM pg_ts_template t JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
            WHERE t.oid = d.dicttemplate), '(' || d.dictinitoption || ')',
        'COMMENT ' || quote_literal(obj_description(d.oid, 'pg_ts_dict'))) AS definition,
    d.dictowner::regrole::text AS owner
FROM pg_ts_dict d JOIN ours n ON n.oid = d.dictnamespace
WHERE ('pg_ts_dict'::regclass, d.oid) NOT IN (SELECT classid, objid FROM members);

-- only with: pg_ts_config.oid
SELECT 'text search configuration' AS kind, c.oid::regconfig::text AS name,
    concat_ws(' ', 'CONFIGURATION', (SELECT format('PARSER %I.%I', pn.nspname, p.prsname) FROM pg_ts_parser p JOIN pg_namespace pn ON pn.oid = p.prsnamespace
            WHERE p.oid = c.cfgparser),
        (SELECT string_agg(format('%s: %s', m.maptokentype, m.mapdict::regdictionary), ', ' ORDER BY m.maptokentype, m.mapseqno)
         FROM pg_ts_config_map m WHERE m.mapcfg = c.oid),
        'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_ts_config'))) AS definition,
    c.cfgowner::regrole::text AS owner
FROM pg_ts_config c JOIN ours n ON n.oid = c.cfgnamespace
WHERE ('pg_ts_config'::regclass, c.oid) NOT IN (SELECT classid, objid FROM members);
