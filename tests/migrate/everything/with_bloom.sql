CREATE EXTENSION bloom SCHEMA e;
CREATE INDEX pets_bloom ON e.pets USING bloom (id, weight) WITH (length = 64, col1 = 3);
