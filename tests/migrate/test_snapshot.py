import asyncio
from collections.abc import Callable

import pytest

from freehold.migrate.catalog import read_schema
from freehold.migrate.snapshot import dump_schema

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
CREATE SEQUENCE ticket START 5;
CREATE TABLE people (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(9) COLLATE "C" NOT NULL DEFAULT 'x',
    mood mood, doubled int GENERATED ALWAYS AS (id * 2) STORED, CONSTRAINT people_name_key UNIQUE (name)
);
CREATE TABLE pets (owner_id int REFERENCES people ON DELETE CASCADE DEFERRABLE, name short)
    PARTITION BY LIST (owner_id);
CREATE TABLE pets_1 PARTITION OF pets FOR VALUES IN (1);
CREATE INDEX pets_name_idx ON pets (lower(name)) WHERE name IS NOT NULL;
CREATE VIEW happy AS SELECT name FROM people WHERE mood = 'happy';
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touching BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON people FOR SELECT USING (name = current_user);
COMMENT ON TABLE people IS 'it''s people';
COMMENT ON COLUMN people.name IS 'how';
GRANT SELECT ON people TO PUBLIC;
CREATE STATISTICS both_columns ON name, mood FROM people;
CREATE PUBLICATION news FOR TABLE people;
"""


def dump(url: str) -> str:
    return asyncio.run(dump_schema(url))


def test_snapshot_shows_every_kind_of_object(database_url: str, execute: Callable[[str], None]) -> None:
    execute(SCHEMA)
    text = dump(database_url)
    for line in (
        "TYPE public.mood: ENUM ('sad', 'happy')",
        "TABLE public.people ROW LEVEL SECURITY COMMENT 'it''s people' GRANTS (PUBLIC=SELECT)",
        "    id integer NOT NULL GENERATED ALWAYS AS IDENTITY",
        "    name character varying(9) COLLATE \"C\" NOT NULL DEFAULT 'x'::character varying COMMENT 'how'",
        "    CONSTRAINT people_name_key UNIQUE (name)",
        "    CREATE TRIGGER touching",
        "TABLE public.pets PARTITION BY LIST (owner_id)",
        "    CONSTRAINT pets_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.people(id) ON DELETE CASCADE",
        "    CREATE INDEX pets_name_idx ON ONLY public.pets USING btree (lower((name)::text)) WHERE (name IS NOT NULL)",
        "VIEW public.happy",
        "FUNCTION public.one()",
        "PUBLICATION news",
    ):
        assert line in text


def test_snapshot_is_the_same_whatever_the_search_path(
    database_url: str, database_name: str, execute: Callable[[str], None]
) -> None:
    execute(SCHEMA)
    before = dump(database_url)
    execute(f"ALTER DATABASE {database_name} SET search_path = pg_catalog, nowhere")
    assert dump(database_url) == before


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TYPE mood ADD VALUE 'calm' BEFORE 'happy'",
        "ALTER TABLE people ALTER name DROP DEFAULT",
        "ALTER TABLE pets ALTER name TYPE text",
        "ALTER TABLE people DISABLE TRIGGER touching",
        "ALTER TABLE people DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE people SET (fillfactor = 90)",
        "ALTER TABLE people ALTER name SET STATISTICS 500",
        "ALTER SEQUENCE ticket INCREMENT 2",
        "ALTER SEQUENCE people_id_seq CACHE 7",
        "ALTER DOMAIN short DROP CONSTRAINT short_check",
        "DROP INDEX pets_name_idx",
        "REVOKE SELECT ON people FROM PUBLIC",
        "REVOKE EXECUTE ON FUNCTION one() FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
        "ALTER TABLE people ADD CONSTRAINT c CHECK (id > 0) NOT VALID",
        "COMMENT ON COLUMN people.name IS NULL",
        "ALTER POLICY own ON people USING (true)",
        "DROP STATISTICS both_columns",
        "ALTER PUBLICATION news DROP TABLE people",
        "ALTER TABLE people ALTER id DROP IDENTITY",
        "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 2'",
    ],
)
def test_every_change_is_seen(database_url: str, execute: Callable[[str], None], change: str) -> None:
    execute(SCHEMA)
    before = asyncio.run(read_schema(database_url))
    execute(change)
    assert asyncio.run(read_schema(database_url)) != before
