"""Where the copy is made: a server that would prove nothing is refused before any work is done."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from freehold.migrate.errors import StagingError
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.migrate.staging import drop_database, quoted, staging_database, with_database
from freehold.postgres import EmbeddedServer, binaries
from freehold.postgres.client import client_connection, server_major

Writer = Callable[..., Path]
Execute = Callable[[str], None]
Query = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def other_major(admin_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedServer]:
    """A server of another major version than the common one, where this machine has two."""
    ours = server_major(client_connection(admin_url))
    majors = {
        folder: binaries.program_major(folder / "postgres") for folder in [*binaries._wheel(), *binaries._system()]
    }
    folder = next((folder for folder, major in majors.items() if major not in (None, ours)), None)
    if folder is None:
        pytest.skip(f"PostgreSQL {ours} is the only one on this machine")
    monkeypatch.setenv(binaries.SETTING, str(folder))
    with EmbeddedServer.start(tmp_path / "other", fast=True) as server:
        yield server


def test_server_of_another_major_is_refused_with_the_reason(
    database_url: str, execute: Execute, write: Writer, other_major: EmbeddedServer, tmp_path: Path
) -> None:
    execute("CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1)")
    sets = [
        MigrationSet.from_folder(write("0001_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;").parent)
    ]
    backups = tmp_path / "backups"
    reason = rf"is PostgreSQL {other_major.major} and production is \d+: what is proved on one major version is not"
    with pytest.raises(StagingError, match=reason):
        asyncio.run(rehearse(database_url, sets=sets, backups=backups, staging_url=other_major.url))
    assert not backups.exists()


def test_copy_of_another_production_of_the_same_name_is_left_alone(
    database_url: str, database_name: str, execute: Execute, query: Query
) -> None:
    async def make_and_drop() -> str:
        async with staging_database(database_url) as url:
            return url

    name = urlsplit(asyncio.run(make_and_drop())).path[1:]
    left, of_another = (f"{name[:-8]}0badcafe", f"{database_name}_staging_0123abcd_{name[-8:]}")
    try:
        for each in (left, of_another):
            execute(f"CREATE DATABASE {quoted(each)}")
        asyncio.run(make_and_drop())
        found = query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", f"{database_name}_staging_")
        assert found == [(of_another,)]
    finally:
        for each in (left, of_another):
            execute(f"DROP DATABASE IF EXISTS {quoted(each)}")


async def test_copy_with_a_session_that_may_not_be_ended_is_left_and_fails_nothing(admin_url: str) -> None:
    name = f"runner_{secrets.token_hex(6)}"
    runner = await asyncpg.connect(admin_url)
    try:
        await runner.execute(f"CREATE ROLE {name} CREATEDB; GRANT {name} TO CURRENT_USER; SET ROLE {name}")
        await runner.execute(f"CREATE DATABASE {name}")
        superusers = await asyncpg.connect(with_database(admin_url, name))
        try:
            await drop_database(runner, name)
            assert await runner.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name) == 1
        finally:
            await superusers.close()
        await drop_database(runner, name)
        assert await runner.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name) == 0
    finally:
        for statement in ("RESET ROLE", f"DROP DATABASE IF EXISTS {name}", f"DROP ROLE IF EXISTS {name}"):
            await runner.execute(statement)
        await runner.close()
