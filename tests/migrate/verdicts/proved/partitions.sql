-- pair: detach
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
ALTER TABLE {t}_p DETACH PARTITION {t}_1;
-- down
ALTER TABLE {t}_p ATTACH PARTITION {t}_1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- pair: detach_concurrently
-- directive: transaction=off
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
ALTER TABLE {t}_p DETACH PARTITION {t}_1 CONCURRENTLY;
-- down
ALTER TABLE {t}_1 DROP CONSTRAINT {t}_1_at_check;
ALTER TABLE {t}_p ATTACH PARTITION {t}_1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- pair: detach_indexed
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL, CHECK (id > 0), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
ALTER TABLE {t}_p DETACH PARTITION {t}_1;
-- down
ALTER TABLE {t}_p ATTACH PARTITION {t}_1 FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');

-- pair: no_inherit_key
-- before
CREATE TABLE {t}_i () INHERITS ({t});
INSERT INTO {t}_i VALUES (1, 'x');
-- up
ALTER TABLE {t}_i NO INHERIT {t};
-- down
ALTER TABLE {t}_i INHERIT {t};

-- pair: inherit_merged
-- before
CREATE TABLE {t}_i (id int, extra text) INHERITS ({t});
ALTER TABLE {t} ALTER v SET NOT NULL;
-- up
ALTER TABLE {t}_i NO INHERIT {t};
-- down
ALTER TABLE {t}_i INHERIT {t};

-- pair: grandchildren
-- before
CREATE TABLE {t}_i () INHERITS ({t});
CREATE TABLE {t}_j () INHERITS ({t}_i);
-- up
ALTER TABLE {t}_i NO INHERIT {t};
-- down
ALTER TABLE {t}_i INHERIT {t};

-- pair: column_in_child_first
-- before
CREATE TABLE {t}_i (n int) INHERITS ({t});
-- up
ALTER TABLE {t} ADD n int;
-- down
ALTER TABLE {t} DROP n;

-- pair: partition_added
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
CREATE TABLE {t}_2 PARTITION OF {t}_p FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
-- down
DROP TABLE {t}_2;

-- pair: partition_by_default
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
CREATE TABLE {t}_d PARTITION OF {t}_p DEFAULT;
-- down
DROP TABLE {t}_d;

-- pair: column_of_partitions
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE {t}_2 PARTITION OF {t}_p FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
ALTER TABLE {t}_p ADD n int;
-- down
ALTER TABLE {t}_p DROP n;

-- pair: index_of_partitions
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
-- up
CREATE INDEX {t}_i ON {t}_p (id);
-- down
DROP INDEX {t}_i;

-- pair: partition_attached
-- directive: lint-ignore: attach-partition a test
-- before
CREATE TABLE {t}_p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE {t}_1 PARTITION OF {t}_p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
INSERT INTO {t}_p SELECT id, '2024-01-15' FROM {t};
CREATE TABLE {t}_2 (id int NOT NULL, at date NOT NULL);
-- up
ALTER TABLE {t}_p ATTACH PARTITION {t}_2 FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
-- down
ALTER TABLE {t}_p DETACH PARTITION {t}_2;

-- pair: inheritance
-- before
ALTER TABLE {t} ADD CONSTRAINT c CHECK (id > 0), ALTER v SET NOT NULL;
CREATE TABLE {t}_i () INHERITS ({t});
-- up
ALTER TABLE {t}_i NO INHERIT {t};
-- down
ALTER TABLE {t}_i INHERIT {t};

-- pair: inheritance_column
-- before
CREATE TABLE {t}_i () INHERITS ({t});
-- up
ALTER TABLE {t} ADD n int;
-- down
ALTER TABLE {t} DROP n;

-- pair: inheritance_begun
-- before
CREATE TABLE {t}_i (id int NOT NULL, v text);
-- up
ALTER TABLE {t}_i INHERIT {t};
-- down
ALTER TABLE {t}_i NO INHERIT {t};
