"""What was made of a catalog is made again after every change of it, and only then."""

from datetime import timedelta

import asyncpg
import pytest

from freehold.migrate.catalog import memory as kept
from freehold.migrate.catalog.memory import Memory, catalog_version
from freehold.migrate.database import connect

BEFORE = """
CREATE TABLE parents (id int PRIMARY KEY, name text, mood text DEFAULT 'calm');
CREATE TABLE children (id int, parent_id int REFERENCES parents);
CREATE INDEX children_parent ON children (parent_id);
CREATE TYPE mood AS ENUM ('calm');
CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 41';
CREATE VIEW names AS SELECT name FROM parents;
CREATE SEQUENCE numbers;
"""
CHANGES = (
    "CREATE TABLE more (id int)",
    "DROP TABLE children",
    "DROP INDEX children_parent",
    "CREATE INDEX ON parents (name)",
    "ALTER TABLE parents RENAME TO elders",
    "ALTER TABLE parents RENAME name TO title",
    "ALTER TABLE parents ALTER name SET NOT NULL",
    "ALTER TABLE parents ALTER mood SET DEFAULT 'cross'",
    "ALTER TABLE parents ALTER id TYPE bigint",
    "ALTER TABLE parents DROP name CASCADE",
    "ALTER TABLE parents ADD CHECK (id > 0)",
    "ALTER TABLE children ADD FOREIGN KEY (parent_id) REFERENCES parents",
    "ALTER TABLE parents ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE parents DISABLE TRIGGER ALL",
    "CREATE POLICY all_rows ON parents USING (true)",
    "COMMENT ON TABLE parents IS 'Who has children.'",
    "COMMENT ON COLUMN parents.name IS 'What they are called.'",
    "ALTER TYPE mood ADD VALUE 'cross'",
    "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42'",
    "CREATE OR REPLACE VIEW names AS SELECT name, id FROM parents",
    "ALTER SEQUENCE numbers INCREMENT 2",
    "GRANT SELECT ON parents TO PUBLIC",
    "GRANT SELECT (name) ON parents TO PUBLIC",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
    "CREATE SCHEMA elsewhere",
    "CREATE EXTENSION IF NOT EXISTS pgcrypto",
    "CREATE STATISTICS both_texts ON name, mood FROM parents",
)


ROLES = """
SELECT concat_ws(' ', (SELECT array_agg(a::text ORDER BY a::text) FROM pg_authid a),
    (SELECT array_agg(s::text ORDER BY s::text) FROM pg_db_role_setting s),
    (SELECT array_agg(m::text ORDER BY m::text) FROM pg_auth_members m),
    (SELECT array_agg(d::text ORDER BY d::text) FROM pg_shdescription d),
    (SELECT array_agg(t::text ORDER BY t::text) FROM pg_tablespace t))
"""
"""What the whole server shares, and other tests may change."""


@pytest.mark.parametrize("change", CHANGES)
async def test_every_change_of_the_catalog_is_seen(empty_database_url: str, change: str):
    async with connect(empty_database_url) as connection:
        await connection.execute(BEFORE)
        memory, made = Memory(), []

        async def make() -> int:
            made.append(change)
            return len(made)

        async def is_kept(doing: str = "SELECT") -> bool:
            """Whether nothing is made again; asked once more when others changed roles of the server meanwhile."""
            await memory.keep(connection, "number", make)
            roles, before = await connection.fetchval(ROLES), len(made)
            await connection.execute(doing)
            await memory.keep(connection, "number", make)
            kept = len(made) == before
            return kept if roles == await connection.fetchval(ROLES) else await is_kept()

        assert await is_kept()
        assert await is_kept("INSERT INTO parents VALUES (1, 'Ada'); SELECT nextval('numbers')")
        before = len(made)
        try:
            await connection.execute(change)
        except asyncpg.FeatureNotSupportedError:
            pytest.skip("this server has no such extension")
        assert await memory.keep(connection, "number", make) > before
        assert await is_kept()
        before = len(made)
        assert await memory.keep(connection, "number", make, beside="another") > before


async def test_change_of_an_earlier_transaction_that_commits_later_is_seen(empty_database_url: str):
    """The newest row of a catalog alone would not tell."""
    async with connect(empty_database_url) as one, connect(empty_database_url) as other:
        await one.execute(BEFORE)
        async with one.transaction():
            await one.execute("ALTER TABLE parents ALTER name SET NOT NULL")
            await other.execute("ALTER TABLE children ALTER parent_id SET NOT NULL")
            before = await catalog_version(other)
        assert await catalog_version(other) != before


async def test_what_no_catalog_shows_is_looked_at_again_in_the_end(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
):
    async with connect(empty_database_url) as connection:
        memory, made = Memory(), []

        async def make() -> int:
            made.append(1)
            return len(made)

        await memory.keep(connection, "number", make)
        monkeypatch.setattr(kept, "LONGEST", timedelta(0))
        assert await memory.keep(connection, "number", make) == 2
