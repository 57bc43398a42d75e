-- Up and down, # for a number: they stay inside, however much it may look otherwise. Tried on the database of cluster.py.

CREATE TABLE a# (id int PRIMARY KEY, b text);
-- down
DROP TABLE a#;

CREATE TABLE a# (id int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS (1 + 1) STORED);
-- down
DROP TABLE a#;

CREATE TABLE a# (LIKE items INCLUDING ALL);
-- down
DROP TABLE a#;

CREATE TABLE a# AS SELECT * FROM items;
-- down
DROP TABLE a#;

CREATE TABLE a# () INHERITS (items);
-- down
DROP TABLE a#;

CREATE TABLE a# (id int) PARTITION BY LIST (id); CREATE TABLE b# PARTITION OF a# DEFAULT;
-- down
DROP TABLE a#;

CREATE UNLOGGED TABLE a# (id int);
-- down
DROP TABLE a#;

CREATE TEMP TABLE a# (id int); INSERT INTO a# VALUES (1);
-- down
SELECT 1;

CREATE TABLE a# (id int);
INSERT INTO a# SELECT id FROM items;
UPDATE a# SET id = id + 1 WHERE id < 5;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); ALTER TABLE a# OWNER TO writer;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); GRANT SELECT ON a# TO reader; REVOKE SELECT ON a# FROM reader;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int);
ALTER TABLE a# ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON a# TO reader USING (true);
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); COMMENT ON TABLE a# IS 'x'; COMMENT ON COLUMN a#.id IS 'y';
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); CREATE RULE r AS ON INSERT TO a# DO ALSO NOTIFY news;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); CREATE STATISTICS s# ON id, (id + 1) FROM a#;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); CREATE INDEX i# ON a# (id); CREATE INDEX j# ON a# USING brin (id);
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); CREATE PUBLICATION p# FOR TABLE a#;
-- down
DROP PUBLICATION p#; DROP TABLE a#;

CREATE TABLE a# (id int); PREPARE q AS SELECT * FROM a#; EXECUTE q; DEALLOCATE q;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); DECLARE c CURSOR FOR SELECT * FROM a#; FETCH c; CLOSE c;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); SAVEPOINT s; INSERT INTO a# VALUES (1); ROLLBACK TO s;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); SET LOCAL ROLE reader; SELECT 1; RESET ROLE;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); SELECT set_config('search_path', '', true); SET work_mem = '8MB';
-- down
DROP TABLE app.a#;

CREATE TABLE a# (t text COLLATE "C"); CREATE COLLATION l# FROM "C";
-- down
DROP COLLATION l#; DROP TABLE a#;

ALTER TABLE items ADD a# int;
-- down
ALTER TABLE items DROP a#;

ALTER TABLE items ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
-- down
ALTER TABLE items DROP CONSTRAINT c;

ALTER TABLE items ALTER v SET STATISTICS 50;
-- down
ALTER TABLE items ALTER v SET STATISTICS -1;

ALTER TABLE items SET (fillfactor = 90);
-- down
ALTER TABLE items RESET (fillfactor);

CREATE SCHEMA other; CREATE TABLE other.a# (id int);
-- down
DROP SCHEMA other CASCADE;

CREATE SCHEMA AUTHORIZATION reader;
-- down
DROP SCHEMA reader;

CREATE VIEW a# AS SELECT * FROM items;
-- down
DROP VIEW a#;

CREATE VIEW a# AS SELECT * FROM dblink('far', 'SELECT 1') AS x (y int);
-- down
DROP VIEW a#;

CREATE MATERIALIZED VIEW a# AS SELECT * FROM items; REFRESH MATERIALIZED VIEW a#;
-- down
DROP MATERIALIZED VIEW a#;

CREATE SEQUENCE a#; SELECT nextval('a#');
-- down
DROP SEQUENCE a#;

CREATE TYPE a# AS ENUM ('x', 'y');
-- down
DROP TYPE a#;

CREATE TYPE a# AS (x int, y text);
-- down
DROP TYPE a#;

CREATE TYPE a# AS RANGE (subtype = int);
-- down
DROP TYPE a#;

CREATE DOMAIN a# AS int CHECK (VALUE > 0);
-- down
DROP DOMAIN a#;

CREATE FUNCTION a#() RETURNS int LANGUAGE sql RETURN 1; SELECT a#();
-- down
DROP FUNCTION a#();

CREATE FUNCTION reload() RETURNS void LANGUAGE sql AS 'SELECT pg_reload_conf()';
-- down
DROP FUNCTION reload();

CREATE PROCEDURE a#() LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$; CALL a#();
-- down
DROP PROCEDURE a#();

CREATE AGGREGATE a# (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
-- down
DROP AGGREGATE a# (int);

CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
-- down
DROP OPERATOR === (int, int);

CREATE TYPE a# AS (x int); CREATE CAST (a# AS text) WITH INOUT;
-- down
DROP CAST (a# AS text); DROP TYPE a#;

CREATE TEXT SEARCH CONFIGURATION a# (COPY = simple);
-- down
DROP TEXT SEARCH CONFIGURATION a#;

CREATE EXTENSION tablefunc;
-- down
DROP EXTENSION tablefunc;

CREATE EXTENSION file_fdw; CREATE SERVER f# FOREIGN DATA WRAPPER file_fdw;
-- down
DROP EXTENSION file_fdw CASCADE;

CREATE FUNCTION a#() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL;
END $$;
CREATE EVENT TRIGGER e# ON sql_drop EXECUTE FUNCTION a#();
-- down
DROP EVENT TRIGGER e#; DROP FUNCTION a#();

CREATE FOREIGN DATA WRAPPER w HANDLER postgres_fdw_handler VALIDATOR postgres_fdw_validator;
-- down
DROP FOREIGN DATA WRAPPER w;

CREATE SERVER new FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere');
CREATE USER MAPPING FOR reader SERVER new;
-- down
DROP SERVER new CASCADE;

ALTER SERVER far OPTIONS (ADD fetch_size '10');
-- down
ALTER SERVER far OPTIONS (DROP fetch_size);

ALTER USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (SET user 'x');
-- down
ALTER USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (SET user 'postgres');

CREATE FOREIGN TABLE a# (id int) SERVER far; COMMENT ON FOREIGN TABLE a# IS 'x';
-- down
DROP FOREIGN TABLE a#;

ALTER FOREIGN TABLE far ADD w int;
-- down
ALTER FOREIGN TABLE far DROP w;

ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader;
-- down
ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM reader;

SELECT lo_create(815); SELECT lo_put(4711, 0, 'x');
-- down
SELECT lo_unlink(815);

NOTIFY news, 'up';
-- down
NOTIFY news, 'down';

SELECT pg_notify('news', 'up');
-- down
SELECT app.run('NOTIFY news');

LISTEN news;
-- down
UNLISTEN *;

SELECT pg_advisory_lock(1);
-- down
SELECT pg_advisory_unlock(1);

SELECT pg_logical_emit_message(true, 'a#', 'b');
-- down
SELECT 1;

DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'writer') THEN CREATE ROLE writer;
END IF;
END $$;
-- down
SELECT 1;

DO $$ BEGIN CREATE ROLE writer; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
-- down
SELECT 1;

SELECT app.run(format('ALTER DATABASE %I SET work_mem = 100', current_database()));
-- down
SELECT 1;

SELECT app.run(format('COMMENT ON DATABASE %I IS NULL', current_database()));
-- down
SELECT 1;

SELECT app.run(format('ALTER DATABASE %I IS_TEMPLATE true', current_database()));
-- down
SELECT 1;
