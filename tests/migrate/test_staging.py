"""Where the copy is made: a server that would prove nothing is refused before any work is done."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from freehold.migrate.errors import StagingError
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.postgres import EmbeddedServer, binaries
from freehold.postgres.client import client_connection, server_major

Writer = Callable[..., Path]
Execute = Callable[[str], None]


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
