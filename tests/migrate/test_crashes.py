"""kill -9 of the server and of the runner, in one phase after the other: then the same command completes the work."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from freehold.migrate import gate, runner
from freehold.migrate.database import connect
from freehold.migrate.errors import MigrateError, StepError
from freehold.migrate.files import MigrationSet
from freehold.migrate.reverse import Prospect, down
from freehold.postgres import EmbeddedServer

Writer = Callable[..., Path]
Execute = Callable[[str], None]
Query = Callable[..., list[tuple[object, ...]]]
DEADLINE_SECONDS = 60

COMMAND = "from freehold.migrate.commands import migrate; migrate()"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server of this test's own, to be killed; durable, or its last commits would rightly be lost."""
    with EmbeddedServer.start(tmp_path / "data") as started:
        yield started


async def run_sql(url: str, script: str) -> None:
    async with connect(url) as connection:
        await connection.execute(script)


class Killer:
    """Kills the server (its main process) when a step begins."""

    def __init__(self, data_dir: Path, words: str) -> None:
        self._data_dir, self._words = data_dir, words

    def step(self, text: str) -> None:
        if self._words in text:
            kill_server(self._data_dir)

    def advance(self, done: int, total: int) -> None:
        """Kill it in the middle of a backfill."""
        del total
        if self._words == "batch" and done >= 1000:
            kill_server(self._data_dir)


def kill_server(data_dir: Path) -> None:
    for each in processes_of(data_dir):
        with suppress(ProcessLookupError):  # its parent's end may have ended it
            os.kill(each, signal.SIGKILL)


def processes_of(data_dir: Path) -> list[int]:
    """Every process of the server, found by its data directory; none of any other server."""
    found: list[int] = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                command = (process / "cmdline").read_bytes()
                folder = (process / "cwd").resolve()
            except OSError:
                continue
            if folder.is_relative_to(data_dir) and b"postgres" in command:
                found.append(int(process.name))
    return found


@pytest.fixture
def folder(write: Writer) -> Path:
    write("0001_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;")
    write(
        "0002_fill",
        "-- migrate: backfill: items.id batch=100\nUPDATE items SET n = n + 1 WHERE id BETWEEN $1 AND $2;",
        "-- migrate: backfill: items.id batch=100\nUPDATE items SET n = n - 1 WHERE id BETWEEN $1 AND $2;",
    )
    return write("0003_b", "ALTER TABLE items ADD b int;", "ALTER TABLE items DROP b;").parent


@pytest.mark.long
@pytest.mark.parametrize("moment", ["0001_a", "0002_fill", "batch", "0003_b"])
def test_server_killed_is_no_loss_and_the_same_command_completes(
    server: EmbeddedServer, folder: Path, moment: str
) -> None:
    sets = [MigrationSet.from_folder(folder)]
    rows = (
        "CREATE TABLE items (id int PRIMARY KEY, n int); INSERT INTO items SELECT g, 0 FROM generate_series(1, 3000) g"
    )
    asyncio.run(run_sql(server.url, rows))
    with pytest.raises(MigrateError):
        asyncio.run(gate.apply_proved(server.url, sets=sets, unsafe="test", progress=Killer(server.data_dir, moment)))
    server.stop()
    with EmbeddedServer.start(server.data_dir) as again:
        status = asyncio.run(runner.status(again.url, sets=sets))
        assert [row.state for row in status.applied if row.state != "done"] == (
            ["applying"] if moment == "batch" else []
        )
        asyncio.run(gate.apply_proved(again.url, sets=sets, unsafe="test"))
        assert asyncio.run(runner.status(again.url, sets=sets)).current

        async def count() -> list[tuple[int, int]]:
            async with connect(again.url) as connection:
                return [tuple(row) for row in await connection.fetch("SELECT n, count(*) FROM items GROUP BY n")]

        assert asyncio.run(count()) == [(1, 3000)]


@pytest.fixture
def rehearsing(database_url: str, execute: Execute, write: Writer, tmp_path: Path) -> tuple[list[str], dict[str, str]]:
    """A command that rehearses for a while, and its environment."""
    execute("CREATE TABLE items (id int PRIMARY KEY, n text)")
    execute("INSERT INTO items SELECT g, repeat(md5(g::text), 20) FROM generate_series(1, 20000) g")
    write("0001_slow", "SELECT pg_sleep(0.8);", "SELECT pg_sleep(0);")
    options = ["--no-builtin", "--dir", str(tmp_path / "migrations"), "--backups", str(tmp_path / "backups")]
    command = [sys.executable, "-c", COMMAND, "rehearse", *options]
    return command, os.environ | {"FREEHOLD_DATABASE_URL": database_url}


@pytest.mark.long
@pytest.mark.parametrize("phase", ["_staging_", "pg_dump", "pg_restore", "0001_slow"])
def test_runner_killed_in_a_rehearsal_leaves_production_alone_and_the_next_cleans_up(
    rehearsing: tuple[list[str], dict[str, str]], database_name: str, query: Query, phase: str
) -> None:
    command, environment = rehearsing
    seen = {
        "_staging_": "SELECT count(*) FROM pg_database WHERE datname ~ $1",
        "pg_dump": "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump' AND datname ~ $1",
        "pg_restore": "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_restore' AND datname ~ $1",
        "0001_slow": "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(0.8%' AND datname ~ $1",
    }[phase]
    pattern = f"^{database_name}" if phase == "pg_dump" else f"^{database_name}_staging_"
    killed = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + DEADLINE_SECONDS

    async def wait() -> None:
        connection = await asyncpg.connect(environment["FREEHOLD_DATABASE_URL"])
        while not await connection.fetchval(seen, pattern):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.002)
        await connection.close()

    asyncio.run(wait())
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert query("SELECT to_regclass('freehold_migrate.evidence')") in ([(None,)], [("freehold_migrate.evidence",)])
    assert subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
    assert query("SELECT count(*) FROM pg_database WHERE datname ~ $1", f"^{database_name}_staging_") == [(0,)]


def test_down_that_fails_is_found_on_the_copy_and_production_stays(
    database_url: str, write: Writer, execute: Execute, query: Query, tmp_path: Path
) -> None:
    sets = [MigrationSet.from_folder(write("0001_a", "CREATE TABLE a (id int);", "DROP TABLE nowhere;").parent)]
    asyncio.run(gate.apply_proved(database_url, sets=sets))
    execute("INSERT INTO a VALUES (1)")

    async def confirm(_: Prospect) -> bool:
        pytest.fail("it asked, though the way back does not work")

    with pytest.raises(StepError, match='"nowhere" does not exist'):
        asyncio.run(down(database_url, sets=sets, to="0", backups=tmp_path / "backups", confirm=confirm))
    assert query("SELECT count(*) FROM a") == [(1,)]
