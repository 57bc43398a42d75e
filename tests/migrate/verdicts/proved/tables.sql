-- pair: all_types
-- before
CREATE TABLE {t}_k (id int PRIMARY KEY, a int2, b int8, c numeric, d numeric(9,3), e real, f float8, g money, h char(3),
    i varchar(7), j text, k bytea, l timestamp, m timestamptz, n date, o time, p timetz, q interval, r bool, s point,
    u line, v lseg, w box, x path, y polygon, z circle, aa cidr, bb inet, cc macaddr, dd macaddr8, ee bit(3), ff varbit,
    gg tsvector, hh tsquery, ii uuid, jj text, kk json, ll jsonb, mm int[], nn int4range, oo int4multirange, pp oid,
    qq pg_lsn, rr text[][], ss name, tt "char");
INSERT INTO {t}_k SELECT id, 1, 2, 'NaN', 1.5, 'NaN', '-0', 3, 'ab', 'abc', 'x', 'abc', '2024-01-01', 'infinity',
    '-infinity', '10:00', '10:00+02', '1 day', true, '(1,2)', '{1,2,3}', '((1,2),(3,4))', '((1,2),(3,4))',
    '((1,2),(3,4))', '((1,2),(3,4))', '<(1,2),3>', '10.0.0.0/8', '10.0.0.1', '08:00:2b:01:02:03',
    '08:00:2b:01:02:03:04:05', '101', '11', 'a', 'a', gen_random_uuid(), '<a/>', '{}', '{}', '{1}', '[1,2)', '{[1,2)}',
    5, '0/0', '{{a,b},{c,d}}', 'n', 'c' FROM {t};
-- up
ALTER TABLE {t}_k ADD new int;
-- down
ALTER TABLE {t}_k DROP new;

-- pair: all_types_keyless
-- before
CREATE TABLE {t}_k (id int , a int2, b int8, c numeric, d numeric(9,3), e real, f float8, g money, h char(3),
    i varchar(7), j text, k bytea, l timestamp, m timestamptz, n date, o time, p timetz, q interval, r bool, s point,
    u line, v lseg, w box, x path, y polygon, z circle, aa cidr, bb inet, cc macaddr, dd macaddr8, ee bit(3), ff varbit,
    gg tsvector, hh tsquery, ii uuid, jj text, kk json, ll jsonb, mm int[], nn int4range, oo int4multirange, pp oid,
    qq pg_lsn, rr text[][], ss name, tt "char");
INSERT INTO {t}_k SELECT id, 1, 2, 'NaN', 1.5, 'NaN', '-0', 3, 'ab', 'abc', 'x', 'abc', '2024-01-01', 'infinity',
    '-infinity', '10:00', '10:00+02', '1 day', true, '(1,2)', '{1,2,3}', '((1,2),(3,4))', '((1,2),(3,4))',
    '((1,2),(3,4))', '((1,2),(3,4))', '<(1,2),3>', '10.0.0.0/8', '10.0.0.1', '08:00:2b:01:02:03',
    '08:00:2b:01:02:03:04:05', '101', '11', 'a', 'a', gen_random_uuid(), '<a/>', '{}', '{}', '{1}', '[1,2)', '{[1,2)}',
    5, '0/0', '{{a,b},{c,d}}', 'n', 'c' FROM {t};
-- up
ALTER TABLE {t}_k ADD new int;
-- down
ALTER TABLE {t}_k DROP new;

-- pair: all_types_copied
-- before
CREATE TABLE {t}_k (id int PRIMARY KEY, a int2, b int8, c numeric, d numeric(9,3), e real, f float8, g money, h char(3),
    i varchar(7), j text, k bytea, l timestamp, m timestamptz, n date, o time, p timetz, q interval, r bool, s point,
    u line, v lseg, w box, x path, y polygon, z circle, aa cidr, bb inet, cc macaddr, dd macaddr8, ee bit(3), ff varbit,
    gg tsvector, hh tsquery, ii uuid, jj text, kk json, ll jsonb, mm int[], nn int4range, oo int4multirange, pp oid,
    qq pg_lsn, rr text[][], ss name, tt "char");
INSERT INTO {t}_k SELECT id, 1, 2, 'NaN', 1.5, 'NaN', '-0', 3, 'ab', 'abc', 'x', 'abc', '2024-01-01', 'infinity',
    '-infinity', '10:00', '10:00+02', '1 day', true, '(1,2)', '{1,2,3}', '((1,2),(3,4))', '((1,2),(3,4))',
    '((1,2),(3,4))', '((1,2),(3,4))', '<(1,2),3>', '10.0.0.0/8', '10.0.0.1', '08:00:2b:01:02:03',
    '08:00:2b:01:02:03:04:05', '101', '11', 'a', 'a', gen_random_uuid(), '<a/>', '{}', '{}', '{1}', '[1,2)', '{[1,2)}',
    5, '0/0', '{{a,b},{c,d}}', 'n', 'c' FROM {t};
-- up
CREATE TABLE {t}_n (LIKE {t}_k INCLUDING ALL);
INSERT INTO {t}_n SELECT * FROM {t}_k;
DROP TABLE {t}_k;
ALTER TABLE {t}_n RENAME TO {t}_k;
ALTER INDEX {t}_n_pkey RENAME TO {t}_k_pkey;
-- down
CREATE TABLE {t}_n (LIKE {t}_k INCLUDING ALL);
INSERT INTO {t}_n SELECT * FROM {t}_k;
DROP TABLE {t}_k;
ALTER TABLE {t}_n RENAME TO {t}_k;
ALTER INDEX {t}_n_pkey RENAME TO {t}_k_pkey;

-- pair: rejecting_trigger
-- notice: not-tried
-- before
CREATE FUNCTION {t}_no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
CREATE TRIGGER no BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_no();
-- up
ALTER TABLE {t} ADD n int;
-- down
ALTER TABLE {t} DROP n;

-- pair: swallowing_trigger
-- notice: not-tried
-- before
CREATE FUNCTION {t}_no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER no BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_no();
-- up
ALTER TABLE {t} ADD n int;
-- down
ALTER TABLE {t} DROP n;

-- pair: audit_trigger
-- before
CREATE TABLE {t}_log (at timestamptz, w text);
CREATE FUNCTION {t}_a()
    RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO {t}_log VALUES (now(), NEW.v); RETURN NULL; END';
CREATE TRIGGER a AFTER INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_a();
-- up
ALTER TABLE {t} ADD n int;
UPDATE {t} SET v = v WHERE true;
-- down
ALTER TABLE {t} DROP n;

-- pair: touch_trigger
-- before
ALTER TABLE {t} ADD at timestamptz;
CREATE FUNCTION {t}_a() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at = clock_timestamp(); RETURN NEW; END';
CREATE TRIGGER a BEFORE INSERT OR UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_a();
-- up
ALTER TABLE {t} ADD n int;
-- down
ALTER TABLE {t} DROP n;

-- pair: no_columns
-- before
CREATE TABLE {t}_k ();
INSERT INTO {t}_k DEFAULT VALUES;
-- up
ALTER TABLE {t}_k ADD n int;
-- down
ALTER TABLE {t}_k DROP n;

-- pair: wide
-- before
DO $$ BEGIN EXECUTE (SELECT 'CREATE TABLE {t}_k (' || string_agg('c' || n || ' int', ', ')
    || ')' FROM generate_series(1, 100) n); END $$;
INSERT INTO {t}_k DEFAULT VALUES;
-- up
ALTER TABLE {t}_k ADD n int;
-- down
ALTER TABLE {t}_k DROP n;

-- pair: swap_table
-- up
CREATE TABLE {t}_new (id int PRIMARY KEY, v text, n int);
INSERT INTO {t}_new SELECT id, v FROM {t};
DROP TABLE {t};
ALTER TABLE {t}_new RENAME TO {t};
ALTER INDEX {t}_new_pkey RENAME TO {t}_pkey;
-- down
CREATE TABLE {t}_old (id int PRIMARY KEY, v text);
INSERT INTO {t}_old SELECT id, v FROM {t};
DROP TABLE {t};
ALTER TABLE {t}_old RENAME TO {t};
ALTER INDEX {t}_old_pkey RENAME TO {t}_pkey;

-- pair: swap_serial_table
-- before
CREATE TABLE {t}_s (id serial PRIMARY KEY, w text);
INSERT INTO {t}_s (w) SELECT v FROM {t};
-- up
CREATE TABLE {t}_n (id serial PRIMARY KEY, w text);
INSERT INTO {t}_n SELECT * FROM {t}_s;
SELECT setval('{t}_n_id_seq', 100);
DROP TABLE {t}_s;
ALTER TABLE {t}_n RENAME TO {t}_s;
ALTER SEQUENCE {t}_n_id_seq RENAME TO {t}_s_id_seq;
ALTER INDEX {t}_n_pkey RENAME TO {t}_s_pkey;
-- down
CREATE TABLE {t}_n (id serial PRIMARY KEY, w text);
INSERT INTO {t}_n SELECT * FROM {t}_s;
SELECT setval('{t}_n_id_seq', 100);
DROP TABLE {t}_s;
ALTER TABLE {t}_n RENAME TO {t}_s;
ALTER SEQUENCE {t}_n_id_seq RENAME TO {t}_s_id_seq;
ALTER INDEX {t}_n_pkey RENAME TO {t}_s_pkey;
