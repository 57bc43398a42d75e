-- What belongs to a server and not to the connected database: kind, name, definition.
-- A step may have set any search_path, so everything is qualified. Names are joined, not cast, and rights are told by the
-- numbers of roles: a cast, and the text of an ACL, would look at another moment than the snapshot's.

SELECT 'role' AS kind, rolname::text AS name, pg_catalog.to_jsonb(r)::text AS definition FROM pg_catalog.pg_roles r
UNION ALL
SELECT 'membership', pg_catalog.format('of %s in %s, granted by %s', m.rolname, r.rolname, g.rolname), pg_catalog.to_jsonb(a)::text
FROM pg_catalog.pg_auth_members a
    LEFT JOIN pg_catalog.pg_roles m ON m.oid = a.member
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.roleid
    LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantor
UNION ALL
-- VACUUM changes its two numbers in place, under every snapshot; a login its trigger's mark (17).
SELECT 'database', datname,
    pg_catalog.concat(
        pg_catalog.to_jsonb(d) - '{datfrozenxid,datminmxid,dathasloginevt,datacl}'::text[],
        (SELECT pg_catalog.jsonb_agg(a) FROM pg_catalog.aclexplode(d.datacl) a)
    )
FROM pg_catalog.pg_database d WHERE datname <> pg_catalog.current_database()
UNION ALL
SELECT CASE WHEN d.oid IS NULL THEN 'settings' ELSE 'database' END,
    pg_catalog.concat_ws(' ', d.datname || ': settings', 'of ' || coalesce(r.rolname, 'all roles')), s.setconfig::text
FROM pg_catalog.pg_db_role_setting s
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
    LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
WHERE d.datname IS DISTINCT FROM pg_catalog.current_database()
UNION ALL
SELECT CASE WHEN d.oid IS NULL THEN l.kind ELSE 'database' END,
    coalesce(d.datname || ': ' || l.kind, 'on role ' || r.rolname, 'on tablespace ' || t.spcname), l.said
FROM (
    SELECT 'comment', classoid, objoid, description FROM pg_catalog.pg_shdescription
    UNION ALL
    SELECT 'label of ' || provider, classoid, objoid, label FROM pg_catalog.pg_shseclabel
) AS l (kind, classoid, objoid, said)
    LEFT JOIN pg_catalog.pg_database d ON d.oid = l.objoid AND l.classoid = 'pg_catalog.pg_database'::regclass
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = l.objoid AND l.classoid = 'pg_catalog.pg_authid'::regclass
    LEFT JOIN pg_catalog.pg_tablespace t ON t.oid = l.objoid AND l.classoid = 'pg_catalog.pg_tablespace'::regclass
WHERE d.datname IS DISTINCT FROM pg_catalog.current_database()
UNION ALL
SELECT 'tablespace', spcname,
    pg_catalog.concat(
        pg_catalog.to_jsonb(t) - 'spcacl', (SELECT pg_catalog.jsonb_agg(a) FROM pg_catalog.aclexplode(t.spcacl) a)
    )
FROM pg_catalog.pg_tablespace t
UNION ALL
SELECT 'subscription', subname, pg_catalog.concat_ws(' ', subdbid, subowner, subenabled, subslotname, subpublications)
FROM pg_catalog.pg_subscription
UNION ALL
SELECT 'replication origin', roname, roident::text FROM pg_catalog.pg_replication_origin
UNION ALL
-- Passwords are not shown, but whoever changes roles keeps this lock to the end of the transaction.
SELECT 'unseen', 'change of a role (its password?)', mode FROM pg_catalog.pg_locks
WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation' AND database = 0
    AND relation = 'pg_catalog.pg_authid'::regclass AND mode LIKE '%Exclusive%';

-- Since PostgreSQL 15.
SELECT 'rights', 'on parameter ' || parname,
    (SELECT pg_catalog.jsonb_agg(a) FROM pg_catalog.aclexplode(paracl) a)::text
FROM pg_catalog.pg_parameter_acl;
