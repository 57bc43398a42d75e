-- Inheritance and partitions.
CREATE TABLE e.parent (a int NOT NULL, b text DEFAULT 'p', CONSTRAINT parent_check CHECK (a > 0));
CREATE TABLE e.other_parent (c int);
CREATE TABLE e.child (own int, b text DEFAULT 'c', CONSTRAINT child_check CHECK (own > 0)) INHERITS (e.parent, e.other_parent);
ALTER TABLE e.parent ADD COLUMN late int;
ALTER TABLE e.child ALTER a DROP DEFAULT, ALTER b SET STATISTICS 5;
CREATE TABLE e.adopted (x int, b text, a int NOT NULL, late int, CONSTRAINT parent_check CHECK (a > 0));
ALTER TABLE e.adopted INHERIT e.parent;
CREATE TABLE e.grandchild () INHERITS (e.child);
ALTER TABLE e.grandchild ALTER b DROP DEFAULT;

CREATE TABLE e.events (id int NOT NULL, at date NOT NULL, kind varchar(9), n int DEFAULT 1, CONSTRAINT events_pkey PRIMARY KEY (id, at))
    PARTITION BY RANGE (at);
CREATE TABLE e.events_old PARTITION OF e.events (n DEFAULT 2, CONSTRAINT events_old_check CHECK (n > 0)) FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE e.events_new PARTITION OF e.events FOR VALUES FROM ('2020-01-01') TO (MAXVALUE) PARTITION BY LIST (id);
CREATE TABLE e.events_new_a PARTITION OF e.events_new FOR VALUES IN (1, 2);
CREATE TABLE e.events_new_rest PARTITION OF e.events_new DEFAULT;
CREATE TABLE e.hashed (id int, name text COLLATE "C") PARTITION BY HASH (id, lower(name) COLLATE "C");
CREATE TABLE e.hashed_0 PARTITION OF e.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (fillfactor = 55);
CREATE TABLE e.hashed_1 (name text COLLATE "C", id int);
ALTER TABLE e.hashed ATTACH PARTITION e.hashed_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX events_n ON e.events (n);
CREATE INDEX events_kind ON ONLY e.events (kind);
CREATE INDEX events_old_kind ON e.events_old (kind);
ALTER INDEX e.events_kind ATTACH PARTITION e.events_old_kind;
CREATE INDEX events_new_kind ON ONLY e.events_new (kind);
CREATE INDEX events_new_a_kind ON e.events_new_a (kind) WITH (fillfactor = 66);
COMMENT ON INDEX e.events_n IS 'of all partitions';
CREATE TABLE e.targets (n int PRIMARY KEY) PARTITION BY LIST (n);
CREATE TABLE e.targets_1 PARTITION OF e.targets FOR VALUES IN (1);
ALTER TABLE e.events ADD CONSTRAINT events_fkey FOREIGN KEY (n) REFERENCES e.targets ON DELETE CASCADE;
ALTER TABLE e.events RENAME CONSTRAINT events_fkey TO events_targets_fkey;
CREATE TRIGGER events_touch BEFORE INSERT ON e.events FOR EACH ROW EXECUTE FUNCTION e.touch();
ALTER TABLE e.events_old DISABLE TRIGGER events_touch;
