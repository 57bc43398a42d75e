-- pair: domain
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS int CONSTRAINT c CHECK (VALUE > 0);
ALTER TABLE {t} ADD d {t}_d;
UPDATE {t} SET d = id;
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
-- down
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE > 0);

-- pair: domain_in_array
-- error: down-fails-after-writes
-- says: violates check constraint
-- before
CREATE DOMAIN {t}_d AS int CONSTRAINT c CHECK (VALUE > 0);
ALTER TABLE {t} ADD d {t}_d[];
-- up
ALTER TABLE {t} ALTER d TYPE int[];
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
ALTER TABLE {t} ALTER d TYPE {t}_d[];
-- down
ALTER TABLE {t} ALTER d TYPE int[];
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE > 0);
ALTER TABLE {t} ALTER d TYPE {t}_d[];

-- pair: domain_over_domain
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS int CONSTRAINT c CHECK (VALUE > 0);
CREATE DOMAIN {t}_dd AS {t}_d;
ALTER TABLE {t} ADD d {t}_dd;
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
-- down
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE > 0);

-- pair: domain_in_key
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS int CONSTRAINT c CHECK (VALUE > 0);
CREATE TABLE {t}_k (id {t}_d PRIMARY KEY);
INSERT INTO {t}_k SELECT id FROM {t};
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
-- down
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE > 0);

-- pair: domain_widened
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS int CONSTRAINT c CHECK (VALUE BETWEEN 1 AND 10);
ALTER TABLE {t} ADD d {t}_d;
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE BETWEEN 1 AND 20);
-- down
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE BETWEEN 1 AND 10);

-- pair: domain_of_text
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS text CONSTRAINT c CHECK (VALUE ~ '^[A-Z]{2}$');
ALTER TABLE {t} ADD d {t}_d;
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE ~ '^[A-Z]{2,3}$');
-- down
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE ~ '^[A-Z]{2}$');

-- pair: domain_not_null
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS text NOT NULL;
ALTER TABLE {t} ADD d {t}_d DEFAULT 'x';
-- up
ALTER DOMAIN {t}_d DROP NOT NULL;
-- down
ALTER DOMAIN {t}_d SET NOT NULL;

-- pair: domain_in_composite
-- error: down-fails-after-writes
-- says: violates check constraint
-- before
CREATE DOMAIN {t}_d AS int CONSTRAINT c CHECK (VALUE > 0);
CREATE TYPE {t}_c AS (n int, d {t}_d);
ALTER TABLE {t} ADD c {t}_c;
-- up
ALTER TABLE {t} ALTER c TYPE text USING c::text;
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
ALTER TABLE {t} ALTER c TYPE {t}_c USING c::{t}_c;
-- down
ALTER TABLE {t} ALTER c TYPE text USING c::text;
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE > 0);
ALTER TABLE {t} ALTER c TYPE {t}_c USING c::{t}_c;

-- pair: domain_taken_off
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS int CHECK (VALUE > 0);
ALTER TABLE {t} ADD d {t}_d DEFAULT 1;
-- up
ALTER TABLE {t} ALTER d TYPE int;
-- down
ALTER TABLE {t} ALTER d TYPE {t}_d;

-- pair: domain_email
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS text CONSTRAINT c CHECK (VALUE ~ '^[^@]+@[^@]+\.[a-z]+$');
ALTER TABLE {t} ADD d {t}_d DEFAULT 'a@b.de';
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT c;
-- down
ALTER DOMAIN {t}_d ADD CONSTRAINT c CHECK (VALUE ~ '^[^@]+@[^@]+\.[a-z]+$');

-- pair: domain_two_checks
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS int CONSTRAINT a CHECK (VALUE > 0) CONSTRAINT b CHECK (VALUE < 100);
ALTER TABLE {t} ADD d {t}_d DEFAULT 5;
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT b;
-- down
ALTER DOMAIN {t}_d ADD CONSTRAINT b CHECK (VALUE < 100);

-- pair: domain_varchar
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS varchar(10) CONSTRAINT a CHECK (length(VALUE) > 3);
ALTER TABLE {t} ADD d {t}_d DEFAULT 'abcde';
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT a;
-- down
ALTER DOMAIN {t}_d ADD CONSTRAINT a CHECK (length(VALUE) > 3);

-- pair: domain_date
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS date CONSTRAINT a CHECK (VALUE >= '2000-01-01');
ALTER TABLE {t} ADD d {t}_d DEFAULT '2024-01-01' NOT NULL;
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT a;
-- down
ALTER DOMAIN {t}_d ADD CONSTRAINT a CHECK (VALUE >= '2000-01-01');

-- pair: domain_in_referenced_key
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS int CONSTRAINT a CHECK (VALUE > 0);
CREATE TABLE {t}_k (id {t}_d PRIMARY KEY);
INSERT INTO {t}_k SELECT id FROM {t};
CREATE TABLE {t}_c (k {t}_d REFERENCES {t}_k);
INSERT INTO {t}_c SELECT id FROM {t};
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT a;
-- down
ALTER DOMAIN {t}_d ADD CONSTRAINT a CHECK (VALUE > 0);

-- pair: domain_in_empty
-- error: down-fails-after-writes
-- before
CREATE DOMAIN {t}_d AS int CONSTRAINT a CHECK (VALUE > 0);
CREATE TABLE {t}_k (id int PRIMARY KEY, d {t}_d NOT NULL, w text NOT NULL);
-- up
ALTER DOMAIN {t}_d DROP CONSTRAINT a;
-- down
ALTER DOMAIN {t}_d ADD CONSTRAINT a CHECK (VALUE > 0);
