-- pair: index
-- up
CREATE INDEX {t}_i ON {t} (v);
-- down
DROP INDEX {t}_i;

-- pair: unique_index
-- up
CREATE UNIQUE INDEX {t}_i ON {t} (v);
-- down
DROP INDEX {t}_i;

-- pair: index_concurrently
-- directive: transaction=off
-- up
CREATE INDEX CONCURRENTLY {t}_i ON {t} (v);
-- down
DROP INDEX CONCURRENTLY {t}_i;

-- pair: index_on_expression
-- up
CREATE INDEX {t}_i ON {t} (lower(v)) WHERE id > 5;
-- down
DROP INDEX {t}_i;

-- pair: index_renamed
-- before
CREATE UNIQUE INDEX {t}_i ON {t} (v);
-- up
ALTER INDEX {t}_i RENAME TO {t}_j;
-- down
ALTER INDEX {t}_j RENAME TO {t}_i;

-- pair: index_of_another_kind
-- before
CREATE INDEX {t}_i ON {t} (v);
-- up
DROP INDEX {t}_i;
CREATE INDEX {t}_i ON {t} USING hash (v);
-- down
DROP INDEX {t}_i;
CREATE INDEX {t}_i ON {t} (v);

-- pair: uniqueness
-- up
ALTER TABLE {t} ADD CONSTRAINT {t}_u UNIQUE (v);
-- down
ALTER TABLE {t} DROP CONSTRAINT {t}_u;

-- pair: unique_renamed
-- before
ALTER TABLE {t} ADD CONSTRAINT {t}_u UNIQUE (v);
-- up
ALTER TABLE {t} RENAME CONSTRAINT {t}_u TO {t}_w;
-- down
ALTER TABLE {t} RENAME CONSTRAINT {t}_w TO {t}_u;

-- pair: check_added
-- up
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
ALTER TABLE {t} VALIDATE CONSTRAINT c;
-- down
ALTER TABLE {t} DROP CONSTRAINT c;

-- pair: check_validated
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id > 0) NOT VALID;
-- up
ALTER TABLE {t} VALIDATE CONSTRAINT c;
-- down
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id > 0) NOT VALID;

-- pair: check_renamed
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> 'bad');
-- up
ALTER TABLE {t} RENAME CONSTRAINT c TO d;
-- down
ALTER TABLE {t} RENAME CONSTRAINT d TO c;

-- pair: check_said_otherwise
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> 'bad');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> 'bad' AND v <> 'worse');
-- down
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> 'bad');

-- pair: reference_added
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int, w text);
INSERT INTO {t}_c SELECT id, id, v FROM {t};
-- up
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t} NOT VALID;
ALTER TABLE {t}_c VALIDATE CONSTRAINT f;
-- down
ALTER TABLE {t}_c DROP CONSTRAINT f;

-- pair: reference_that_cascades
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int, w text);
INSERT INTO {t}_c SELECT id, id, v FROM {t};
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t};
-- up
ALTER TABLE {t}_c DROP CONSTRAINT f;
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t} ON DELETE CASCADE;
-- down
ALTER TABLE {t}_c DROP CONSTRAINT f;
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t};

-- pair: key_by_an_index
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int, w text);
INSERT INTO {t}_c SELECT id, id, v FROM {t};
-- up
CREATE UNIQUE INDEX {t}_n ON {t}_c (id);
ALTER TABLE {t}_c DROP CONSTRAINT {t}_c_pkey;
ALTER TABLE {t}_c ADD CONSTRAINT {t}_c_pkey PRIMARY KEY USING INDEX {t}_n;
-- down
ALTER TABLE {t}_c DROP CONSTRAINT {t}_c_pkey;
ALTER TABLE {t}_c ADD PRIMARY KEY (id);

-- pair: exclusion_added
-- before
CREATE TABLE {t}_x (r int4range);
INSERT INTO {t}_x SELECT int4range(id, id, '[]') FROM {t};
-- up
ALTER TABLE {t}_x ADD CONSTRAINT {t}_e EXCLUDE USING gist (r WITH &&);
-- down
ALTER TABLE {t}_x DROP CONSTRAINT {t}_e;

-- pair: made_deferrable
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int, w text);
INSERT INTO {t}_c SELECT id, id, v FROM {t};
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t};
-- up
ALTER TABLE {t}_c ALTER CONSTRAINT f DEFERRABLE INITIALLY DEFERRED;
-- down
ALTER TABLE {t}_c ALTER CONSTRAINT f NOT DEFERRABLE;

-- pair: down_that_defers
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int, w text);
INSERT INTO {t}_c SELECT id, id, v FROM {t};
ALTER TABLE {t}_c ADD FOREIGN KEY (p) REFERENCES {t} DEFERRABLE INITIALLY DEFERRED;
-- up
ALTER TABLE {t}_c ADD n int;
-- down
DELETE FROM {t} WHERE id = 1;
INSERT INTO {t} VALUES (1, 'v1');
ALTER TABLE {t}_c DROP n;

-- pair: cycle
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int, w text);
INSERT INTO {t}_c SELECT id, id, v FROM {t};
ALTER TABLE {t}_c ADD FOREIGN KEY (p) REFERENCES {t};
ALTER TABLE {t} ADD c int REFERENCES {t}_c;
UPDATE {t} SET c = id;
-- up
ALTER TABLE {t}_c ADD n int;
-- down
ALTER TABLE {t}_c DROP n;

-- pair: cycle_deferred
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int, w text);
INSERT INTO {t}_c SELECT id, id, v FROM {t};
ALTER TABLE {t}_c ADD FOREIGN KEY (p) REFERENCES {t} DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE {t} ADD c int;
UPDATE {t} SET c = id;
ALTER TABLE {t} ALTER c SET NOT NULL, ADD FOREIGN KEY (c) REFERENCES {t}_c DEFERRABLE INITIALLY DEFERRED;
-- up
ALTER TABLE {t}_c ADD n int;
ALTER TABLE {t} ADD n int;
-- down
ALTER TABLE {t}_c DROP n;
ALTER TABLE {t} DROP n;

-- pair: on_delete
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int, w text);
INSERT INTO {t}_c SELECT id, id, v FROM {t};
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t};
-- up
ALTER TABLE {t}_c DROP CONSTRAINT f;
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t} ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;
ALTER TABLE {t}_c VALIDATE CONSTRAINT f;
-- down
ALTER TABLE {t}_c DROP CONSTRAINT f;
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t};

-- pair: unique_to_index
-- before
ALTER TABLE {t} ADD UNIQUE (v);
-- up
ALTER TABLE {t} DROP CONSTRAINT {t}_v_key;
CREATE UNIQUE INDEX {t}_v_key ON {t} (v);
-- down
DROP INDEX {t}_v_key;
ALTER TABLE {t} ADD CONSTRAINT {t}_v_key UNIQUE (v);

-- pair: check_narrowed
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id > 0);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id > 0 AND id < 1000);
-- down
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id > 0);

-- pair: check_equivalent
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id > 0);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (0 < id);
-- down
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id > 0);

-- pair: check_renewed
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v LIKE 'v%' OR v IN ('a'));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT cc CHECK (v IN ('a') OR v LIKE 'v%');
-- down
ALTER TABLE {t} DROP CONSTRAINT cc;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v LIKE 'v%' OR v IN ('a'));

-- pair: key_widened_said
-- directive: lossy: key_widened_said large keys
-- up
ALTER TABLE {t} ALTER id TYPE bigint;
-- down
DELETE FROM {t} WHERE id > 2147483647;
ALTER TABLE {t} ALTER id TYPE int;

-- pair: key_widened_said2
-- notice: down-fails-after-writes
-- directive: lossy: key_widened_said2.id large keys
-- up
ALTER TABLE {t} ALTER id TYPE bigint;
-- down
ALTER TABLE {t} ALTER id TYPE int;

-- pair: uuid_key
-- before
CREATE TABLE {t}_k (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), w text NOT NULL);
INSERT INTO {t}_k (w) SELECT v FROM {t};
-- up
ALTER TABLE {t}_k ADD n int;
-- down
ALTER TABLE {t}_k DROP n;

-- pair: cycle_of_keys
-- notice: not-tried
-- says: public.cycle_of_keys_b (duplicate key value violates unique constraint "cycle_of_keys_b_pkey"): whether
-- before
CREATE TABLE {t}_a (id int PRIMARY KEY REFERENCES {t});
CREATE TABLE {t}_b (id int PRIMARY KEY REFERENCES {t}_a);
INSERT INTO {t}_a SELECT id FROM {t};
INSERT INTO {t}_b SELECT id FROM {t};
ALTER TABLE {t}_a ADD FOREIGN KEY (id) REFERENCES {t}_b DEFERRABLE INITIALLY DEFERRED;
-- up
ALTER TABLE {t}_a ADD n int;
ALTER TABLE {t}_b ADD n int;
-- down
ALTER TABLE {t}_a DROP n;
ALTER TABLE {t}_b DROP n;
