"""The rules against PostgreSQL itself: which commands rewrite a table or read it whole, and which do not."""

import asyncpg
import pytest
from tests.migrate.rules.checking import judged

SCHEMA = """
CREATE TABLE other (id int PRIMARY KEY);
INSERT INTO other VALUES (1);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN plain AS int;
CREATE FUNCTION steady() RETURNS int STABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION unsteady() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE TABLE parted (id int) PARTITION BY LIST (id);
"""
ITEMS = """
CREATE TABLE items (id int, v text, w int, g int GENERATED ALWAYS AS (id * 2) STORED);
ALTER TABLE items ADD CONSTRAINT w_is_there CHECK (w IS NOT NULL);
CREATE INDEX items_id ON items (id);
INSERT INTO items VALUES (1, 'a', 1);
"""
COSTLY = """
ADD c uuid DEFAULT gen_random_uuid()
ADD c float DEFAULT random()
ADD c timestamptz DEFAULT clock_timestamp()
ADD c int DEFAULT unsteady()
ADD c bigserial
ADD c int GENERATED ALWAYS AS IDENTITY
ADD c int GENERATED ALWAYS AS (id * 2) STORED
ADD c positive
ADD c positive DEFAULT 5
ADD c int CHECK (c > 0)
ADD c int UNIQUE
ADD c int DEFAULT 1 REFERENCES other
ADD CONSTRAINT c CHECK (id > 0)
ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES other
ADD CONSTRAINT c NOT NULL v
ADD UNIQUE (id)
ADD PRIMARY KEY (id)
ADD EXCLUDE (id WITH =)
ALTER v SET NOT NULL
ALTER g SET EXPRESSION AS (id * 3)
SET UNLOGGED
"""
FREE = """
ADD c int
ADD c int NOT NULL DEFAULT -1
ADD c timestamptz DEFAULT now()
ADD c timestamp DEFAULT (now() AT TIME ZONE 'utc')
ADD c text[] DEFAULT ARRAY['a']::text[]
ADD c text DEFAULT current_setting('timezone')
ADD c tstzrange DEFAULT tstzrange(now(), NULL, '[]')
ADD c jsonb DEFAULT jsonb_build_object('at', now())
ADD c int DEFAULT steady()
ADD c plain
ADD c int REFERENCES other
ADD c int GENERATED ALWAYS AS (id * 2) VIRTUAL
ADD CONSTRAINT c CHECK (id > 0) NOT VALID
ADD CONSTRAINT c CHECK (id > 0) NOT ENFORCED
ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES other NOT VALID
ADD CONSTRAINT c NOT NULL v NOT VALID
ALTER w SET NOT NULL
ALTER v SET DEFAULT 'x'
ALTER v SET STORAGE EXTERNAL
ALTER v SET STATISTICS 500
ALTER g DROP EXPRESSION
DROP v
DROP CONSTRAINT w_is_there
SET (fillfactor = 50)
CLUSTER ON items_id
REPLICA IDENTITY FULL
ENABLE ROW LEVEL SECURITY
DISABLE TRIGGER ALL
"""
ABOUT_ROWS = {
    "adding-field-with-default",
    "adding-foreign-key-constraint",
    "adding-not-nullable-field",
    "adding-serial-primary-key-field",
    "constraint-missing-not-valid",
    "disallowed-unique-constraint",
    "exclusion-constraint",
    "set-unlogged",
}
TRACE = """
SELECT pg_relation_filenode('items') AS file,
       (SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relid = 'items'::regclass) AS scans
"""


async def costs(connection: asyncpg.Connection, command: str) -> bool | None:
    """Whether a command reads or writes every row; None if this server does not know it."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        before = await connection.fetchrow(TRACE)
        await connection.execute(f"ALTER TABLE items {command}")
        return bool(before != await connection.fetchrow(TRACE))
    except asyncpg.PostgresSyntaxError:
        return None
    finally:
        await transaction.rollback()


@pytest.mark.parametrize(("commands", "costly"), [(COSTLY, True), (FREE, False)], ids=["costly", "free"])
async def test_rules_find_what_reads_or_writes_every_row_and_nothing_else(
    database_url: str, commands: str, *, costly: bool
) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(SCHEMA + ITEMS)
        for command in commands.strip().splitlines():
            script = f"{SCHEMA}ALTER TABLE items ADD CONSTRAINT w CHECK (w IS NOT NULL);\nALTER TABLE items {command};"
            last = script.count("\n") + 1
            found = {each.rule for each in judged(script) if each.line == last} & ABOUT_ROWS
            assert await costs(connection, command) in (costly, None), command
            assert bool(found) is costly, command
    finally:
        await connection.close()
