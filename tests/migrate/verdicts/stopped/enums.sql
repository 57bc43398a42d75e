-- pair: label
-- error: down-fails-after-writes
-- says: invalid input value for enum label_e: "c"
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e NOT NULL DEFAULT 'a';
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TYPE {t}_e RENAME TO {t}_old;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ALTER e DROP DEFAULT, ALTER e TYPE {t}_e USING e::text::{t}_e,
    ALTER e SET DEFAULT 'a';
DROP TYPE {t}_old;

-- pair: label_that_becomes_another
-- error: down-loses-data
-- says: 'c', written after up, became 'b'
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e;
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TYPE {t}_e RENAME TO {t}_old;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ALTER e TYPE {t}_e
    USING (CASE e::text WHEN 'c' THEN 'b' ELSE e::text END)::{t}_e;
DROP TYPE {t}_old;

-- pair: label_whose_rows_go
-- error: down-loses-data
-- says: rows written after up are gone
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e;
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
DELETE FROM {t} WHERE e = 'c';
ALTER TYPE {t}_e RENAME TO {t}_old;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP TYPE {t}_old;

-- pair: label_in_array
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e[];
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TYPE {t}_e RENAME TO {t}_old;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ALTER e TYPE {t}_e[] USING e::text[]::{t}_e[];
DROP TYPE {t}_old;

-- pair: label_in_domain
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
CREATE DOMAIN {t}_d AS {t}_e;
ALTER TABLE {t} ADD e {t}_d;
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TYPE {t}_e RENAME TO {t}_old;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP DOMAIN {t}_d;
CREATE DOMAIN {t}_d AS {t}_e;
ALTER TABLE {t} ALTER e TYPE {t}_d;
DROP TYPE {t}_old;

-- pair: label_in_composite
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
CREATE TYPE {t}_c AS (e {t}_e, n int);
ALTER TABLE {t} ADD c {t}_c;
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TYPE {t}_e RENAME TO {t}_old;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TYPE {t}_c RENAME TO {t}_oldc;
CREATE TYPE {t}_c AS (e {t}_e, n int);
ALTER TABLE {t} ALTER c TYPE {t}_c USING CASE WHEN c IS NULL THEN NULL ELSE ROW((c).e::text::{t}_e, (c).n)::{t}_c END;
DROP TYPE {t}_oldc;
DROP TYPE {t}_old;

-- pair: label_in_key
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
CREATE TABLE {t}_k (e {t}_e PRIMARY KEY, w int);
INSERT INTO {t}_k VALUES ('a', 1), ('b', 2);
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TYPE {t}_e RENAME TO {t}_old;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t}_k ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP TYPE {t}_old;

-- pair: enum_anew_in_up
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e DEFAULT 'a';
-- up
ALTER TABLE {t} ALTER e DROP DEFAULT;
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('a','b','c');
ALTER TABLE {t} ALTER e TYPE {t}_e USING e::text::{t}_e, ALTER e SET DEFAULT 'a';
DROP TYPE {t}_o;
-- down
ALTER TABLE {t} ALTER e DROP DEFAULT;
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('a','b');
ALTER TABLE {t} ALTER e TYPE {t}_e USING e::text::{t}_e, ALTER e SET DEFAULT 'a';
DROP TYPE {t}_o;

-- pair: check_to_enum
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD e text NOT NULL DEFAULT 'a' CONSTRAINT c CHECK (e IN ('a','b'));
-- up
CREATE TYPE {t}_e AS ENUM ('a','b','c');
ALTER TABLE {t} DROP CONSTRAINT c, ALTER e DROP DEFAULT, ALTER e TYPE {t}_e USING e::{t}_e, ALTER e SET DEFAULT 'a';
-- down
ALTER TABLE {t} ALTER e DROP DEFAULT, ALTER e TYPE text, ADD CONSTRAINT c CHECK (e IN ('a','b')), ALTER e SET DEFAULT 'a';
DROP TYPE {t}_e;

-- pair: enum_to_text
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e DEFAULT 'a';
-- up
ALTER TABLE {t} ALTER e DROP DEFAULT, ALTER e TYPE text, ALTER e SET DEFAULT 'a';
-- down
ALTER TABLE {t} ALTER e DROP DEFAULT, ALTER e TYPE {t}_e USING e::{t}_e, ALTER e SET DEFAULT 'a';

-- pair: two_enums
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
CREATE TYPE {t}_f AS ENUM ('x', 'y');
ALTER TABLE {t} ADD e {t}_e, ADD f {t}_f;
-- up
ALTER TYPE {t}_f ADD VALUE 'z' BEFORE 'x';
-- down
ALTER TYPE {t}_f RENAME TO {t}_o;
CREATE TYPE {t}_f AS ENUM ('x','y');
ALTER TABLE {t} ALTER f TYPE {t}_f USING f::text::{t}_f;
DROP TYPE {t}_o;

-- pair: label_in_other_table
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
CREATE TABLE {t}_k (id int PRIMARY KEY, e {t}_e NOT NULL, CHECK (e <> 'b'));
INSERT INTO {t}_k SELECT id, 'a' FROM {t};
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TABLE {t}_k DROP CONSTRAINT {t}_k_e_check;
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('a','b');
ALTER TABLE {t}_k ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP TYPE {t}_o;
ALTER TABLE {t}_k ADD CHECK (e <> 'b');

-- pair: label_of_partition
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
CREATE TABLE {t}_p (id int, e {t}_e) PARTITION BY RANGE (id);
CREATE TABLE {t}_1 PARTITION OF {t}_p DEFAULT;
INSERT INTO {t}_p SELECT id, 'a' FROM {t};
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('a','b');
ALTER TABLE {t}_p ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP TYPE {t}_o;

-- pair: label_in_empty
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
CREATE TABLE {t}_k (id int PRIMARY KEY, e {t}_e NOT NULL);
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('a','b');
ALTER TABLE {t}_k ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP TYPE {t}_o;
