-- pair: uniqueness
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD CONSTRAINT {t}_u UNIQUE (v);
-- up
ALTER TABLE {t} DROP CONSTRAINT {t}_u;
-- down
ALTER TABLE {t} ADD CONSTRAINT {t}_u UNIQUE (v);

-- pair: unique_index_on_expression
-- error: down-fails-after-writes
-- before
CREATE UNIQUE INDEX {t}_u ON {t} (lower(v));
-- up
DROP INDEX {t}_u;
-- down
CREATE UNIQUE INDEX {t}_u ON {t} (lower(v));

-- pair: unique_of_case
-- error: down-fails-after-writes
-- before
CREATE UNIQUE INDEX {t}_u ON {t} (lower(v));
CREATE UNIQUE INDEX {t}_w ON {t} (v);
-- up
DROP INDEX {t}_u;
-- down
CREATE UNIQUE INDEX {t}_u ON {t} (lower(v));

-- pair: partial_unique_loosened
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD on_ bool NOT NULL DEFAULT true, ADD ok bool NOT NULL DEFAULT true;
CREATE UNIQUE INDEX {t}_u ON {t} (v) WHERE on_;
-- up
DROP INDEX {t}_u;
CREATE UNIQUE INDEX {t}_u ON {t} (v) WHERE on_ AND ok;
-- down
DROP INDEX {t}_u;
CREATE UNIQUE INDEX {t}_u ON {t} (v) WHERE on_;

-- pair: primary_key_for_partitions
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id int PRIMARY KEY, at date NOT NULL);
INSERT INTO {t}_k SELECT id, '2024-01-01' FROM {t};
-- up
ALTER TABLE {t}_k DROP CONSTRAINT {t}_k_pkey;
ALTER TABLE {t}_k ADD PRIMARY KEY (id, at);
-- down
ALTER TABLE {t}_k DROP CONSTRAINT {t}_k_pkey;
ALTER TABLE {t}_k ADD PRIMARY KEY (id);

-- pair: key_of_two_loosened
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (a int, b int, c int, CONSTRAINT {t}_u UNIQUE (a, b));
INSERT INTO {t}_k SELECT id, 1, 1 FROM {t};
-- up
ALTER TABLE {t}_k DROP CONSTRAINT {t}_u;
ALTER TABLE {t}_k ADD CONSTRAINT {t}_u UNIQUE (a, b, c);
-- down
ALTER TABLE {t}_k DROP CONSTRAINT {t}_u;
ALTER TABLE {t}_k ADD CONSTRAINT {t}_u UNIQUE (a, b);

-- pair: exclusion
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (r int4range, CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&));
INSERT INTO {t}_k SELECT int4range(id, id, '[]') FROM {t};
-- up
ALTER TABLE {t}_k DROP CONSTRAINT {t}_x;
-- down
ALTER TABLE {t}_k ADD CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&);

-- pair: beside_an_exclusion
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (r int4range, w varchar(5), CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&));
INSERT INTO {t}_k SELECT int4range(id, id, '[]'), v FROM {t};
-- up
ALTER TABLE {t}_k ALTER w TYPE varchar(9);
-- down
ALTER TABLE {t}_k ALTER w TYPE varchar(5);

-- pair: pk_dropped
-- error: down-fails-after-writes
-- up
ALTER TABLE {t} DROP CONSTRAINT {t}_pkey;
-- down
ALTER TABLE {t} ADD PRIMARY KEY (id);

-- pair: pk_other
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD u uuid NOT NULL DEFAULT gen_random_uuid();
-- up
ALTER TABLE {t} DROP CONSTRAINT {t}_pkey;
ALTER TABLE {t} ADD PRIMARY KEY (u);
-- down
ALTER TABLE {t} DROP CONSTRAINT {t}_pkey;
ALTER TABLE {t} ADD PRIMARY KEY (id);

-- pair: u_partial
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD gone timestamptz;
CREATE UNIQUE INDEX {t}_u ON {t} (v);
-- up
DROP INDEX {t}_u;
CREATE UNIQUE INDEX {t}_u ON {t} (v) WHERE gone IS NULL;
-- down
DROP INDEX {t}_u;
CREATE UNIQUE INDEX {t}_u ON {t} (v);

-- pair: u_partial_lower
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD gone timestamptz;
CREATE UNIQUE INDEX {t}_u ON {t} (lower(v)) WHERE gone IS NULL;
-- up
DROP INDEX {t}_u;
-- down
CREATE UNIQUE INDEX {t}_u ON {t} (lower(v)) WHERE gone IS NULL;

-- pair: u_include
-- error: down-fails-after-writes
-- before
CREATE UNIQUE INDEX {t}_u ON {t} (v) INCLUDE (id);
-- up
DROP INDEX {t}_u;
-- down
CREATE UNIQUE INDEX {t}_u ON {t} (v) INCLUDE (id);

-- pair: u_to_plain_index
-- error: down-fails-after-writes
-- before
CREATE UNIQUE INDEX {t}_u ON {t} (v);
-- up
DROP INDEX {t}_u;
CREATE INDEX {t}_u ON {t} (v);
-- down
DROP INDEX {t}_u;
CREATE UNIQUE INDEX {t}_u ON {t} (v);

-- pair: u_md5
-- error: down-fails-after-writes
-- before
CREATE UNIQUE INDEX {t}_u ON {t} (md5(v));
-- up
DROP INDEX {t}_u;
-- down
CREATE UNIQUE INDEX {t}_u ON {t} (md5(v));

-- pair: u_coalesce
-- error: down-fails-after-writes
-- before
ALTER TABLE {t} ADD w text;
CREATE UNIQUE INDEX {t}_u ON {t} (v, coalesce(w, ''));
-- up
DROP INDEX {t}_u;
CREATE UNIQUE INDEX {t}_u ON {t} (v, w);
-- down
DROP INDEX {t}_u;
CREATE UNIQUE INDEX {t}_u ON {t} (v, coalesce(w, ''));

-- pair: u_no_rows
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (id int PRIMARY KEY, e text NOT NULL UNIQUE);
-- up
ALTER TABLE {t}_k DROP CONSTRAINT {t}_k_e_key;
-- down
ALTER TABLE {t}_k ADD UNIQUE (e);

-- pair: u_partitioned
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL, UNIQUE (id, at)) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
ALTER TABLE {t}_p DROP CONSTRAINT {t}_p_id_at_key;
-- down
ALTER TABLE {t}_p ADD UNIQUE (id, at);

-- pair: x_where
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (r int4range, ok bool, CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&) WHERE (ok));
INSERT INTO {t}_k SELECT int4range(id, id, '[]'), true FROM {t};
-- up
ALTER TABLE {t}_k DROP CONSTRAINT {t}_x;
-- down
ALTER TABLE {t}_k ADD CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&) WHERE (ok);

-- pair: x_loosened
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (r int4range, ok bool DEFAULT true, CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&));
INSERT INTO {t}_k SELECT int4range(id, id, '[]') FROM {t};
-- up
ALTER TABLE {t}_k DROP CONSTRAINT {t}_x;
ALTER TABLE {t}_k ADD CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&) WHERE (ok);
-- down
ALTER TABLE {t}_k DROP CONSTRAINT {t}_x;
ALTER TABLE {t}_k ADD CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&);

-- pair: x_times
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (s timestamptz, e timestamptz, CONSTRAINT {t}_x EXCLUDE USING gist (tstzrange(s, e) WITH &&));
INSERT INTO {t}_k SELECT timestamptz '2024-01-01' + id * interval '1 day',
    timestamptz '2024-01-02' + id * interval '1 day' FROM {t};
-- up
ALTER TABLE {t}_k DROP CONSTRAINT {t}_x;
-- down
ALTER TABLE {t}_k ADD CONSTRAINT {t}_x EXCLUDE USING gist (tstzrange(s, e) WITH &&);

-- pair: x_no_rows
-- error: down-fails-after-writes
-- before
CREATE TABLE {t}_k (r int4range, CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&));
-- up
ALTER TABLE {t}_k DROP CONSTRAINT {t}_x;
-- down
ALTER TABLE {t}_k ADD CONSTRAINT {t}_x EXCLUDE USING gist (r WITH &&);
