-- Left alone: what stays inside its database.

ALTER TABLE t OWNER TO a;

ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a;

GRANT SELECT ON t TO a;

GRANT USAGE ON SCHEMA public TO a;

CREATE SCHEMA AUTHORIZATION a;

COMMENT ON TABLE t IS 'CREATE ROLE a';

COMMENT ON COLUMN t.role IS 'x';

SET ROLE a;

SET LOCAL work_mem = '8MB';

NOTIFY a, 'x';

SELECT pg_notify('a', 'x');

LISTEN a;

SELECT pg_advisory_xact_lock(1);

SELECT pg_terminate_backend(pg_backend_pid());

SELECT pg_logical_emit_message(true, 'a', 'b');

CREATE PUBLICATION a FOR TABLE t;

CREATE EXTENSION dblink;

CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'b');

CREATE USER MAPPING FOR a SERVER s;

DROP USER MAPPING FOR a SERVER s;

ALTER SERVER s OPTIONS (SET host 'c');

CREATE FOREIGN TABLE f (a int) SERVER s;

CREATE VIEW v AS SELECT * FROM dblink('a', 'SELECT 1') AS x (y int);

CREATE RULE r AS ON DELETE TO t DO ALSO SELECT pg_reload_conf();

CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT pg_reload_conf()';

CREATE FUNCTION f() RETURNS void LANGUAGE plperl AS 'x';

CREATE FUNCTION f() RETURNS bool BEGIN ATOMIC SELECT pg_reload_conf(); END;

CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f();

CREATE TABLE role (alter_system int, pg_database text, tablespace text);

INSERT INTO t VALUES ('CREATE ROLE a; SELECT pg_reload_conf(); COPY t TO PROGRAM x');

UPDATE pg_class SET relhasindex = true;

ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b;

CREATE INDEX i ON t (a) TABLESPACE b;

COPY (SELECT 1) TO STDOUT;

DO $$ BEGIN RAISE NOTICE 'pg_reload_conf() and CREATE ROLE'; END $$;

DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'a') THEN CREATE ROLE a; END IF; END $$;

DO $$ BEGIN CREATE ROLE a; EXCEPTION WHEN duplicate_object THEN NULL; END $$;

DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || ' SET work_mem = 100'; END $$;

DO 'not plpgsql at all (';

SELECT 1 FROM (;

INSERT INTO help VALUES ('COPY t TO ''/x''');

CREATE TABLE help AS SELECT 'COPY t TO ''/x''' AS command;

COMMENT ON TABLE t IS 'COPY t TO ''/x''';

DO $$ BEGIN RAISE NOTICE 'load and copy %', 'COPY'; EXECUTE 'COPY t TO STDOUT'; END $$;
