"""What Citus cannot do with tables that a directive places; each case was tried on Citus 14."""

# ruff: noqa: S608 - nothing of these texts runs

D = "distribute: d by o"
R = "distribute: d reference"
L = "distribute: d local"
P = "distribute: p by o"
PR = "distribute: p reference"
_TABLE = "CREATE TABLE d (o uuid, id uuid)"
_PARENT = "CREATE TABLE p (o uuid, id uuid, PRIMARY KEY (o, id))"
_TRIGGER = "CREATE TRIGGER t BEFORE INSERT ON d FOR EACH ROW EXECUTE FUNCTION f()"

FINDS: dict[str, list[tuple[str, ...]]] = {
    "citus-unique": [
        ("CREATE TABLE d (o uuid, id uuid PRIMARY KEY)", D),
        ("CREATE TABLE d (o uuid, id uuid, UNIQUE (id))", D),
        (f"{_TABLE}; CREATE UNIQUE INDEX i ON d (id)", D),
        ("CREATE TABLE d (o text, id uuid); CREATE UNIQUE INDEX i ON d (lower(o))", D),
        (f"{_TABLE}; ALTER TABLE d ADD CONSTRAINT k UNIQUE (id)", D),
        (f"{_TABLE}; ALTER TABLE d ADD COLUMN z int UNIQUE", D),
        ("CREATE TABLE d (o uuid, r int4range, EXCLUDE USING gist (r WITH &&))", D),
        ("SET search_path = s; CREATE TABLE d (o uuid, id uuid UNIQUE)", "distribute: s.d by o"),
    ],
    "citus-foreign-key": [
        ("CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE d (o uuid, p uuid REFERENCES p)", D),
        (f"{_PARENT}; CREATE TABLE d (o uuid, a uuid, b uuid, FOREIGN KEY (a, b) REFERENCES p)", D, P),
        (f"{_PARENT}; CREATE TABLE d (o uuid, i uuid, FOREIGN KEY (o, i) REFERENCES p ON DELETE SET NULL (i))", D, P),
        (f"{_PARENT}; CREATE TABLE d (o uuid, i uuid, FOREIGN KEY (o, i) REFERENCES p ON UPDATE CASCADE)", D, P),
        ("CREATE TABLE d (o uuid REFERENCES organizations ON DELETE SET NULL)", D),
        (f"{_PARENT}; CREATE TABLE d (o uuid, i uuid, FOREIGN KEY (o, i) REFERENCES p)", R, P),
        (f"{_PARENT}; CREATE TABLE d (o uuid, i uuid, FOREIGN KEY (o, i) REFERENCES p)", L, P),
        ("CREATE TABLE d (o uuid, i uuid, FOREIGN KEY (o, i) REFERENCES projects)", R),
        ("CREATE TABLE p (o uuid PRIMARY KEY); CREATE TABLE d (o uuid REFERENCES p ON DELETE CASCADE)", R),
    ],
    "citus-trigger": [
        (f"{_TABLE}; {_TRIGGER}", D),
        (f"{_TABLE}; {_TRIGGER}", R),
        (f"{_TABLE}; {_TRIGGER}; CREATE TABLE e (); DROP TRIGGER t2 ON d", D),
    ],
    "citus-column": [
        (f"{_TABLE}; UPDATE d SET o = '00000000-0000-7000-8000-000000000001' WHERE true", D),
        (f"{_TABLE}; ALTER TABLE d DROP COLUMN o", D),
        ("CREATE TABLE d (o int); ALTER TABLE d ALTER COLUMN o TYPE bigint", D),
        ("CREATE TABLE d (a int, o int GENERATED ALWAYS AS (a * 2) STORED)", D),
        (f"{_TABLE}; WITH x AS (UPDATE d SET o = id WHERE true RETURNING 1) SELECT FROM x", D),
    ],
    "citus-table": [
        ("CREATE TEMP TABLE d (o uuid)", D),
        ("CREATE TABLE p (o uuid); CREATE TABLE d () INHERITS (p)", D),
        ("CREATE TABLE d (o uuid, t date) PARTITION BY RANGE (t)", R),
    ],
    "citus-alter": [
        (f"{_TABLE}; ALTER TABLE d ADD COLUMN z int, ADD CONSTRAINT c CHECK (z > 1)", D),
        (f"{_TABLE}; ALTER TABLE d ADD CONSTRAINT c CHECK (o = id), ADD CONSTRAINT e CHECK (o <> id)", R),
        (f"{_TABLE}; ALTER TABLE d ADD COLUMN z int CHECK (z > 1)", D),
    ],
    "citus-write": [
        ("CREATE TABLE d (o uuid, t timestamptz); UPDATE d SET t = clock_timestamp() WHERE true", D),
        ("CREATE TABLE d (o uuid, t timestamptz); UPDATE d SET t = clock_timestamp() WHERE true", R),
        ("CREATE TABLE d (o uuid, t timestamptz); DELETE FROM d WHERE t < clock_timestamp()", D),
        (f"{_TABLE}; MERGE INTO d USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE", R),
    ],
}

LEAVES: dict[str, list[tuple[str, ...]]] = {
    "citus-unique": [
        ("CREATE TABLE d (o uuid, id uuid PRIMARY KEY)",),
        ("CREATE TABLE d (o uuid, id uuid PRIMARY KEY)", R),
        ("CREATE TABLE d (o uuid, id uuid PRIMARY KEY)", L),
        ("CREATE TABLE d (o uuid PRIMARY KEY, id uuid)", D),
        ("CREATE TABLE d (o uuid, id uuid, PRIMARY KEY (id, o))", D),
        (f"{_TABLE}; CREATE INDEX i ON d (id)", D),
        ("CREATE TABLE d (o uuid, r int4range, EXCLUDE USING gist (o WITH =, r WITH &&))", D),
        ("CREATE TABLE d (o uuid, id uuid PRIMARY KEY); ALTER TABLE d DROP CONSTRAINT d_pkey", D),
        ("CREATE TABLE d (o uuid, id uuid); CREATE UNIQUE INDEX i ON d (id); DROP INDEX i", D),
        ("CREATE TABLE s.d (o uuid, id uuid PRIMARY KEY); CREATE TABLE d (o uuid)", D),
    ],
    "citus-foreign-key": [
        ("CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE d (o uuid, p uuid REFERENCES p)",),
        ("CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE d (o uuid, p uuid REFERENCES p)", D, PR),
        (f"{_PARENT}; CREATE TABLE d (o uuid, i uuid, FOREIGN KEY (o, i) REFERENCES p ON DELETE CASCADE)", D, P),
        ("CREATE TABLE d (o uuid REFERENCES organizations ON DELETE CASCADE)", D),
        ("CREATE TABLE d (o uuid, i uuid, FOREIGN KEY (o, i) REFERENCES projects)", D),
        ("CREATE TABLE d (o uuid, i uuid, p uuid, PRIMARY KEY (o, i), FOREIGN KEY (o, p) REFERENCES d)", D),
        ("CREATE TABLE d (o uuid REFERENCES users ON DELETE CASCADE)", L),
        ("CREATE TABLE p (o uuid PRIMARY KEY); CREATE TABLE d (o uuid REFERENCES p)", R),
        ("CREATE TABLE d (o uuid, i uuid, FOREIGN KEY (o, i) REFERENCES projects)",),
    ],
    "citus-trigger": [
        (f"{_TABLE}; {_TRIGGER}",),
        (f"{_TABLE}; {_TRIGGER}", L),
        (f"{_TABLE}; {_TRIGGER}; DROP TRIGGER t ON d", D),
        (f"{_TABLE}; CREATE TABLE e (); {_TRIGGER.replace('ON d', 'ON e')}", D),
    ],
    "citus-column": [
        (f"{_TABLE}; UPDATE d SET id = o WHERE true", D),
        (f"{_TABLE}; UPDATE d SET o = o WHERE true", D),
        (f"{_TABLE}; UPDATE d SET o = id WHERE true", R),
        (f"{_TABLE}; ALTER TABLE d DROP COLUMN id", D),
        ("CREATE TABLE d (o int, b int GENERATED ALWAYS AS (o * 2) STORED)", D),
    ],
    "citus-table": [
        ("CREATE TEMP TABLE e (o uuid); CREATE TABLE d (o uuid)", D),
        ("CREATE TABLE d (o uuid, t date) PARTITION BY RANGE (t)", D),
        ("CREATE UNLOGGED TABLE d (o uuid)", D),
    ],
    "citus-alter": [
        (f"{_TABLE}; ALTER TABLE d ADD COLUMN y int, ADD COLUMN z int", D),
        (f"{_TABLE}; ALTER TABLE d ADD CONSTRAINT c CHECK (o = id)", D),
        (f"{_TABLE}; ALTER TABLE d ADD COLUMN z int, ADD CONSTRAINT c CHECK (z > 1)", L),
    ],
    "citus-write": [
        ("CREATE TABLE d (o uuid, t timestamptz); UPDATE d SET t = now() WHERE true", D),
        ("CREATE TABLE d (o uuid, t timestamptz); INSERT INTO d VALUES (gen_random_uuid(), clock_timestamp())", D),
        (f"{_TABLE}; MERGE INTO d USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE", L),
    ],
}
