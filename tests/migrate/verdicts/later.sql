-- story: rows_deleted
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- directive: lossy: one old rows
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;

-- story: truncated
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- directive: lossy: one all rows
-- up
TRUNCATE one;
-- down
SELECT 1;

-- story: dropped
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- directive: lossy: one kept elsewhere
-- up
DROP TABLE one;
-- down
CREATE TABLE one (id int PRIMARY KEY, v text, n int);

-- story: dropped_for_good
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- directive: irreversible: kept elsewhere
-- up
DROP TABLE one;
-- down
CREATE TABLE one (id int PRIMARY KEY, v text, n int);

-- story: without_a_way_down
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- directive: irreversible: kept elsewhere
-- up
DROP TABLE one;

-- story: column_dropped
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- notice: column-order
-- directive: lossy: one.v kept elsewhere
-- up
ALTER TABLE one DROP v;
-- down
ALTER TABLE one ADD v text;

-- story: renamed_between
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- up
ALTER TABLE one RENAME TO two;
-- down
ALTER TABLE two RENAME TO one;
-- pair: file_3
-- directive: lossy: two old rows
-- up
DELETE FROM two WHERE id > 5;
-- down
SELECT 1;

-- story: renamed_column_between
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- up
ALTER TABLE one RENAME v TO w;
-- down
ALTER TABLE one RENAME w TO v;
-- pair: file_3
-- notice: column-order
-- directive: lossy: one.w kept elsewhere
-- up
ALTER TABLE one DROP w;
-- down
ALTER TABLE one ADD w text;

-- story: cascade
-- pair: file_1
-- before
CREATE TABLE child (id int PRIMARY KEY, p int REFERENCES one ON DELETE CASCADE);
INSERT INTO child SELECT id, id FROM one;
-- up
ALTER TABLE child ADD n int;
-- down
ALTER TABLE child DROP n;
-- pair: file_2
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_3
-- directive: lossy: one old rows
-- directive: lossy: child old rows
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;

-- story: two_losses
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- directive: lossy: one old rows
-- up
DELETE FROM one WHERE id > 50;
-- down
SELECT 1;
-- pair: file_3
-- directive: lossy: one older rows
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;

-- story: values
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- directive: lossy: one.v rewritten
-- up
UPDATE one SET v = 'x' WHERE true;
-- down
SELECT 1;

-- story: data_kept
-- pair: file_1
-- up
UPDATE one SET v = reverse(v) WHERE true;
-- down
UPDATE one SET v = reverse(v);
-- pair: file_2
-- directive: lossy: one old rows
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;

-- story: own_fault_first
-- pair: file_1
-- error: down-loses-data
-- before
ALTER TABLE one ADD c varchar(20) DEFAULT 'x';
-- up
ALTER TABLE one ALTER c TYPE varchar(50);
-- down
ALTER TABLE one ALTER c TYPE varchar(20) USING left(c, 20);
-- pair: file_2
-- directive: lossy: one old rows
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;

-- story: own_fault_last
-- pair: file_1
-- directive: lossy: one old rows
-- before
ALTER TABLE one ADD c varchar(20) DEFAULT 'x';
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;
-- pair: file_2
-- error: down-loses-data
-- up
ALTER TABLE one ALTER c TYPE varchar(50);
-- down
ALTER TABLE one ALTER c TYPE varchar(20) USING left(c, 20);

-- story: own_fault_of_rows
-- pair: file_1
-- error: down-loses-data
-- up
UPDATE one SET v = 'x' WHERE id = 7;
-- down
SELECT 1;
-- pair: file_2
-- directive: lossy: one old rows
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;

-- story: own_fault_hidden
-- pair: file_1
-- error: down-loses-data
-- up
UPDATE one SET v = 'x' WHERE id = 7;
-- down
SELECT 1;
-- pair: file_2
-- directive: lossy: one gone
-- up
DROP TABLE one;
-- down
CREATE TABLE one (id int PRIMARY KEY, v text);

-- story: behind_a_loss
-- pair: file_1
-- directive: lossy: one old rows
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;
-- pair: file_2
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_3
-- up
ALTER TABLE one ALTER v SET NOT NULL;
-- down
ALTER TABLE one ALTER v DROP NOT NULL;

-- story: new_and_dropped
-- pair: file_1
-- up
CREATE TABLE n (id int);
INSERT INTO n VALUES (1);
-- down
DROP TABLE n;
-- pair: file_2
-- directive: lossy: n no use
-- up
DROP TABLE n;
-- down
CREATE TABLE n (id int);

-- story: in_segments
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- directive: irreversible: old rows
-- up
DELETE FROM one WHERE id > 50;
-- pair: file_3
-- up
ALTER TABLE one ADD m int;
-- down
ALTER TABLE one DROP m;
-- pair: file_4
-- directive: lossy: one old rows
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;

-- story: merged
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- up
INSERT INTO one SELECT id + 1000, v FROM one WHERE id < 5;
-- down
DELETE FROM one WHERE id BETWEEN 1000 AND 1004;
-- pair: file_3
-- directive: lossy: one copies
-- up
DELETE FROM one WHERE id > 1000;
-- down
SELECT 1;

-- story: sequence
-- pair: file_1
-- before
CREATE TABLE s (id serial PRIMARY KEY, w text);
INSERT INTO s (w) SELECT v FROM one;
-- up
ALTER TABLE s ADD n int;
-- down
ALTER TABLE s DROP n;
-- pair: file_2
-- directive: lossy: s kept elsewhere
-- up
DROP TABLE s;
-- down
CREATE TABLE s (id serial PRIMARY KEY, w text, n int);

-- story: undeclared_later
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- error: down-loses-data
-- up
DELETE FROM one WHERE id > 5;
-- down
SELECT 1;

-- story: undeclared_later_drop
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- error: down-loses-data
-- up
DROP TABLE one;
-- down
CREATE TABLE one (id int PRIMARY KEY, v text, n int);

-- story: large_objects
-- pair: file_1
-- up
SELECT lo_from_bytea(4711, 'abc');
-- down
SELECT lo_unlink(4711);
-- pair: file_2
-- directive: lossy: pg_largeobject gone
-- up
SELECT lo_unlink(4711);
-- down
SELECT lo_create(4711);

-- story: down_deletes
-- pair: file_1
-- up
ALTER TABLE one ADD n int;
-- down
ALTER TABLE one DROP n;
-- pair: file_2
-- directive: lossy: one too many
-- up
ALTER TABLE one ALTER v SET DEFAULT 'x';
-- down
ALTER TABLE one ALTER v DROP DEFAULT;
DELETE FROM one WHERE id > 5;
