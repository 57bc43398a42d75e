-- pair: check_one_text
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> 'bad');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> 'bad');

-- pair: check_length
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (length(v) < 50);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (length(v) < 50);

-- pair: check_length_widened
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (length(v) <= 5);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (length(v) <= 8);
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (length(v) <= 5);

-- pair: check_of_key
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id < 1000);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id < 1000);

-- pair: check_of_key_widened
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id < 1000);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (id < 2000);
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id < 1000);

-- pair: check_lower_case
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v = lower(v));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v = lower(v));

-- pair: check_trimmed
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v = btrim(v));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v = btrim(v));

-- pair: check_list
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v LIKE 'v%');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v LIKE 'v%');

-- pair: check_in_list
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v IN ('a', 'b') OR v LIKE 'v%');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (v IN ('a', 'b', 'c') OR v LIKE 'v%');
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v IN ('a', 'b') OR v LIKE 'v%');

-- pair: check_cast
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v ~ '^v' OR v::int > 5);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v ~ '^v' OR v::int > 5);

-- pair: check_positive
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n > 0);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n > 0);

-- pair: check_bound_moved
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n < 500);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (n < 600);
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n < 500);

-- pair: check_two_columns
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n >= id);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n >= id);

-- pair: check_not_null
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n IS NOT NULL);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n IS NOT NULL);

-- pair: check_one_of_two
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
ALTER TABLE {t} ADD m text;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (num_nonnulls(n, m) = 1);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (num_nonnulls(n, m) = 1);

-- pair: check_money
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD p numeric(5, 2) DEFAULT 0.25;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (p <= 0.5);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (p <= 1);
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (p <= 0.5);

-- pair: check_date
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD d date DEFAULT '2024-02-03';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (d < '2030-01-01');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (d < '2030-01-01');

-- pair: check_json
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD j jsonb DEFAULT '{}';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (jsonb_typeof(j) = 'object');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (jsonb_typeof(j) = 'object');

-- pair: check_array
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD a int[] DEFAULT '{1}';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (cardinality(a) <= 2);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT d CHECK (cardinality(a) <= 4);
-- down
ALTER TABLE {t} DROP CONSTRAINT d;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (cardinality(a) <= 2);

-- pair: c_any_null
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
ALTER TABLE {t} ADD m text DEFAULT 'x';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (num_nulls(v, n, m) = 0);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (num_nulls(v, n, m) = 0);

-- pair: c_vs_column
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD w text DEFAULT 'none';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> w);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> w);

-- pair: c_start_end
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD s timestamptz DEFAULT '2024-01-01', ADD e timestamptz DEFAULT '2024-02-01';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (s < e);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (s < e);

-- pair: c_implies
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD n int;
UPDATE {t} SET n = id;
ALTER TABLE {t} ADD m text;
UPDATE {t} SET m = 'x';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n <> 5 OR m IS NOT NULL);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (n <> 5 OR m IS NOT NULL);

-- pair: c_bool
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD b bool DEFAULT true;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (b);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (b);

-- pair: c_four
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD a int DEFAULT 1, ADD b int DEFAULT 1, ADD c int DEFAULT 1, ADD d int DEFAULT 1;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (a + b + c + d <= 10);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (a + b + c + d <= 10);

-- pair: c_enum
-- error: down-fails-after-writes
-- before
CREATE TYPE {t}_e AS ENUM ('a', 'b');
ALTER TABLE {t} ADD e {t}_e DEFAULT 'a';
ALTER TABLE {t} ADD CONSTRAINT c CHECK (e <> 'b');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (e <> 'b');

-- pair: c_no_longer_enforced
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id < 1000);
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id < 1000 OR v IS NULL);
-- down
ALTER TABLE {t} DROP CONSTRAINT c;
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id < 1000);

-- pair: c_partitioned
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
ALTER TABLE {t}_p ADD CONSTRAINT c CHECK (id > 0);
-- up
ALTER TABLE {t}_p DROP CONSTRAINT c;
-- down
ALTER TABLE {t}_p ADD CONSTRAINT c CHECK (id > 0);

-- pair: c_inherited
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_i () INHERITS ({t});
INSERT INTO {t}_i VALUES (1000, 'x');
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> 'bad');
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK (v <> 'bad');

-- pair: c_function
-- error: down-fails-after-writes
-- before
CREATE FUNCTION {t}_ok(text) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT length($1) < 9';
ALTER TABLE {t} ADD CONSTRAINT c CHECK ({t}_ok(v));
-- up
ALTER TABLE {t} DROP CONSTRAINT c;
-- down
ALTER TABLE {t} ADD CONSTRAINT c CHECK ({t}_ok(v));
