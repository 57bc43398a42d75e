-- pair: cents
-- before
ALTER TABLE {t} ADD x numeric;
UPDATE {t} SET x = id + 0.25;
-- up
ALTER TABLE {t} ALTER x TYPE bigint USING (x * 100)::bigint;
-- down
ALTER TABLE {t} ALTER x TYPE numeric USING x * 0.01;

-- pair: narrower_text
-- up
ALTER TABLE {t} ALTER v TYPE varchar(50);
-- down
ALTER TABLE {t} ALTER v TYPE text;

-- pair: text_of_letters
-- up
ALTER TABLE {t} ALTER v TYPE varchar;
-- down
ALTER TABLE {t} ALTER v TYPE text;

-- pair: binary_json
-- before
ALTER TABLE {t} ADD x json;
-- up
ALTER TABLE {t} ALTER x TYPE jsonb;
-- down
ALTER TABLE {t} ALTER x TYPE json;

-- pair: array_of_text
-- before
ALTER TABLE {t} ADD x text[];
-- up
ALTER TABLE {t} ALTER x TYPE varchar[];
-- down
ALTER TABLE {t} ALTER x TYPE text[];

-- pair: finer_first
-- before
ALTER TABLE {t} ADD x bigint;
-- up
ALTER TABLE {t} ALTER x TYPE int;
-- down
ALTER TABLE {t} ALTER x TYPE bigint;

-- pair: collated
-- up
ALTER TABLE {t} ALTER v TYPE text COLLATE "C";
-- down
ALTER TABLE {t} ALTER v TYPE text;

-- pair: collation_of_a_key
-- before
ALTER TABLE {t} ADD UNIQUE (v);
-- up
ALTER TABLE {t} ALTER v TYPE text COLLATE "C";
-- down
ALTER TABLE {t} ALTER v TYPE text;

-- pair: label_renamed
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e DEFAULT 'a';
-- up
ALTER TYPE {t}_e RENAME VALUE 'a' TO 'x';
-- down
ALTER TYPE {t}_e RENAME VALUE 'x' TO 'a';

-- pair: type_renamed
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e DEFAULT 'a';
-- up
ALTER TYPE {t}_e RENAME TO {t}_ee;
-- down
ALTER TYPE {t}_ee RENAME TO {t}_e;

-- pair: label_kept
-- notice: down-leaves-schema
-- directive: irreversible: PostgreSQL cannot take a label away
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e DEFAULT 'a';
-- up
ALTER TYPE {t}_e ADD VALUE IF NOT EXISTS 'c';
-- down
SELECT 1;

-- pair: text_to_enum
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e text;
UPDATE {t} SET e = 'a';
-- up
ALTER TABLE {t} ALTER e TYPE {t}_e USING e::{t}_e;
-- down
ALTER TABLE {t} ALTER e TYPE text;

-- pair: domain
-- up
CREATE DOMAIN {t}_d AS text CHECK (VALUE <> '');
ALTER TABLE {t} ADD d {t}_d;
-- down
ALTER TABLE {t} DROP d;
DROP DOMAIN {t}_d;

-- pair: domain_put_on
-- up
CREATE DOMAIN {t}_d AS text CHECK (VALUE <> '');
ALTER TABLE {t} ALTER v TYPE {t}_d;
-- down
ALTER TABLE {t} ALTER v TYPE text;
DROP DOMAIN {t}_d;

-- pair: domain_tightened
-- before
CREATE DOMAIN {t}_d AS text;
ALTER TABLE {t} ADD d {t}_d;
-- up
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE <> '');
-- down
ALTER DOMAIN {t}_d DROP CONSTRAINT c;

-- pair: domain_default
-- before
CREATE DOMAIN {t}_d AS text CHECK (VALUE <> 'bad');
ALTER TABLE {t} ADD d {t}_d;
-- up
ALTER DOMAIN {t}_d SET DEFAULT 'x';
-- down
ALTER DOMAIN {t}_d DROP DEFAULT;

-- pair: composite
-- up
CREATE TYPE {t}_c AS (a int, b text);
ALTER TABLE {t} ADD c {t}_c;
-- down
ALTER TABLE {t} DROP c;
DROP TYPE {t}_c;

-- pair: composite_field
-- before
CREATE TYPE {t}_c AS (a int);
ALTER TABLE {t} ADD c {t}_c;
-- up
ALTER TYPE {t}_c ADD ATTRIBUTE b text;
-- down
ALTER TYPE {t}_c DROP ATTRIBUTE b;

-- pair: range
-- up
CREATE TYPE {t}_r AS RANGE (SUBTYPE = int);
ALTER TABLE {t} ADD r {t}_r;
-- down
ALTER TABLE {t} DROP r;
DROP TYPE {t}_r;

-- pair: enum_reordered
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e;
UPDATE {t} SET e = 'a';
-- up
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('b', 'a');
ALTER TABLE {t} ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP TYPE {t}_o;
-- down
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP TYPE {t}_o;

-- pair: enum_narrowed
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e;
UPDATE {t} SET e = 'a';
-- up
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('a');
ALTER TABLE {t} ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP TYPE {t}_o;
-- down
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ALTER e TYPE {t}_e USING e::text::{t}_e;
DROP TYPE {t}_o;

-- pair: label_added_kept
-- directive: lossy: label_added_kept.e c becomes a
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e;
UPDATE {t} SET e = 'a';
-- up
ALTER TYPE {t}_e ADD VALUE 'c';
-- down
ALTER TYPE {t}_e RENAME TO {t}_o;
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ALTER e TYPE {t}_e USING (CASE e::text WHEN 'c' THEN 'a' ELSE e::text END)::{t}_e;
DROP TYPE {t}_o;

-- pair: int_to_numeric_down
-- before
ALTER TABLE {t} ADD n numeric;
UPDATE {t} SET n = id;
-- up
ALTER TABLE {t} ALTER n TYPE int;
-- down
ALTER TABLE {t} ALTER n TYPE numeric;

-- pair: money_numeric
-- notice: down-fails-after-writes
-- directive: lossy: money_numeric.n large sums
-- before
ALTER TABLE {t} ADD n money;
UPDATE {t} SET n = id;
-- up
ALTER TABLE {t} ALTER n TYPE numeric(20,2) USING n::numeric;
-- down
ALTER TABLE {t} ALTER n TYPE money;
