-- pair: not_null
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ALTER v SET NOT NULL;
-- up
ALTER TABLE {t} ALTER v DROP NOT NULL;
-- down
ALTER TABLE {t} ALTER v SET NOT NULL;

-- pair: not_null_of_key
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ALTER v SET NOT NULL, ADD UNIQUE (v);
-- up
ALTER TABLE {t} ALTER v DROP NOT NULL;
-- down
ALTER TABLE {t} ALTER v SET NOT NULL;

-- pair: not_null_filled
-- error: down-loses-data
-- says: NULL, written after up, became ''
-- before
ALTER TABLE {t} ALTER v SET NOT NULL;
-- up
ALTER TABLE {t} ALTER v DROP NOT NULL;
-- down
UPDATE {t} SET v = '' WHERE v IS NULL;
ALTER TABLE {t} ALTER v SET NOT NULL;

-- pair: foreign_key
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_c (p int CONSTRAINT {t}_f REFERENCES {t});
INSERT INTO {t}_c SELECT id FROM {t};
-- up
ALTER TABLE {t}_c DROP CONSTRAINT {t}_f;
-- down
ALTER TABLE {t}_c ADD CONSTRAINT {t}_f FOREIGN KEY (p) REFERENCES {t};

-- pair: foreign_key_that_is_the_key
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_c (p int PRIMARY KEY CONSTRAINT {t}_f REFERENCES {t});
INSERT INTO {t}_c SELECT id FROM {t} WHERE id < 9;
-- up
ALTER TABLE {t}_c DROP CONSTRAINT {t}_f;
-- down
ALTER TABLE {t}_c ADD CONSTRAINT {t}_f FOREIGN KEY (p) REFERENCES {t};

-- pair: beside_foreign_keys_that_are_the_key
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_c (p int REFERENCES {t}, q int REFERENCES {t}, role varchar(9), PRIMARY KEY (p, q));
INSERT INTO {t}_c SELECT id, id, v FROM {t};
-- up
ALTER TABLE {t}_c ALTER role TYPE varchar(20);
-- down
ALTER TABLE {t}_c ALTER role TYPE varchar(9);

-- pair: orphans_deleted
-- error: down-loses-data
-- before
CREATE TABLE {t}_c (p int CONSTRAINT {t}_f REFERENCES {t});
INSERT INTO {t}_c SELECT id FROM {t};
-- up
ALTER TABLE {t}_c DROP CONSTRAINT {t}_f;
-- down
DELETE FROM {t}_c WHERE NOT EXISTS (SELECT FROM {t} WHERE id = p);
ALTER TABLE {t}_c ADD CONSTRAINT {t}_f FOREIGN KEY (p) REFERENCES {t};

-- pair: table_renamed
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD x varchar(5);
-- up
ALTER TABLE {t} RENAME TO {t}_new;
ALTER TABLE {t}_new ALTER x TYPE varchar(9);
-- down
ALTER TABLE {t}_new ALTER x TYPE varchar(5);
ALTER TABLE {t}_new RENAME TO {t};

-- pair: column_renamed
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD x varchar(5);
-- up
ALTER TABLE {t} RENAME x TO y;
ALTER TABLE {t} ALTER y TYPE varchar(9);
-- down
ALTER TABLE {t} ALTER y TYPE varchar(5) USING left(y, 5);
ALTER TABLE {t} RENAME y TO x;

-- pair: no_key
-- error: down-loses-data
-- says: no_key_k.w
-- before
CREATE TABLE {t}_k (w varchar(5), n int);
INSERT INTO {t}_k SELECT v, id FROM {t};
-- up
ALTER TABLE {t}_k ALTER w TYPE varchar(9);
-- down
ALTER TABLE {t}_k ALTER w TYPE varchar(5) USING left(w, 5);

-- pair: inheritance_child
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_c () INHERITS ({t});
INSERT INTO {t}_c SELECT id + 1000, v FROM {t};
ALTER TABLE {t} ALTER v TYPE varchar(9);
-- up
ALTER TABLE {t} ALTER v TYPE varchar(20);
-- down
ALTER TABLE {t} ALTER v TYPE varchar(9);

-- pair: deferred_constraint
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_c (p int REFERENCES {t} DEFERRABLE INITIALLY DEFERRED, w varchar(5));
INSERT INTO {t}_c SELECT id, v FROM {t};
-- up
ALTER TABLE {t}_c ALTER w TYPE varchar(9);
-- down
ALTER TABLE {t}_c ALTER w TYPE varchar(5);

-- pair: unlogged
-- error: down-fails-after-writes
-- before
CREATE UNLOGGED TABLE {t}_k (id int PRIMARY KEY, w varchar(5));
INSERT INTO {t}_k SELECT id, v FROM {t};
-- up
ALTER TABLE {t}_k ALTER w TYPE varchar(9);
-- down
ALTER TABLE {t}_k ALTER w TYPE varchar(5);

-- pair: hidden_by_policies
-- error: down-loses-data
-- before
ALTER TABLE {t} ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON {t} USING (id < 3);
-- up
UPDATE {t} SET v = upper(v) WHERE id > 50;
-- down
UPDATE {t} SET v = v WHERE id > 50;

-- pair: no_longer_generated
-- error: down-loses-data
-- before
ALTER TABLE {t} ADD g int GENERATED ALWAYS AS (id * 2) STORED;
-- up
ALTER TABLE {t} ALTER g DROP EXPRESSION;
-- down
ALTER TABLE {t} DROP g;
ALTER TABLE {t} ADD g int GENERATED ALWAYS AS (id * 2) STORED;

-- pair: detached_with_default
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE {t}_d PARTITION OF {t}_p DEFAULT;
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
ALTER TABLE {t}_p DETACH PARTITION {t}_1;
-- down
ALTER TABLE {t}_p ATTACH PARTITION {t}_1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- pair: nn_partitioned
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
ALTER TABLE {t}_p ALTER id DROP NOT NULL;
-- down
ALTER TABLE {t}_p ALTER id SET NOT NULL;

-- pair: nn_reference
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD p int REFERENCES {t};
UPDATE {t} SET p = id;
ALTER TABLE {t} ALTER p SET NOT NULL;
-- up
ALTER TABLE {t} ALTER p DROP NOT NULL;
-- down
ALTER TABLE {t} ALTER p SET NOT NULL;

-- pair: nn_deleted
-- error: down-loses-data
-- before
ALTER TABLE {t} ALTER v SET NOT NULL;
-- up
ALTER TABLE {t} ALTER v DROP NOT NULL;
-- down
DELETE FROM {t} WHERE v IS NULL;
ALTER TABLE {t} ALTER v SET NOT NULL;

-- pair: nn_no_rows
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id int PRIMARY KEY, e text NOT NULL);
-- up
ALTER TABLE {t}_k ALTER e DROP NOT NULL;
-- down
ALTER TABLE {t}_k ALTER e SET NOT NULL;

-- pair: f_match
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (a int, b int, PRIMARY KEY (a, b));
INSERT INTO {t}_p SELECT id, id FROM {t};
CREATE TABLE {t}_c (a int, b int, CONSTRAINT f FOREIGN KEY (a, b) REFERENCES {t}_p MATCH FULL);
INSERT INTO {t}_c SELECT id, id FROM {t};
-- up
ALTER TABLE {t}_c DROP CONSTRAINT f;
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES {t}_p;
-- down
ALTER TABLE {t}_c DROP CONSTRAINT f;
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES {t}_p MATCH FULL;

-- pair: f_self
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD p int CONSTRAINT f REFERENCES {t};
UPDATE {t} SET p = id;
-- up
ALTER TABLE {t} DROP CONSTRAINT f;
-- down
ALTER TABLE {t} ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t};

-- pair: f_other_table
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (id int PRIMARY KEY);
INSERT INTO {t}_p SELECT id FROM {t} WHERE id < 50;
CREATE TABLE {t}_c (p int CONSTRAINT f REFERENCES {t}_p);
INSERT INTO {t}_c SELECT id FROM {t}_p;
-- up
ALTER TABLE {t}_c DROP CONSTRAINT f;
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t};
-- down
ALTER TABLE {t}_c DROP CONSTRAINT f;
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t}_p;

-- pair: f_text
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (k text PRIMARY KEY);
INSERT INTO {t}_p SELECT v FROM {t};
CREATE TABLE {t}_c (p text NOT NULL CONSTRAINT f REFERENCES {t}_p);
INSERT INTO {t}_c SELECT v FROM {t};
-- up
ALTER TABLE {t}_c DROP CONSTRAINT f;
-- down
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t}_p;

-- pair: f_no_rows
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_c (p int NOT NULL CONSTRAINT f REFERENCES {t});
-- up
ALTER TABLE {t}_c DROP CONSTRAINT f;
-- down
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t};

-- pair: f_uuid
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (k uuid PRIMARY KEY);
INSERT INTO {t}_p SELECT gen_random_uuid() FROM {t};
CREATE TABLE {t}_c (p uuid NOT NULL CONSTRAINT f REFERENCES {t}_p);
INSERT INTO {t}_c SELECT k FROM {t}_p;
-- up
ALTER TABLE {t}_c DROP CONSTRAINT f;
-- down
ALTER TABLE {t}_c ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES {t}_p;

-- pair: list_partition
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (k text) PARTITION BY LIST (k);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES IN ('a');
INSERT INTO {t}_p VALUES ('a');
-- up
ALTER TABLE {t}_p DETACH PARTITION {t}_1;
ALTER TABLE {t}_p ATTACH PARTITION {t}_1 FOR VALUES IN ('a', 'b');
-- down
ALTER TABLE {t}_p DETACH PARTITION {t}_1;
ALTER TABLE {t}_p ATTACH PARTITION {t}_1 FOR VALUES IN ('a');
