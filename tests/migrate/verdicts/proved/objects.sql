-- pair: new_table
-- up
CREATE TABLE {t}_n (id int PRIMARY KEY);
-- down
DROP TABLE {t}_n;

-- pair: table_with_rows
-- up
CREATE TABLE {t}_n AS SELECT * FROM {t};
-- down
DROP TABLE {t}_n;

-- pair: insert
-- up
INSERT INTO {t} VALUES (1000, 'new');
-- down
DELETE FROM {t} WHERE id = 1000;

-- pair: view
-- up
CREATE VIEW {t}_w AS SELECT v FROM {t};
-- down
DROP VIEW {t}_w;

-- pair: view_changed
-- before
CREATE VIEW {t}_w AS SELECT v FROM {t};
-- up
CREATE OR REPLACE VIEW {t}_w AS SELECT v, id FROM {t};
-- down
DROP VIEW {t}_w;
CREATE VIEW {t}_w AS SELECT v FROM {t};

-- pair: materialized_view
-- up
CREATE MATERIALIZED VIEW {t}_w AS SELECT v FROM {t};
-- down
DROP MATERIALIZED VIEW {t}_w;

-- pair: function
-- up
CREATE FUNCTION {t}_f() RETURNS int LANGUAGE sql AS 'SELECT 1';
-- down
DROP FUNCTION {t}_f();

-- pair: trigger
-- directive: lint-ignore: create-trigger a test
-- up
CREATE FUNCTION {t}_f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v = lower(NEW.v); RETURN NEW; END';
CREATE TRIGGER f BEFORE INSERT OR UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_f();
-- down
DROP TRIGGER f ON {t};
DROP FUNCTION {t}_f();

-- pair: trigger_gone
-- directive: lint-ignore: create-trigger a test
-- before
CREATE FUNCTION {t}_f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v = lower(NEW.v); RETURN NEW; END';
CREATE TRIGGER f BEFORE INSERT OR UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_f();
-- up
DROP TRIGGER f ON {t};
-- down
CREATE TRIGGER f BEFORE INSERT OR UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_f();

-- pair: policy
-- up
CREATE POLICY p ON {t} USING (id > 0);
ALTER TABLE {t} ENABLE ROW LEVEL SECURITY;
-- down
ALTER TABLE {t} DISABLE ROW LEVEL SECURITY;
DROP POLICY p ON {t};

-- pair: granted
-- up
GRANT SELECT ON {t} TO PUBLIC;
-- down
REVOKE SELECT ON {t} FROM PUBLIC;

-- pair: comment
-- up
COMMENT ON TABLE {t} IS 'Things';
COMMENT ON COLUMN {t}.v IS 'Words (5)';
-- down
COMMENT ON TABLE {t} IS NULL;
COMMENT ON COLUMN {t}.v IS NULL;

-- pair: sequence
-- up
CREATE SEQUENCE {t}_s;
-- down
DROP SEQUENCE {t}_s;

-- pair: sequence_steps
-- before
CREATE SEQUENCE {t}_s;
-- up
ALTER SEQUENCE {t}_s INCREMENT BY 10;
-- down
ALTER SEQUENCE {t}_s INCREMENT BY 1;

-- pair: sequence_downwards
-- before
CREATE SEQUENCE {t}_s INCREMENT -1;
CREATE TABLE {t}_k (id int DEFAULT nextval('{t}_s'), n int);
INSERT INTO {t}_k (n) SELECT id FROM {t};
-- up
ALTER TABLE {t}_k ADD w int;
-- down
ALTER TABLE {t}_k DROP w;

-- pair: schema
-- up
CREATE SCHEMA {t}_s;
CREATE TABLE {t}_s.a (id int);
-- down
DROP SCHEMA {t}_s CASCADE;

-- pair: moved_to_a_schema
-- up
CREATE SCHEMA {t}_s;
ALTER TABLE {t} SET SCHEMA {t}_s;
-- down
ALTER TABLE {t}_s.{t} SET SCHEMA public;
DROP SCHEMA {t}_s;

-- pair: statistics_object
-- up
CREATE STATISTICS {t}_s ON id, v FROM {t};
-- down
DROP STATISTICS {t}_s;

-- pair: settings
-- up
SET LOCAL TimeZone = 'Asia/Tokyo';
SET DateStyle = 'German';
SET search_path = pg_temp;
ALTER TABLE public.{t} ADD n int;
-- down
SET LOCAL TimeZone = 'Asia/Tokyo';
SET DateStyle = 'German';
SET search_path = pg_temp;
ALTER TABLE public.{t} DROP n;

-- pair: role
-- up
SET ROLE pg_read_all_data;
RESET ROLE;
ALTER TABLE {t} ADD n int;
-- down
ALTER TABLE {t} DROP n;
SET ROLE pg_read_all_data;
RESET ROLE;

-- pair: vacuum
-- directive: transaction=off
-- up
VACUUM {t};
-- down
VACUUM {t};

-- pair: clustered
-- up
ALTER TABLE {t} CLUSTER ON {t}_pkey;
-- down
ALTER TABLE {t} SET WITHOUT CLUSTER;

-- pair: fillfactor
-- up
ALTER TABLE {t} SET (fillfactor = 80);
-- down
ALTER TABLE {t} RESET (fillfactor);

-- pair: replica_identity
-- up
ALTER TABLE {t} REPLICA IDENTITY FULL;
-- down
ALTER TABLE {t} REPLICA IDENTITY DEFAULT;

-- pair: wide_check_over_parts
-- up
ALTER TABLE {t} ADD COLUMN a int, ADD COLUMN b int, ADD CONSTRAINT c CHECK (num_nonnulls(a, b) <= 1);
-- down
ALTER TABLE {t} DROP a, DROP b;

-- pair: publication
-- up
CREATE PUBLICATION {t}_p FOR TABLE {t};
-- down
DROP PUBLICATION {t}_p;

-- pair: rule
-- up
CREATE RULE r AS ON DELETE TO {t} DO INSTEAD NOTHING;
-- down
DROP RULE r ON {t};

-- pair: trigger_disabled
-- before
CREATE FUNCTION {t}_f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v = lower(NEW.v); RETURN NEW; END';
CREATE TRIGGER f BEFORE INSERT OR UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_f();
-- up
ALTER TABLE {t} DISABLE TRIGGER f;
-- down
ALTER TABLE {t} ENABLE TRIGGER f;

-- pair: set_unlogged
-- up
ALTER TABLE {t} SET UNLOGGED;
-- down
ALTER TABLE {t} SET LOGGED;

-- pair: temp_table
-- up
CREATE TEMP TABLE x AS SELECT * FROM {t};
UPDATE {t} SET v = x.v FROM x WHERE x.id = {t}.id;
DROP TABLE x;
-- down
CREATE TEMP TABLE x (id int);
DROP TABLE x;

-- pair: do_block
-- up
DO $$ BEGIN IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_name = '{t}' AND column_name = 'n')
    THEN ALTER TABLE {t} ADD n int; END IF; END $$;
-- down
ALTER TABLE {t} DROP n;

-- pair: procedural
-- up
CREATE PROCEDURE {t}_p() LANGUAGE plpgsql AS 'BEGIN UPDATE {t} SET v = v WHERE id = 1; END';
CALL {t}_p();
-- down
DROP PROCEDURE {t}_p();
