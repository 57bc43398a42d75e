-- Refused beside production, each by itself: what all databases of a server share.

CREATE ROLE a;

CREATE USER a PASSWORD 'x';

CREATE GROUP a;

ALTER ROLE a NOLOGIN;

ALTER USER a PASSWORD 'x';

ALTER GROUP a ADD USER b;

ALTER ROLE a RENAME TO b;

ALTER ROLE a SET work_mem = '8MB';

ALTER ROLE a IN DATABASE b SET work_mem = '8MB';

ALTER ROLE ALL RESET ALL;

DROP ROLE a;

DROP USER IF EXISTS a;

GRANT a TO b;

REVOKE a FROM b;

REASSIGN OWNED BY a TO b;

DROP OWNED BY a;

COMMENT ON ROLE a IS 'x';

SECURITY LABEL FOR p ON ROLE a IS 'x';

CREATE DATABASE a;

DROP DATABASE a;

ALTER DATABASE a SET search_path = app;

ALTER DATABASE a RESET ALL;

ALTER DATABASE a OWNER TO b;

ALTER DATABASE a RENAME TO b;

ALTER DATABASE a CONNECTION LIMIT 5;

ALTER DATABASE a SET TABLESPACE b;

ALTER DATABASE a REFRESH COLLATION VERSION;

COMMENT ON DATABASE a IS 'x';

SECURITY LABEL FOR p ON DATABASE a IS 'x';

GRANT CONNECT ON DATABASE a TO b;

REVOKE ALL ON DATABASE a FROM PUBLIC;

CREATE TABLESPACE a LOCATION '/a';

DROP TABLESPACE a;

ALTER TABLESPACE a SET (random_page_cost = 1);

ALTER TABLESPACE a RENAME TO b;

ALTER TABLESPACE a OWNER TO b;

GRANT CREATE ON TABLESPACE a TO b;

COMMENT ON TABLESPACE a IS 'x';

ALTER SYSTEM SET work_mem = '8MB';

ALTER SYSTEM RESET ALL;

GRANT SET ON PARAMETER work_mem TO a;

REVOKE ALTER SYSTEM ON PARAMETER work_mem FROM a;

LOAD 'auto_explain';

COPY t TO PROGRAM 'cat';

COPY t FROM PROGRAM 'cat';

COPY t TO '/tmp/x';

COPY t FROM '/tmp/x';

COPY (SELECT 1) TO '/tmp/x';

SELECT lo_import('/x');

SELECT lo_export(1, '/x');

INSERT INTO t VALUES (pg_read_file('/x'));

SELECT pg_catalog.pg_file_write('x', 'y', false);

SELECT pg_reload_conf();

SELECT pg_terminate_backend(pid) FROM pg_stat_activity;

SELECT "pg_cancel_backend"(7);

SELECT pg_promote();

SELECT pg_switch_wal();

SELECT pg_create_restore_point('x');

SELECT pg_create_logical_replication_slot('a', 'pgoutput');

SELECT * FROM pg_create_physical_replication_slot('a');

SELECT pg_drop_replication_slot('a');

SELECT pg_replication_origin_create('a');

SELECT pg_stat_reset_shared('bgwriter');

UPDATE pg_database SET datallowconn = false;

DELETE FROM pg_catalog.pg_db_role_setting;

INSERT INTO pg_shdescription VALUES (1, 2, 'x');

LOCK TABLE pg_authid;

DO LANGUAGE plpython3u 'import os';

CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'library', 'symbol';

CREATE FUNCTION f() RETURNS void LANGUAGE plpython3u AS 'x';

WITH x AS (SELECT pg_reload_conf()) SELECT 1;

CREATE TABLE x AS SELECT pg_reload_conf();

PREPARE x AS SELECT pg_reload_conf();

DO $$ BEGIN CREATE ROLE a; END $$;

DO $$ BEGIN PERFORM pg_reload_conf(); END $$;

DO $$ DECLARE x bool := pg_reload_conf(); BEGIN IF x THEN NULL; END IF; END $$;

DO $$ BEGIN IF pg_reload_conf() THEN NULL; END IF; END $$;

DO $$ BEGIN IF false THEN COPY t TO '/tmp/x'; END IF; END $$;

DO $$ BEGIN EXECUTE 'COPY t TO PROGRAM ''cat'''; END $$;

DO $$ BEGIN EXECUTE format('COPY %I.%I TO %L', 'public', 't', '/x'); END $$;

DO $$ BEGIN EXECUTE 'COPY ' || quote_ident('t') || ' FROM PROGRAM ' || quote_literal('x'); END $$;

DO $$ BEGIN FOR i IN 1..2 LOOP PERFORM pg_switch_wal(); END LOOP; EXCEPTION WHEN others THEN NULL; END $$;

SELECT U&"\0070g_reload_conf"();

DO $$ DECLARE command text := 'COPY t TO PROGRAM ''cat'''; BEGIN EXECUTE command; END $$;

DO $$ DECLARE c text; BEGIN c := 'COPY t TO PROGRAM '; c := c || quote_literal('cat'); EXECUTE c; END $$;

DO $$ DECLARE c text; BEGIN SELECT format('COPY %I TO ''/x''', 't') INTO c; EXECUTE c; END $$;

DO $$ DECLARE c text; BEGIN FOREACH c IN ARRAY ARRAY['COPY t TO ''/x'''] LOOP EXECUTE c; END LOOP; END $$;

DO $$ DECLARE c text; BEGIN FOR c IN SELECT 'LOAD ''/x''' LOOP EXECUTE c; END LOOP; END $$;

CREATE FUNCTION run(c text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE c; END'; SELECT run('COPY t TO ''/x''');

CREATE PROCEDURE run(c text) LANGUAGE plpgsql AS 'BEGIN EXECUTE c; END'; CALL run('COPY t TO ' || quote_literal('/x'));
