"""kill -9 at every statement that changes something: `status` is right afterwards, the same command completes."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import asyncpg
import pytest
from tests.conftest import _memory
from tests.migrate.killing_proxy import KillingProxy
from tests.migrate.test_crashes import kill_server

from freehold.migrate import gate, runner
from freehold.migrate.backup import create
from freehold.migrate.database import connect, with_database
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.postgres import EmbeddedServer

Writer = Callable[..., Path]
DEADLINE_SECONDS = 60
ROWS = 3000
BUILD = "CONCURRENTLY items_n_idx"
PROGRAM = "import sys; from freehold.migrate.commands import migrate, restore; {}(sys.argv[1:])"

COLUMN = "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'items'::regclass AND attname = 'a')"
FILLED = "SELECT count(*) FILTER (WHERE n = 1) = count(*) FROM items"
INDEX = "SELECT coalesce((SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('items_n_idx')), false)"
TABLE = "SELECT to_regclass('other') IS NOT NULL"
EFFECTS = {"0002": COLUMN, "0003": FILLED, "0004": INDEX, "0005": TABLE}
LEFT = {"0002": COLUMN, "0004": "SELECT to_regclass('items_n_idx') IS NOT NULL", "0005": TABLE}
"""Whether there is anything of a migration in the schema, be it broken."""


class Site(NamedTuple):
    """A server, a template of the database to be changed, and the folders of migrations and backups."""

    url: str
    folder: Path
    backups: Path


async def run_sql(url: str, *statements: str) -> None:
    async with connect(url) as connection:
        for statement in statements:
            await connection.execute(statement)


async def fetch(url: str, statement: str, *args: object) -> list[tuple[object, ...]]:
    async with connect(url) as connection:
        return [tuple(row) for row in await connection.fetch(statement, *args)]


@pytest.fixture
def folder(write: Writer) -> Path:
    write("0001_items", "CREATE TABLE items (id int PRIMARY KEY, n int NOT NULL);", "DROP TABLE items;")
    write("0002_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;")
    fill = "-- migrate: backfill: items.id batch=1000\nUPDATE items SET n = n {} 1 WHERE id BETWEEN $1 AND $2;"
    write("0003_fill", fill.format("+"), fill.format("-"))
    create, drop = "CREATE INDEX CONCURRENTLY items_n_idx ON items (n);", "DROP INDEX CONCURRENTLY items_n_idx;"
    write("0004_index", create, drop, "transaction=off")
    return write("0005_other", "CREATE TABLE other (id bigint PRIMARY KEY);", "DROP TABLE other;").parent


async def prepare(site: Site, command: str) -> None:
    """Fill the template up to where the command can begin."""
    sets = [MigrationSet.from_folder(site.folder)]
    await gate.apply_proved(site.url, sets=[sets[0]._replace(migrations=sets[0].migrations[:1])])
    async with connect(site.url) as connection:
        await connection.execute("INSERT INTO items SELECT g, 0 FROM generate_series(1, $1::int) g", ROWS)
    if command == "restore":
        await create(site.url, site.backups)
        await run_sql(site.url, "UPDATE items SET n = 7")
    elif command != "rehearse":
        assert (await rehearse(site.url, sets=sets, backups=site.backups)).passed
        if command == "down":
            await gate.apply_proved(site.url, sets=sets)


def arguments(site: Site, command: str) -> list[str]:
    """The command line, without the database's URL."""
    if command == "restore":
        (backup,) = (each.parent for each in site.backups.glob("*/manifest.json"))
        return [PROGRAM.format("restore"), str(backup), "--yes", "--backups", str(site.backups)]
    more = {"apply": [], "rehearse": ["--backups", str(site.backups)]}
    more["down"] = ["--to", "0001", "--yes", "--backups", str(site.backups)]
    return [PROGRAM.format("migrate"), command, "--no-builtin", "--dir", str(site.folder), *more[command]]


def launch(line: list[str], url: str) -> "subprocess.Popen[str]":
    environment = os.environ | {"FREEHOLD_DATABASE_URL": url}
    return subprocess.Popen(
        [sys.executable, "-c", *line],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


async def until_waiting(url: str) -> None:
    """Until a concurrent build or drop is in its middle."""
    waiting = (
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ $1"
    )
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not await fetch(url, waiting, BUILD):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def until_quiet(url: str) -> None:
    """Until the server has noticed that a killed runner and its programs are gone."""
    others = "SELECT FROM pg_stat_activity WHERE datname LIKE $1 AND pid <> pg_backend_pid()"
    deadline = time.monotonic() + DEADLINE_SECONDS
    while await fetch(url, others, f"{urlsplit(url).path[1:]}%"):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def crash(site: Site, url: str, command: str, at: int, kill: Callable[[int], None], *, amid: bool) -> str:
    """Run a command and kill something at a changing statement; the statement, or empty if it ended before."""
    hit: list[str] = []

    @asynccontextmanager
    async def around(sql: str, database: str) -> AsyncIterator[None]:
        hit.append(sql)
        if not amid:
            kill(process.pid)
        long = amid and BUILD in sql and urlsplit(url).path[1:] == database
        held = await asyncpg.connect(url) if long else None
        if held:  # an old snapshot and a lock: a concurrent build or drop stays in its middle while they are there
            await held.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM items LIMIT 1")
        try:
            yield
            if held:
                await until_waiting(url)
            if amid:
                kill(process.pid)
        finally:
            if held:
                held.terminate()

    with KillingProxy(url, at=at, around=around) as proxy:
        process = launch(arguments(site, command), proxy.url)
        output, _ = process.communicate(timeout=DEADLINE_SECONDS)
    assert "Traceback" not in output, output
    assert hit or process.returncode == 0, output
    return "".join(hit)


def complete(site: Site, url: str, command: str) -> None:
    again = launch(arguments(site, command), url)
    output, _ = again.communicate(timeout=DEADLINE_SECONDS)
    assert again.returncode == 0, output


async def check_status(site: Site, url: str) -> None:
    """What `status` says is so."""
    status = await runner.status(url, sets=[MigrationSet.from_folder(site.folder)], closely=True)
    states = {row.version: row.state for row in status.applied}
    for version, effect in EFFECTS.items():
        state = states.get(version)
        if state == "done":
            assert await fetch(url, effect) == [(True,)], version
        elif state is None and version in LEFT:
            assert await fetch(url, LEFT[version]) == [(False,)], version
        elif state is None:
            assert await fetch(url, "SELECT count(*) FROM items WHERE n <> 0") == [(0,)]
    unfinished = {version for version, state in states.items() if state != "done"}
    assert {trouble.version for trouble in status.troubles if trouble.kind == "unfinished"} == unfinished
    assert {trouble.kind for trouble in status.troubles} <= {"unfinished"}
    assert await fetch(url, "SELECT count(*), count(DISTINCT id) FROM items") == [(ROWS, ROWS)]


async def check_completed(site: Site, url: str, command: str) -> None:
    status = await runner.status(url, sets=[MigrationSet.from_folder(site.folder)], closely=True)
    assert status.drift == []
    assert status.troubles == []
    there = command == "apply"
    if command == "rehearse":
        assert status.evidence is not None
    assert {row.version for row in status.applied} == ({"0001", *EFFECTS} if there else {"0001"})
    for effect in LEFT.values():
        assert await fetch(url, effect) == [(there,)]
    assert await fetch(url, INDEX) == [(there,)]
    assert await fetch(url, "SELECT n, count(*) FROM items GROUP BY n") == [(int(there), ROWS)]


async def databases(url: str) -> set[str]:
    """The database and what was made beside it, by the name's end."""
    name = urlsplit(url).path[1:]
    found = await fetch(
        with_database(url, "postgres"), "SELECT datname FROM pg_database WHERE datname LIKE $1", f"{name}%"
    )
    return {str(each).removeprefix(name) for (each,) in found}


async def check_restoring(url: str) -> None:
    """The database is there at every moment, and the rows of both are somewhere."""
    beside = await databases(url)
    (before,) = await fetch(url, "SELECT DISTINCT n FROM items")
    kept = [name for name in beside if name.startswith("_before_")]
    assert "" in beside
    assert before == ((0,) if kept else (7,))


async def check_restored(url: str) -> None:
    assert await fetch(url, "SELECT n, count(*) FROM items GROUP BY n") == [(0, ROWS)]
    beside = await databases(url)
    kept = [name for name in beside if name]
    assert all(name.startswith("_before_") for name in kept), kept
    name = urlsplit(url).path
    rows = [await fetch(with_database(url, name[1:] + end), "SELECT DISTINCT n FROM items") for end in beside]
    assert [(7,)] in rows


class Ground(NamedTuple):
    """Where one command is tried: fresh databases, and who dies."""

    site: Site
    fresh: Callable[[], str]
    kill: Callable[[int], None]
    revive: Callable[[], object]


def try_points(ground: Ground, command: str, points: Iterator[int], *, amid: bool) -> list[str]:
    """Crash at each of the points until the command ends before; the statements where it was killed."""
    hit: list[str] = []
    for at in points:
        url = ground.fresh()
        statement = crash(ground.site, url, command, at, ground.kill, amid=amid)
        if not statement:
            break
        hit.append(statement)
        ground.revive()
        asyncio.run(until_quiet(url))
        if command == "restore":
            asyncio.run(check_restoring(url))
            complete(ground.site, url, command)
            asyncio.run(check_restored(url))
        else:
            asyncio.run(check_status(ground.site, url))
            complete(ground.site, url, command)
            asyncio.run(check_completed(ground.site, url, command))
            assert asyncio.run(databases(url)) == {""}
        asyncio.run(drop_all(url))
    return hit


@pytest.fixture
def ground(
    request: pytest.FixtureRequest, make_database: Callable[..., str], folder: Path, tmp_path: Path
) -> Iterator[Ground]:
    """Kill the runner, on the common server; parametrized with the command."""
    site = Site(make_database(), folder, tmp_path / "backups")
    asyncio.run(prepare(site, request.param))
    template = urlsplit(site.url).path[1:]
    made: list[str] = []

    def fresh() -> str:
        made.append(make_database(template))
        return made[-1]

    yield Ground(site, fresh, lambda pid: os.killpg(pid, signal.SIGKILL), lambda: None)
    for url in made:
        asyncio.run(drop_all(url))


@pytest.fixture
def mortal_ground(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Iterator[Ground]:
    """Kill the server, one of this test's own; durable, or its last commits would rightly be lost."""
    with tempfile.TemporaryDirectory(dir=_memory()) as place, EmbeddedServer.start(Path(place, "data")) as server:
        numbers = count()

        def fresh(template: str = "start") -> str:
            name = f"shop{next(numbers)}"
            # The other strategy copies sequences with the values that their log has in advance, but not that log:
            # after a crash they would hand out the same numbers again.
            asyncio.run(run_sql(server.url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
            return with_database(server.url, name)

        asyncio.run(run_sql(server.url, "CREATE DATABASE start"))
        site = Site(with_database(server.url, "start"), folder, tmp_path / "backups")
        asyncio.run(prepare(site, request.param))
        yield Ground(site, fresh, lambda _: kill_server(server.data_dir), server.revive)


async def drop_all(url: str) -> None:
    """Drop a database and what a restore made beside it."""
    name = urlsplit(url).path[1:]
    every = [f'DROP DATABASE "{name}{end}" WITH (FORCE)' for end in await databases(url)]
    await run_sql(with_database(url, "postgres"), *every)


@pytest.mark.long
@pytest.mark.parametrize("ground", ["apply"], indirect=True)
def test_runner_killed_is_no_loss_and_the_same_command_completes(ground: Ground) -> None:
    hit = try_points(ground, "apply", iter(range(4, 40, 8)), amid=True)
    assert len(hit) > 2


STRIDE = {"rehearse": 4}
"""A rehearsal changes its copy a hundred times and production twice: a choice of its statements will do."""
AMID = pytest.mark.parametrize("amid", [False, True], ids=["before", "amid"])


@pytest.mark.long
@AMID
@pytest.mark.parametrize(
    ("ground", "command"), [(each, each) for each in ("apply", "down", "restore", "rehearse")], indirect=["ground"]
)
def test_runner_killed_at_every_statement(ground: Ground, command: str, *, amid: bool) -> None:
    hit = try_points(ground, command, count(1, STRIDE.get(command, 1)), amid=amid)
    assert len(hit) > 10


@pytest.mark.long
@AMID
@pytest.mark.parametrize(
    ("mortal_ground", "command"),
    [(each, each) for each in ("apply", "down", "restore", "rehearse")],
    indirect=["mortal_ground"],
)
def test_server_killed_at_every_statement(mortal_ground: Ground, command: str, *, amid: bool) -> None:
    hit = try_points(mortal_ground, command, count(1, STRIDE.get(command, 1)), amid=amid)
    assert len(hit) > 10
