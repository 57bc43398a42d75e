"""The fingerprint of a database with one of everything: the same after dump and restore, another after any change."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest
from tests.migrate.copying import new_database, restored
from tests.migrate.everything import Change, abilities, changes, make_everything

from freehold.migrate.catalog import SchemaObject, schema_objects
from freehold.migrate.fingerprint import differences, fingerprint, misgranted

NOT_LOGICAL = ("rights", "state")
"""The files of changes that the logical fingerprint leaves out."""


class Everything(NamedTuple):
    """A database with everything."""

    connection: asyncpg.Connection
    url: str
    able: frozenset[str]
    objects: list[SchemaObject]

    @property
    def major(self) -> int:
        return int(self.connection.get_server_version().major)


@pytest.fixture(scope="module")
async def everything(admin_url: str) -> AsyncIterator[Everything]:
    async with new_database(admin_url) as (connection, url):
        able = await abilities(connection)
        await make_everything(connection, able)
        yield Everything(connection, url, able, await schema_objects(connection))


async def test_restored_dump_of_everything_has_the_same_fingerprint(
    everything: Everything, admin_url: str, tmp_path: Path
) -> None:
    copy = await restored(everything.url, everything.major, admin_url, tmp_path)
    assert [*differences(everything.objects, copy), *misgranted(everything.objects, copy)] == []
    assert fingerprint(copy, everything.major) == fingerprint(everything.objects, everything.major)


QUICK = 6
"""Of so many changes one is made in the quick run, all in the long one."""


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, id=change.place, marks=[pytest.mark.long] if number % QUICK else [])
        for number, change in enumerate(changes())
    ],
)
async def test_any_single_change_makes_another_fingerprint(everything: Everything, change: Change) -> None:
    if missing := change.needs - everything.able:
        pytest.skip(f"the server has not {', '.join(missing)}")
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
    assert (now.logical != was.logical) is not change.place.startswith(NOT_LOGICAL)
