-- pair: key
-- error: down-fails-after-writes
-- up
ALTER TABLE {t} ALTER id TYPE bigint;
-- down
ALTER TABLE {t} ALTER id TYPE int;

-- pair: key_that_wraps
-- error: down-loses-data
-- up
ALTER TABLE {t} ALTER id TYPE bigint;
-- down
ALTER TABLE {t} ALTER id TYPE int USING (id % 1000000)::int;

-- pair: identity
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, w text);
INSERT INTO {t}_k (w) SELECT v FROM {t};
-- up
ALTER TABLE {t}_k ALTER id TYPE bigint;
-- down
ALTER TABLE {t}_k ALTER id TYPE int;

-- pair: serial
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id serial PRIMARY KEY, w text);
INSERT INTO {t}_k (w) SELECT v FROM {t};
-- up
ALTER TABLE {t}_k ALTER id TYPE bigint;
ALTER SEQUENCE {t}_k_id_seq AS bigint;
-- down
ALTER TABLE {t}_k ALTER id TYPE int;
ALTER SEQUENCE {t}_k_id_seq AS int;

-- pair: sequence
-- error: down-fails-after-writes
-- says: RESTART value
-- before
CREATE SEQUENCE {t}_s AS int;
-- up
ALTER SEQUENCE {t}_s AS bigint;
-- down
ALTER SEQUENCE {t}_s AS int;

-- pair: sequence_limit
-- error: down-fails-after-writes
-- before
CREATE SEQUENCE {t}_s MAXVALUE 1000;
-- up
ALTER SEQUENCE {t}_s MAXVALUE 2000;
-- down
ALTER SEQUENCE {t}_s MAXVALUE 1000;

-- pair: composite_key
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (a int, b int, w text, PRIMARY KEY (a, b));
INSERT INTO {t}_k SELECT id, id % 7, v FROM {t};
-- up
ALTER TABLE {t}_k ALTER b TYPE bigint;
-- down
ALTER TABLE {t}_k ALTER b TYPE int;

-- pair: key_renamed
-- error: down-fails-after-writes
-- up
ALTER TABLE {t} RENAME id TO uid;
ALTER TABLE {t} ALTER uid TYPE bigint;
-- down
ALTER TABLE {t} ALTER uid TYPE int;
ALTER TABLE {t} RENAME uid TO id;

-- pair: parent_and_child
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int NOT NULL REFERENCES {t});
INSERT INTO {t}_c SELECT id, id FROM {t};
-- up
ALTER TABLE {t} ALTER id TYPE bigint;
ALTER TABLE {t}_c ALTER p TYPE bigint;
-- down
DELETE FROM {t}_c WHERE p > 2147483647 AND id < 0;
ALTER TABLE {t}_c ALTER p TYPE int;
ALTER TABLE {t} ALTER id TYPE int USING (id % 1000000)::int;

-- pair: child_alone
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ALTER id TYPE bigint;
INSERT INTO {t} VALUES (2147483648, 'far');
CREATE TABLE {t}_c (p int REFERENCES {t});
INSERT INTO {t}_c SELECT id FROM {t} WHERE id < 10;
-- up
UPDATE {t} SET v = v WHERE id = 1;
ALTER TABLE {t}_c ALTER p TYPE bigint;
-- down
UPDATE {t} SET v = v WHERE id = 1;
ALTER TABLE {t}_c ALTER p TYPE int;

-- pair: composite_reference
-- error: down-fails-after-writes
-- says: integer out of range
-- before
CREATE TABLE {t}_p (a int, b int, PRIMARY KEY (a, b));
INSERT INTO {t}_p SELECT id, id FROM {t};
CREATE TABLE {t}_c (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES {t}_p);
INSERT INTO {t}_c SELECT id, id, id FROM {t};
-- up
ALTER TABLE {t}_p ALTER b TYPE bigint;
ALTER TABLE {t}_c ALTER b TYPE bigint;
-- down
ALTER TABLE {t}_c DROP CONSTRAINT {t}_c_a_b_fkey;
ALTER TABLE {t}_c ALTER b TYPE int;
DELETE FROM {t}_p WHERE b > 2147483647;
ALTER TABLE {t}_p ALTER b TYPE int;
ALTER TABLE {t}_c ADD FOREIGN KEY (a, b) REFERENCES {t}_p;

-- pair: reference_to_itself
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id int PRIMARY KEY, up int REFERENCES {t}_k);
INSERT INTO {t}_k SELECT id, 1 FROM {t};
-- up
ALTER TABLE {t}_k ALTER id TYPE bigint, ALTER up TYPE bigint;
-- down
ALTER TABLE {t}_k ALTER up TYPE int;
ALTER TABLE {t}_k ALTER id TYPE int;

-- pair: partitions
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO {t}_p SELECT id, '2024-06-01' FROM {t};
-- up
ALTER TABLE {t}_p ALTER id TYPE bigint;
-- down
ALTER TABLE {t}_p ALTER id TYPE int;

-- pair: bounds_of_a_partition
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM (0) TO (1000);
INSERT INTO {t}_p SELECT id FROM {t};
-- up
ALTER TABLE {t}_p DETACH PARTITION {t}_1;
ALTER TABLE {t}_p ATTACH PARTITION {t}_1 FOR VALUES FROM (0) TO (2000);
-- down
ALTER TABLE {t}_p DETACH PARTITION {t}_1;
ALTER TABLE {t}_p ATTACH PARTITION {t}_1 FOR VALUES FROM (0) TO (1000);

-- pair: key_swapped
-- error: down-fails-after-writes
-- notice: column-order
-- up
ALTER TABLE {t} ADD n bigint;
UPDATE {t} SET n = id WHERE true;
ALTER TABLE {t} DROP id;
ALTER TABLE {t} RENAME n TO id;
ALTER TABLE {t} ADD PRIMARY KEY (id);
-- down
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
ALTER TABLE {t} DROP id;
ALTER TABLE {t} RENAME n TO id;
ALTER TABLE {t} ADD PRIMARY KEY (id);

-- pair: key_smallint
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id smallint PRIMARY KEY);
INSERT INTO {t}_k SELECT id FROM {t};
-- up
ALTER TABLE {t}_k ALTER id TYPE int;
-- down
ALTER TABLE {t}_k ALTER id TYPE smallint;

-- pair: key_uuid_text
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), w int);
INSERT INTO {t}_k (w) SELECT id FROM {t};
-- up
ALTER TABLE {t}_k ALTER id DROP DEFAULT, ALTER id TYPE text USING id::text, ALTER id SET DEFAULT gen_random_uuid();
-- down
ALTER TABLE {t}_k ALTER id DROP DEFAULT, ALTER id TYPE uuid USING id::uuid, ALTER id SET DEFAULT gen_random_uuid();

-- pair: key_varchar
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id varchar(10) PRIMARY KEY);
INSERT INTO {t}_k SELECT id FROM {t};
-- up
ALTER TABLE {t}_k ALTER id TYPE varchar(20);
-- down
ALTER TABLE {t}_k ALTER id TYPE varchar(10);

-- pair: key_int_text
-- error: down-fails-after-writes
-- up
ALTER TABLE {t} ALTER id TYPE text USING id::text;
-- down
ALTER TABLE {t} ALTER id TYPE int USING id::int;

-- pair: key_numeric
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id numeric(5) PRIMARY KEY);
INSERT INTO {t}_k SELECT id FROM {t};
-- up
ALTER TABLE {t}_k ALTER id TYPE numeric(9);
-- down
ALTER TABLE {t}_k ALTER id TYPE numeric(5);

-- pair: key_cascades
-- error: down-loses-data
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY, p int REFERENCES {t} ON DELETE CASCADE);
INSERT INTO {t}_c SELECT id, id FROM {t};
-- up
ALTER TABLE {t} ALTER id TYPE bigint;
ALTER TABLE {t}_c ALTER p TYPE bigint;
-- down
DELETE FROM {t} WHERE id > 2147483647 OR id < 0;
ALTER TABLE {t}_c ALTER p TYPE int;
ALTER TABLE {t} ALTER id TYPE int;

-- pair: grandparents
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY REFERENCES {t});
INSERT INTO {t}_c SELECT id FROM {t};
CREATE TABLE {t}_g (id int REFERENCES {t}_c);
INSERT INTO {t}_g SELECT id FROM {t};
-- up
ALTER TABLE {t} ALTER id TYPE bigint;
ALTER TABLE {t}_c ALTER id TYPE bigint;
ALTER TABLE {t}_g ALTER id TYPE bigint;
-- down
ALTER TABLE {t}_g DROP CONSTRAINT {t}_g_id_fkey;
ALTER TABLE {t}_g ALTER id TYPE int;
ALTER TABLE {t}_g ADD FOREIGN KEY (id) REFERENCES {t}_c;
ALTER TABLE {t}_c ALTER id TYPE int;
ALTER TABLE {t} ALTER id TYPE int;

-- pair: grandchild_last
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_c (id int PRIMARY KEY REFERENCES {t});
INSERT INTO {t}_c SELECT id FROM {t};
CREATE TABLE {t}_g (id int REFERENCES {t}_c);
INSERT INTO {t}_g SELECT id FROM {t};
-- up
ALTER TABLE {t} ALTER id TYPE bigint;
ALTER TABLE {t}_c ALTER id TYPE bigint;
ALTER TABLE {t}_g ALTER id TYPE bigint;
-- down
ALTER TABLE {t}_g DROP CONSTRAINT {t}_g_id_fkey;
ALTER TABLE {t}_c DROP CONSTRAINT {t}_c_id_fkey;
ALTER TABLE {t} ALTER id TYPE int USING least(id, 2147483647)::int;
ALTER TABLE {t}_c ALTER id TYPE int USING least(id, 2147483647)::int;
ALTER TABLE {t}_g ALTER id TYPE int;
ALTER TABLE {t}_c ADD FOREIGN KEY (id) REFERENCES {t};
ALTER TABLE {t}_g ADD FOREIGN KEY (id) REFERENCES {t}_c;

-- pair: key_identity_sequence
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, w text);
INSERT INTO {t}_k (w) SELECT v FROM {t};
-- up
ALTER TABLE {t}_k ALTER id TYPE bigint;
ALTER TABLE {t}_k ALTER id SET MAXVALUE 9223372036854775807;
-- down
ALTER TABLE {t}_k ALTER id SET MAXVALUE 2147483647;
ALTER TABLE {t}_k ALTER id TYPE int;
