-- Constraints, and what is particular about their indexes, whether a table has them of its own or inherits them.
-- NOT NULL (of type n since 18) is said by the column, where there is not more to it than a name.
SELECT 'constraint' AS kind, c.conrelid::regclass::text AS parent, quote_ident(c.conname) AS name,
    concat_ws(' ', pg_get_constraintdef(c.oid),
        CASE WHEN NOT i.indisvalid AND x.relkind = 'I' THEN 'INVALID' END,
        (SELECT 'PARTITION OF ' || h.inhparent::regclass FROM pg_inherits h WHERE h.inhrelid = x.oid),
        'WITH (' || (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(x.reloptions) o WHERE split_part(o, '=', 1) = ANY ($1)) || ')',
        'TABLESPACE ' || (SELECT quote_ident(s.spcname) FROM pg_tablespace s WHERE s.oid = x.reltablespace),
        CASE WHEN i.indisclustered THEN 'CLUSTERED' END,
        CASE WHEN i.indisreplident THEN 'REPLICA IDENTITY' END,
        'COMMENT ' || quote_literal(obj_description(c.oid, 'pg_constraint')),
        'COMMENT ON INDEX ' || quote_literal(obj_description(x.oid, 'pg_class'))) AS definition,
    CASE WHEN NOT i.indisvalid AND x.relkind = 'i' THEN 'INVALID' END AS here,
    ARRAY(SELECT unnest(o.unknown) FROM options_of_indexes o WHERE o.index = x.oid) AS unknown,
    ARRAY(SELECT o.printed FROM options_of_indexes o WHERE o.index = x.oid ORDER BY o) AS printed,
    ARRAY(SELECT o.kept FROM options_of_indexes o WHERE o.index = x.oid ORDER BY o) AS kept
FROM pg_constraint c
    JOIN relations r ON r.oid = c.conrelid
    LEFT JOIN pg_class x ON x.oid = c.conindid AND c.contype IN ('p', 'u', 'x')
    LEFT JOIN pg_index i ON i.indexrelid = x.oid
WHERE c.contype IN ('p', 'u', 'x', 'c') OR (c.contype = 'f' AND c.conparentid = 0)
    OR (c.contype = 'n' AND c.conislocal AND (c.connoinherit OR NOT c.convalidated
        OR obj_description(c.oid, 'pg_constraint') IS NOT NULL));

-- Indexes that no constraint owns. Of an extension's access method every option counts, save what is named as the server's own.
SELECT 'index' AS kind, i.indrelid::regclass::text AS parent, x.oid::regclass::text AS name,
    concat_ws(' ',
        pg_get_indexdef(i.indexrelid),
        CASE WHEN NOT i.indisvalid AND x.relkind = 'I' THEN 'INVALID' END,
        (SELECT 'PARTITION OF ' || h.inhparent::regclass FROM pg_inherits h WHERE h.inhrelid = x.oid),
        'TABLESPACE ' || (SELECT quote_ident(s.spcname) FROM pg_tablespace s WHERE s.oid = x.reltablespace),
        CASE WHEN i.indisclustered THEN 'CLUSTERED' END,
        CASE WHEN i.indisreplident THEN 'REPLICA IDENTITY' END,
        (SELECT string_agg(format('STATISTICS %s OF %s', a.attstattarget, a.attnum), ' ' ORDER BY a.attnum)
         FROM pg_attribute a WHERE a.attrelid = x.oid AND a.attstattarget >= 0),
        'DEPENDS ON EXTENSION ' || (
            SELECT string_agg(quote_ident(e.extname), ', ' ORDER BY e.extname) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
            WHERE d.classid = 'pg_class'::regclass AND d.objid = x.oid AND d.deptype = 'x'
        ),
        'COMMENT ' || quote_literal(obj_description(x.oid, 'pg_class'))) AS definition,
    CASE WHEN NOT i.indisvalid AND x.relkind = 'i' THEN 'INVALID' END AS here,
    ARRAY(SELECT unnest(o.unknown) FROM options_of_indexes o WHERE o.index = x.oid) AS unknown,
    ARRAY(SELECT o.printed FROM options_of_indexes o WHERE o.index = x.oid ORDER BY o) AS printed,
    ARRAY(SELECT o.kept FROM options_of_indexes o WHERE o.index = x.oid ORDER BY o) AS kept
FROM pg_index i
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN relations r ON r.oid = i.indrelid
WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'));

-- Triggers; those that a partition has of its parent where they are enabled otherwise than there.
SELECT 'trigger' AS kind, t.tgrelid::regclass::text AS parent, quote_ident(t.tgname) AS name,
    concat_ws(' ', pg_get_triggerdef(t.oid),
        CASE t.tgenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END,
        'DEPENDS ON EXTENSION ' || (
            SELECT string_agg(quote_ident(e.extname), ', ' ORDER BY e.extname) FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
            WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'x'
        ),
        'COMMENT ' || quote_literal(obj_description(t.oid, 'pg_trigger'))) AS definition
FROM pg_trigger t
    JOIN relations r ON r.oid = t.tgrelid
    LEFT JOIN pg_trigger u ON u.oid = t.tgparentid
    LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint
WHERE (k.contype IS NULL OR k.contype = 't')
    AND CASE WHEN t.tgparentid = 0 THEN NOT t.tgisinternal ELSE t.tgenabled <> u.tgenabled END;

-- Rules and row security policies; a dump keeps policies even of an extension's table.
SELECT 'rule' AS kind, r.ev_class::regclass::text AS parent, quote_ident(r.rulename) AS name,
    concat_ws(' ', pg_get_ruledef(r.oid),
        CASE r.ev_enabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END,
        'COMMENT ' || quote_literal(obj_description(r.oid, 'pg_rewrite'))) AS definition
FROM pg_rewrite r JOIN relations c ON c.oid = r.ev_class
WHERE r.rulename <> '_RETURN';

-- only with: pg_policy.oid
SELECT 'policy' AS kind, p.polrelid::regclass::text AS parent, quote_ident(p.polname) AS name,
    concat_ws(' ', 'POLICY', CASE WHEN NOT p.polpermissive THEN 'RESTRICTIVE' END,
        'FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
        'TO ' || (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' ELSE o::regrole::text END, ', ' ORDER BY o::regrole::text) FROM unnest(p.polroles) o),
        'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')',
        'COMMENT ' || quote_literal(obj_description(p.oid, 'pg_policy'))) AS definition
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN ours n ON n.oid = c.relnamespace;

-- only with: pg_statistic_ext.oid
-- Extended statistics.
SELECT 'statistics' AS kind, s.stxrelid::regclass::text AS parent,
    CASE WHEN s.stxnamespace <> r.relnamespace THEN quote_ident(n.nspname) || '.' ELSE '' END || quote_ident(s.stxname) AS name,
    concat_ws(' ', pg_get_statisticsobjdef(s.oid), 'STATISTICS ' || nullif(s.stxstattarget, -1),
        'COMMENT ' || quote_literal(obj_description(s.oid, 'pg_statistic_ext'))) AS definition,
    s.stxowner::regrole::text AS owner
FROM pg_statistic_ext s JOIN relations r ON r.oid = s.stxrelid JOIN ours n ON n.oid = s.stxnamespace
WHERE ('pg_statistic_ext'::regclass, s.oid) NOT IN (SELECT classid, objid FROM members);
