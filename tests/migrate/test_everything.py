"""The fingerprint over a database with one of everything: the same after a dump and a restore, another after any change."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import with_database
from tests.migrate.everything import Change, changes, make_everything

from freehold.migrate import backup
from freehold.migrate.catalog import SchemaObject, schema_objects
from freehold.migrate.fingerprint import differences, fingerprint, misgranted
from freehold.migrate.restore import load_into

RIGHTS = "rights"  # the file of changes that a restore without owners and grants does not keep


class Everything:
    """A database with everything, and its schema."""

    def __init__(self, connection: asyncpg.Connection, url: str, objects: list[SchemaObject]) -> None:
        self.connection = connection
        self.url = url
        self.objects = objects
        self.major = int(connection.get_server_version().major)


@asynccontextmanager
async def empty_database(admin_url: str) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    name = f"freehold_test_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    # Each of the same questions is planned once.
    settings = {"plan_cache_mode": "force_generic_plan"}
    connection = await asyncpg.connect(with_database(admin_url, name), server_settings=settings)
    try:
        yield connection, with_database(admin_url, name)
    finally:
        await connection.close()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@pytest.fixture(scope="module")
async def everything(admin_url: str) -> AsyncIterator[Everything]:
    async with empty_database(admin_url) as (connection, url):
        await make_everything(connection)
        yield Everything(connection, url, await schema_objects(connection))


async def test_a_restored_dump_of_everything_has_the_same_fingerprint(
    everything: Everything, admin_url: str, tmp_path: Path
) -> None:
    taken = await backup.create(everything.url, tmp_path)
    async with empty_database(admin_url) as (connection, url):
        await load_into(taken, url)
        restored = await schema_objects(connection)
    assert misgranted(everything.objects, restored) == []
    assert fingerprint(restored, everything.major) == fingerprint(everything.objects, everything.major)


@pytest.mark.parametrize("change", changes(), ids=lambda change: change.place)
async def test_any_single_change_makes_another_fingerprint(everything: Everything, change: Change) -> None:
    if change.since > everything.major:
        pytest.skip(f"needs PostgreSQL {change.since}")
    before = everything.objects
    transaction = everything.connection.transaction()
    await transaction.start()
    try:
        await everything.connection.execute(change.sql)
        after = await schema_objects(everything.connection)
    finally:
        await transaction.rollback()
    was, now = (fingerprint(objects, everything.major) for objects in (before, after))
    assert now.strict != was.strict
    assert [*differences(before, after), *misgranted(before, after)] != []
    assert (now.logical != was.logical) is not change.place.startswith(RIGHTS)
