CREATE TABLE queues (
    name text COLLATE "C" PRIMARY KEY,
    "limit" int NOT NULL DEFAULT 10,
    hours int4range NOT NULL DEFAULT '[8,18)',
    EXCLUDE USING gist (hours WITH =)
);
COMMENT ON COLUMN queues."limit" IS E'how many\n-- at once; no more';
INSERT INTO queues (name, hours) VALUES ('day', '[8,18)'), ('night', '[18,24)');
