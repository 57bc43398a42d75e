"""Large objects lie in no table, and count all the same."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.migrate import large_objects
from freehold.migrate.database import connect
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse

Execute = Callable[[str], None]
Writer = Callable[..., Path]
SOME = """
SELECT lo_from_bytea(1, 'abc'), lo_from_bytea(2, convert_to(repeat('x', 5000), 'UTF8')), lo_create(3), lo_create(4);
SELECT lo_put(4, 100000, 'after a gap');
"""


def look(url: str, settings: str = "RESET ALL") -> tuple[int, str] | None:
    async def act() -> tuple[int, str] | None:
        async with connect(url) as connection:
            await connection.execute(settings)
            return await large_objects.digest(connection)

    return asyncio.run(act())


@pytest.mark.parametrize(
    "change",
    [
        "SELECT lo_put(1, 0, 'x')",
        "SELECT lo_put(1, 3, 'd')",
        "SELECT lo_put(1, 3, '\\x00')",
        "SELECT lo_put(2, 4999, 'y')",
        "SELECT lo_put(2, 2047, 'y')",
        "SELECT lo_put(3, 0, 'x')",
        "SELECT lo_put(4, 0, 'x')",
        "SELECT lo_put(4, 200000, '\\x00')",
        "SELECT lo_truncate(lo_open(1, 131072), 2)",
        "SELECT lo_unlink(3)",
        "SELECT lo_create(5)",
        "SELECT lo_unlink(1), lo_from_bytea(5, 'abc')",
    ],
)
def test_any_change_of_a_large_object_is_seen(database_url: str, execute: Execute, change: str):
    execute(SOME)
    before = look(database_url)
    assert before == look(database_url)
    execute(change)
    assert look(database_url) != before


def test_role_that_may_not_read_the_system_table_sees_the_same(database_url: str, execute: Execute):
    execute(SOME)
    assert look(database_url, "SET lo_compat_privileges = on; SET ROLE pg_monitor") == look(database_url)


def test_role_that_may_not_read_large_objects_does_not_look_at_them(database_url: str, execute: Execute):
    execute(SOME)
    assert look(database_url, "SET ROLE pg_monitor") is None


def test_a_rehearsal_restores_large_objects_with_gaps(
    database_url: str, execute: Execute, write: Writer, tmp_path: Path
):
    execute(SOME + "CREATE TABLE t (id int)")
    write("0001_n", "ALTER TABLE t ADD n int;", "ALTER TABLE t DROP n;")
    sets = [MigrationSet.from_folder(tmp_path / "migrations")]
    rehearsal = asyncio.run(rehearse(database_url, sets=sets, backups=tmp_path / "backups"))
    assert rehearsal.passed, rehearsal.findings
