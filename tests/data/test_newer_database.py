"""What a Freehold says that is older than its database."""

import logging
from typing import Any

import pytest

from freehold import Platform, SchemaPending, migrate
from freehold.migrate.errors import HistoryError

UNKNOWN = """
INSERT INTO freehold_migrate.applied OVERRIDING SYSTEM VALUE
SELECT (jsonb_populate_record(a, '{"version": "9999", "name": "later", "position": 9999}')).*
FROM freehold_migrate.applied a WHERE set_name = 'freehold' AND version = '0001'
"""


async def test_older_freehold_serves_on_and_says_once_that_it_is_older(
    database_url: str, connection: Any, caplog: pytest.LogCaptureFixture
):
    """Nodes are upgraded one after the other; the tables of what comes next are made so that both can use them."""
    await connection.execute(UNKNOWN)
    async with Platform.open(database_url) as platform:
        await platform.ready()
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(told) == 1
    assert "is older than the database: it does not know the migrations 9999; upgrade it" in told[0]


async def test_tables_of_another_version_are_said_to_be_that(platform: Platform, connection: Any):
    await connection.execute("ALTER TABLE users RENAME COLUMN username TO handle")
    with pytest.raises(SchemaPending, match="or a newer Freehold has migrated it"):
        await platform.users.find("ada")


async def test_older_freehold_migrates_nothing_and_says_why(database_url: str, connection: Any):
    await connection.execute(UNKNOWN)
    with pytest.raises(HistoryError, match=r"^A newer Freehold has migrated this database \(to 9999_later\)"):
        await migrate.apply(database_url, sets=[migrate.builtin()])
