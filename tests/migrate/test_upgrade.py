"""`freehold serve` of a new version on the embedded database of an old one: through the whole gate, by itself."""

import asyncio
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
from tests.cli.processes import DEADLINE_SECONDS, PROGRAM, Served, call, postgres_runs
from tests.environment import settings, without_settings
from tests.migrate.test_own_migrations import ROWS
from tests.waiting import eventually

from freehold.migrate import gate, runner
from freehold.migrate.digests import Digests, digests
from freehold.migrate.files import builtin
from freehold.postgres import EmbeddedServer

OLD = builtin()._replace(migrations=builtin().migrations[:1])
NEW = [migration.label for migration in builtin().migrations[1:]]
Serve = Callable[[], Served]


async def run_sql(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def read_rows(url: str) -> Digests:
    connection = await asyncpg.connect(url)
    found = await digests(connection)
    await connection.close()
    return found


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """What a version with only the first of the migrations left: 50 users and what is theirs."""
    with EmbeddedServer.start(tmp_path / "data", fast=True) as server:
        asyncio.run(gate.apply_proved(server.url, sets=[OLD]))
        asyncio.run(run_sql(server.url, ROWS))
    return tmp_path / "data"


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def arguments(data_dir: Path, backups: Path) -> list[str]:
    return ["--data-dir", str(data_dir), "--backups-dir", str(backups)]


@pytest.fixture
def serve(arguments: list[str], data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Start the new version on the old data."""
    for name in settings():
        monkeypatch.delenv(name)
    begun: list[Served] = []

    def start() -> Served:
        begun.append(Served(*arguments, python=(sys.executable,), port=0, environment={}))
        return begun[-1]

    yield start
    for each in begun:
        each.kill()
    assert eventually(lambda: not postgres_runs(data_dir))


@pytest.mark.usefixtures("client_programs")
def test_upgrade_backs_up_rehearses_and_applies_before_anybody_is_served(
    serve: Serve, data_dir: Path, backups: Path
) -> None:
    served = serve()
    assert call(f"{served.url}/readyz")
    assert served.finish(signal.SIGTERM)[0] == 0
    (backup,) = backups.glob("*/manifest.json")
    assert (backups / f"{backup.parent.name}.evidence.json").exists()
    with EmbeddedServer.start(data_dir, fast=True) as server:
        status = asyncio.run(runner.status(server.url, sets=[builtin()], closely=True))
        assert (status.current, status.drift) == (True, [])
        assert status.evidence is not None
        assert [row.label for row in status.applied][1:] == NEW
        assert asyncio.run(read_rows(server.url)).tables["public.users"].rows == 50


@pytest.mark.usefixtures("client_programs")
def test_upgrade_that_does_not_fit_the_data_leaves_it_and_says_what_to_do(
    serve: Serve, data_dir: Path, backups: Path
) -> None:
    with EmbeddedServer.start(data_dir, fast=True) as server:
        asyncio.run(run_sql(server.url, "CREATE TABLE invitations (mine int); INSERT INTO invitations VALUES (7)"))
        before = asyncio.run(read_rows(server.url))
    status, complaint = (served := serve()).finish()
    assert status == 1
    assert "so nothing was changed: keep using the version you had, and report this. A backup is in " in complaint
    assert 'relation "invitations" already exists' in complaint
    assert "Traceback" not in complaint
    assert served.processes() == []
    assert not postgres_runs(data_dir)
    assert len(list(backups.glob("*/manifest.json"))) == 1
    with EmbeddedServer.start(data_dir, fast=True) as server:
        assert asyncio.run(runner.status(server.url, sets=[OLD])).current
        assert asyncio.run(read_rows(server.url)) == before


@pytest.mark.long
def test_upgrade_that_was_killed_is_completed_by_the_next_start(serve: Serve, backups: Path) -> None:
    killed = serve()
    assert eventually(lambda: any(backups.glob("*/manifest.json")))
    killed.popen.kill()
    assert eventually(lambda: not killed.processes())
    assert call(f"{serve().url}/readyz")


@pytest.mark.long
def test_upgrade_tells_a_terminal_what_it_is_doing(data_dir: Path, arguments: list[str]) -> None:
    ours, theirs = pty.openpty()
    heard = bytearray()

    def listen() -> None:
        with suppress(OSError):  # the other end is closed
            while data := os.read(ours, 4096):
                heard.extend(data)

    ear = threading.Thread(target=listen)
    ear.start()
    command = [sys.executable, "-c", PROGRAM, "users", "list", *arguments[:2]]
    environment = without_settings() | {"FREEHOLD_BACKUPS_DIR": arguments[3], "TERM": "xterm", "COLUMNS": "120"}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=theirs, timeout=DEADLINE_SECONDS, check=False
    )
    os.close(theirs)
    ear.join()
    os.close(ours)
    assert done.returncode == 0, heard.decode()
    for line in ["Backing up", "Restoring", f"Rehearsing {NEW[0]}: down", f"Applying {NEW[-1]}"]:
        assert line in heard.decode(), line
    assert [f"Applied migration {label}" in heard.decode() for label in NEW] == [True] * len(NEW)
    assert not postgres_runs(data_dir)
