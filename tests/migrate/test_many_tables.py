"""More tables than one transaction could lock with all that belongs to them: a server has room for so many locks."""

import asyncio
import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from freehold.migrate import backup, gate, runner
from freehold.migrate.database import with_database
from freehold.migrate.errors import BackupError
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.migrate.reverse import Prospect, down
from freehold.migrate.swap import Exchange, restore
from freehold.postgres import EmbeddedServer, binaries
from freehold.postgres.client import client_connection, server_major

Writer = Callable[..., Path]
Query = Callable[..., list[tuple[object, ...]]]

FITS = 120
"""Tables that pg_dump can lock on the small server, but not with three indexes each."""
TOO_MANY = 900

# Room for 30 * (12 + 1 + 1) = 420 locks, and some more that PostgreSQL keeps in reserve. pg_dump holds 150 or so on
# system catalogs beside those on the tables.
SMALL = {
    "max_connections": 12,
    "max_locks_per_transaction": 30,
    "max_worker_processes": 0,
    "max_wal_senders": 0,
    "autovacuum_max_workers": 1,
}


@pytest.fixture(scope="module")
def small_server(admin_url: str) -> Iterator[str]:
    """A server of the common major version that has room for few locks; gives a superuser's URL."""
    major = server_major(client_connection(admin_url))
    folders = [*binaries._wheel(), *binaries._system()]
    folder = next((each for each in folders if binaries.program_major(each / "postgres") == major), None)
    if folder is None:
        pytest.skip(f"there is no server of PostgreSQL {major} to be started")
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="fh-") as home:
        patch.setenv(binaries.SETTING, str(folder))
        settings = SMALL | ({"autovacuum_worker_slots": 1} if major >= 18 else {})
        with EmbeddedServer.start(Path(home) / "data", fast=True) as server:
            for name, value in settings.items():
                asyncio.run(run(server.admin_url, f"ALTER SYSTEM SET {name} = {value}"))
        with EmbeddedServer.start(Path(home) / "data", fast=True) as server:
            yield server.admin_url


async def run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def table(number: int) -> str:
    name = f"t{number}"
    return (
        f"CREATE TABLE {name} (id int PRIMARY KEY, name text, place text);"  # noqa: S608 - a name of our own
        f"CREATE INDEX ON {name} (name); CREATE INDEX ON {name} (place); INSERT INTO {name} VALUES (1, 'a', 'b')"
    )


def with_tables(server: str, *statements: str) -> str:
    """A database in which some statements have run, each by itself."""
    name = f"with_{secrets.token_hex(6)}"
    asyncio.run(run(server, f"CREATE DATABASE {name}"))
    asyncio.run(run(with_database(server, name), *statements))
    return with_database(server, name)


async def yes(_: Prospect | Exchange) -> bool:
    return True


def through_the_gate(url: str, write: Writer) -> tuple[list[MigrationSet], backup.Backup]:
    """Back up, restore, rehearse and apply."""
    folder = write("0001_note", "ALTER TABLE t1 ADD note text;", "ALTER TABLE t1 DROP note;").parent
    sets, backups = [MigrationSet.from_folder(folder)], folder.parent / "backups"
    answer = asyncio.run(rehearse(url, sets=sets, backups=backups))
    assert answer.passed, answer.findings
    assert asyncio.run(gate.apply_proved(url, sets=sets)).surprises == []
    assert asyncio.run(runner.status(url, sets=sets, closely=True)).drift == []
    return sets, backup.verify(Path(answer.backup))


def test_more_locks_than_fit_are_never_held_at_once(small_server: str, write: Writer) -> None:
    through_the_gate(with_tables(small_server, *map(table, range(FITS))), write)


def test_database_of_empty_tables_is_seen_to_be_empty(small_server: str, write: Writer) -> None:
    empty = (f"{table(number)}; DELETE FROM t{number}" for number in range(2 * FITS))  # noqa: S608 - a name of ours
    url = with_tables(small_server, *empty)
    folder = write("0001_note", "ALTER TABLE t1 ADD note text;", "ALTER TABLE t1 DROP note;").parent
    assert asyncio.run(gate.apply_proved(url, sets=[MigrationSet.from_folder(folder)])).evidence == ""


def test_server_without_room_for_the_locks_of_a_backup_is_told_what_to_set(small_server: str, tmp_path: Path) -> None:
    url = with_tables(small_server, *(f"CREATE TABLE t{number} (id int)" for number in range(TOO_MANY)))
    words = r"on each of this database's 900 tables(?s:.*)Set max_locks_per_transaction to 240 \(it is 30\)"
    with pytest.raises(BackupError, match=words):
        asyncio.run(backup.create(url, tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_five_thousand_tables_go_through_everything_with_the_usual_settings(
    database_url: str, write: Writer, query: Query
) -> None:
    assert query("SHOW max_locks_per_transaction") == [("64",)]
    asyncio.run(run(database_url, *map(table, range(5000))))
    sets, taken = through_the_gate(database_url, write)
    assert asyncio.run(down(database_url, sets=sets, to="0", backups=taken.folder.parent, confirm=yes)).lost == []
    assert asyncio.run(restore(database_url, taken, confirm=yes)).changed == []
