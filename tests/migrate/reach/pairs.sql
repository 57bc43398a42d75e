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

CREATE TABLE a# (id int PRIMARY KEY); CREATE TABLE b# (id int REFERENCES a# ON DELETE CASCADE);
-- down
DROP TABLE b#, a#;

CREATE TABLE a# (r int4range, EXCLUDE USING gist (r WITH &&));
-- down
DROP TABLE a#;

CREATE TABLE a# (id int UNIQUE DEFERRABLE INITIALLY DEFERRED); SET CONSTRAINTS ALL IMMEDIATE;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); CREATE TABLE b# (id int); ALTER TABLE b# INHERIT a#;
-- down
DROP TABLE b#, a#;

CREATE TABLE a# (id int) PARTITION BY RANGE (id); CREATE TABLE b# (id int);
ALTER TABLE a# ATTACH PARTITION b# FOR VALUES FROM (1) TO (10);
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); ALTER TABLE a# RENAME TO b#; ALTER TABLE b# RENAME COLUMN id TO key;
-- down
DROP TABLE b#;

CREATE TABLE a# (id int); ALTER TABLE a# SET SCHEMA public;
-- down
DROP TABLE public.a#;

CREATE TABLE a# (id int PRIMARY KEY); ALTER TABLE a# REPLICA IDENTITY FULL;
-- down
DROP TABLE a#;

CREATE UNLOGGED TABLE a# (id int); ALTER TABLE a# SET LOGGED;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); INSERT INTO a# VALUES (1); TRUNCATE a#;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); LOCK TABLE a# IN EXCLUSIVE MODE; DELETE FROM a#;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); CREATE INDEX i# ON a# (id); CLUSTER a# USING i#; REINDEX TABLE a#; ANALYZE a#;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); INSERT INTO a# VALUES (1) ON CONFLICT DO NOTHING; EXPLAIN (ANALYZE) SELECT * FROM a#;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); CREATE TRIGGER t BEFORE UPDATE ON a# FOR EACH ROW
    EXECUTE FUNCTION suppress_redundant_updates_trigger(); ALTER TABLE a# DISABLE TRIGGER t;
-- down
DROP TABLE a#;

CREATE TABLE a# (id int); CREATE PUBLICATION p#; ALTER PUBLICATION p# ADD TABLE a#;
-- down
DROP PUBLICATION p#; DROP TABLE a#;

CREATE TABLE a# (j jsonb); CREATE INDEX i# ON a# USING gin (j); CREATE INDEX j# ON a# ((j ->> 'x')) WHERE j IS NOT NULL;
-- down
DROP TABLE a#;

SELECT * INTO a# FROM items;
-- down
DROP TABLE a#;

CREATE RECURSIVE VIEW a# (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM a# WHERE n < 3;
-- down
DROP VIEW a#;

CREATE VIEW a# AS SELECT id FROM items; ALTER VIEW a# SET (security_barrier); GRANT SELECT ON a# TO reader;
-- down
DROP VIEW a#;

CREATE MATERIALIZED VIEW a# AS SELECT 1 AS x WITH NO DATA; ALTER MATERIALIZED VIEW a# RENAME TO b#;
-- down
DROP MATERIALIZED VIEW b#;

CREATE SEQUENCE a# START 5; ALTER SEQUENCE a# INCREMENT 2 OWNER TO writer;
-- down
DROP SEQUENCE a#;

CREATE TYPE a# AS ENUM ('x'); ALTER TYPE a# ADD VALUE 'y'; ALTER TYPE a# RENAME VALUE 'x' TO 'z';
-- down
DROP TYPE a#;

CREATE DOMAIN a# AS text; ALTER DOMAIN a# ADD CHECK (VALUE <> ''); COMMENT ON DOMAIN a# IS 'role';
-- down
DROP DOMAIN a#;

CREATE FUNCTION a#() RETURNS int LANGUAGE sql SECURITY DEFINER SET work_mem = '8MB' AS 'SELECT 1';
ALTER FUNCTION a#() OWNER TO writer; REVOKE ALL ON FUNCTION a#() FROM PUBLIC;
-- down
DROP FUNCTION a#();

CREATE FUNCTION a#() RETURNS TABLE (n int) LANGUAGE plpgsql AS
    $$ BEGIN RETURN QUERY EXECUTE 'SELECT 1'; END $$; SELECT * FROM a#();
-- down
DROP FUNCTION a#();

CREATE FUNCTION a#() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('news', 'x'); RETURN NULL; END $$;
CREATE TABLE b# (id int); CREATE TRIGGER t AFTER INSERT ON b# FOR EACH STATEMENT EXECUTE FUNCTION a#();
INSERT INTO b# VALUES (1);
-- down
DROP TABLE b#; DROP FUNCTION a#();

CREATE OPERATOR CLASS a# FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int);
-- down
DROP OPERATOR FAMILY a# USING hash;

CREATE OPERATOR FAMILY a# USING btree;
-- down
DROP OPERATOR FAMILY a# USING btree;

CREATE CONVERSION a# FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
-- down
DROP CONVERSION a#;

CREATE ACCESS METHOD a# TYPE TABLE HANDLER heap_tableam_handler;
-- down
DROP ACCESS METHOD a#;

CREATE TEXT SEARCH DICTIONARY a# (TEMPLATE = simple); ALTER TEXT SEARCH DICTIONARY a# (accept = false);
-- down
DROP TEXT SEARCH DICTIONARY a#;

CREATE SCHEMA a#; GRANT USAGE ON SCHEMA a# TO reader; ALTER SCHEMA a# RENAME TO b#; ALTER EXTENSION citext SET SCHEMA b#;
-- down
ALTER EXTENSION citext SET SCHEMA public; DROP SCHEMA b#;

ALTER EVENT TRIGGER seen DISABLE;
-- down
ALTER EVENT TRIGGER seen ENABLE;

ALTER LARGE OBJECT 4711 OWNER TO writer; ALTER LARGE OBJECT 4711 OWNER TO CURRENT_USER;
-- down
SELECT 1;

DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM items;
FOR i IN 1..3 LOOP EXECUTE format('CREATE TEMP TABLE %I (id int)', 'a' || i); END LOOP; END $$;
-- down
SELECT 1;

WITH gone AS (DELETE FROM items WHERE id < 0 RETURNING *) SELECT count(*) FROM gone;
-- down
SELECT 1;
