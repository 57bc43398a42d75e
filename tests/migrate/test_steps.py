"""Steps against what happens in production: locks, old snapshots, interrupted builds, killed runners."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from freehold.migrate import gate, runner
from freehold.migrate.errors import BusyError, ConnectError, StepError
from freehold.migrate.files import MigrationSet
from freehold.migrate.patience import Patience

Writer = Callable[..., Path]
Query = Callable[..., list[tuple[object, ...]]]
Execute = Callable[[str], None]

HURRIED = Patience(lock_seconds=0.2, statement_seconds=5, concurrently_seconds=20, tries=2, pause_seconds=0.05)
DEADLINE_SECONDS = 30


class Listener:
    """Hears the progress and does something when a line says so."""

    def __init__(self, words: str, act: Callable[[], None]) -> None:
        self.lines: list[str] = []
        self._words, self._act = words, act

    def step(self, text: str) -> None:
        self.lines.append(text)
        if self._words in text:
            self._words = "\0"
            self._act()

    def advance(self, done: int, total: int) -> None:
        pass


@pytest.fixture
def folder(write: Writer, execute: Execute) -> Path:
    execute("CREATE TABLE items (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)")
    execute("INSERT INTO items SELECT generate_series(1, 100)")
    return write("0001_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;").parent


async def apply(url: str, folder: Path, progress: Listener | None = None, patience: Patience = HURRIED) -> gate.Outcome:
    sets = [MigrationSet.from_folder(folder)]
    return await gate.apply_proved(url, sets=sets, unsafe="a test", patience=patience, progress=progress)


def states(url: str, folder: Path) -> dict[str, str]:
    answer = asyncio.run(runner.status(url, sets=[MigrationSet.from_folder(folder)]))
    return {row.version: row.state for row in answer.applied}


def test_lock_held_for_long_is_not_waited_for_and_its_holder_is_named(database_url: str, folder: Path) -> None:
    async def act() -> None:
        holder = await asyncpg.connect(database_url)
        async with holder.transaction():
            await holder.execute("LOCK TABLE items /* report */ IN ACCESS SHARE MODE")
            pid = holder.get_server_pid()
            with pytest.raises(BusyError, match=rf"2 times.*process {pid} of .*LOCK TABLE items /\* report"):
                await apply(database_url, folder, patience=HURRIED._replace(lock_seconds=0.7))
        await holder.close()

    asyncio.run(act())
    assert states(database_url, folder) == {}


@pytest.mark.long
def test_lock_held_for_a_minute_stops_the_step_and_holds_up_others_for_seconds(database_url: str, folder: Path) -> None:
    waited: list[float] = []

    async def read_all_the_time() -> None:
        reader = await asyncpg.connect(database_url)
        try:
            while True:
                began = time.monotonic()
                await reader.fetchval("SELECT count(*) FROM items")
                waited.append(time.monotonic() - began)
                await asyncio.sleep(0.05)
        finally:
            reader.terminate()

    async def act() -> None:
        holder = await asyncpg.connect(database_url)
        async with holder.transaction():
            await holder.execute("LOCK TABLE items IN ACCESS SHARE MODE")
            reading = asyncio.create_task(read_all_the_time())
            with pytest.raises(BusyError, match=rf"10 times.*process {holder.get_server_pid()} of .*LOCK TABLE items"):
                await asyncio.wait_for(apply(database_url, folder, patience=Patience()), timeout=120)
            reading.cancel()
        await holder.close()

    began = time.monotonic()
    asyncio.run(act())
    assert time.monotonic() - began > 10 * Patience().lock_seconds
    assert Patience().lock_seconds / 2 < max(waited) < Patience().lock_seconds + 1
    assert states(database_url, folder) == {}
    asyncio.run(apply(database_url, folder))
    assert states(database_url, folder) == {"0001": "done"}


def test_step_is_tried_again_until_the_lock_is_free(database_url: str, folder: Path) -> None:
    async def act() -> None:
        holder = await asyncpg.connect(database_url)
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("LOCK TABLE items")
        released: list[asyncio.Task[None]] = []
        listener = Listener("trying again", lambda: released.append(asyncio.ensure_future(transaction.rollback())))
        patient = HURRIED._replace(tries=20)
        assert len((await apply(database_url, folder, listener, patient)).applied) == 1
        assert "Waited too long, trying again (2 of 20)" in listener.lines
        await holder.close()

    asyncio.run(act())


def test_lost_connection_is_told_with_what_to_do_and_keeps_nothing_of_the_step(
    database_url: str, folder: Path, write: Writer
) -> None:
    write("0002_end", "ALTER TABLE items ADD b int; SELECT pg_terminate_backend(pg_backend_pid());", "SELECT 1;")
    with pytest.raises(ConnectError, match=r"0002_end: the connection was lost .* Run the same command again"):
        asyncio.run(apply(database_url, folder))
    assert states(database_url, folder) == {"0001": "done"}
    write("0002_end", "ALTER TABLE items ADD b int;", "ALTER TABLE items DROP b;")
    asyncio.run(apply(database_url, folder))
    assert states(database_url, folder) == {"0001": "done", "0002": "done"}


INDEX = "CREATE UNIQUE INDEX CONCURRENTLY items_n_key ON items (n);"
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('items_n_key')"


@pytest.fixture
def indexing(write: Writer, execute: Execute) -> Path:
    execute("CREATE TABLE items (id int PRIMARY KEY, n int NOT NULL)")
    execute("INSERT INTO items SELECT n, n FROM generate_series(1, 100) n")
    return write("0001_index", INDEX, "DROP INDEX CONCURRENTLY items_n_key;", "transaction=off").parent


def test_concurrent_index_waits_for_an_old_snapshot_and_names_it(
    database_url: str, indexing: Path, query: Query
) -> None:
    async def act() -> None:
        old = await asyncpg.connect(database_url)
        transaction = old.transaction(isolation="repeatable_read")
        await transaction.start()
        await old.fetch("SELECT count(*) FROM items")
        released: list[asyncio.Task[None]] = []
        listener = Listener("Waiting for", lambda: released.append(asyncio.ensure_future(transaction.rollback())))
        await apply(database_url, indexing, listener)
        assert any(f"Waiting for process {old.get_server_pid()}" in line for line in listener.lines)
        await old.close()

    asyncio.run(act())
    assert query(VALID) == [(True,)]


def test_invalid_index_left_behind_is_built_anew(
    database_url: str, indexing: Path, execute: Execute, query: Query
) -> None:
    execute("CREATE UNIQUE INDEX items_n_key ON items (n)")
    execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'items_n_key'::regclass")
    asyncio.run(apply(database_url, indexing))
    assert query(VALID) == [(True,)]


def test_failed_index_leaves_no_invalid_one_and_is_finished_by_the_next_apply(
    database_url: str, indexing: Path, execute: Execute, query: Query
) -> None:
    execute("INSERT INTO items VALUES (101, 1)")
    with pytest.raises(StepError, match=r"0001_index.sql:3: could not create unique index(?s:.)*not ended"):
        asyncio.run(apply(database_url, indexing))
    assert query(VALID) == []
    assert states(database_url, indexing) == {"0001": "applying"}
    execute("DELETE FROM items WHERE id = 101")
    asyncio.run(apply(database_url, indexing))
    assert query(VALID) == [(True,)]
    assert states(database_url, indexing) == {"0001": "done"}


def test_index_that_is_there_already_is_kept_if_it_is_the_same(
    database_url: str, indexing: Path, execute: Execute, query: Query
) -> None:
    execute("CREATE UNIQUE INDEX items_n_key ON items (n)")
    before = query("SELECT 'items_n_key'::regclass::oid")
    asyncio.run(apply(database_url, indexing))
    assert query("SELECT 'items_n_key'::regclass::oid") == before


def test_index_of_the_same_name_that_is_another_one_is_refused(
    database_url: str, indexing: Path, execute: Execute
) -> None:
    execute("CREATE INDEX items_n_key ON items (n)")
    with pytest.raises(StepError, match="it is another one: CREATE INDEX items_n_key"):
        asyncio.run(apply(database_url, indexing))


def test_drop_of_an_index_that_is_gone_is_done(
    database_url: str, indexing: Path, execute: Execute, query: Query
) -> None:
    asyncio.run(apply(database_url, indexing))
    execute("DROP INDEX items_n_key")
    asyncio.run(runner.down(database_url, sets=[MigrationSet.from_folder(indexing)], to="0"))
    assert query(VALID) == []
    assert states(database_url, indexing) == {}


@pytest.fixture
def filling(write: Writer, execute: Execute) -> Path:
    execute("CREATE TABLE items (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0)")
    execute("INSERT INTO items (id) SELECT 3 * n FROM generate_series(1, 2050) n")
    return write(
        "0001_fill",
        "-- migrate: backfill: items.id batch=100 pause=0.02\nUPDATE items SET n = n + 1 WHERE id BETWEEN $1 AND $2;",
        "-- migrate: backfill: items.id batch=1000\nUPDATE items SET n = n - 1 WHERE id BETWEEN $1 AND $2;",
    ).parent


def test_backfill_changes_every_row_once_and_back(database_url: str, filling: Path, query: Query) -> None:
    asyncio.run(apply(database_url, filling))
    assert query("SELECT n, count(*) FROM items GROUP BY n") == [(1, 2050)]
    asyncio.run(runner.down(database_url, sets=[MigrationSet.from_folder(filling)], to="0"))
    assert query("SELECT n, count(*) FROM items GROUP BY n") == [(0, 2050)]


def test_failing_batch_keeps_the_ones_before(database_url: str, filling: Path, execute: Execute, query: Query) -> None:
    execute("ALTER TABLE items ADD CONSTRAINT c CHECK (id <> 3150 OR n = 0)")
    with pytest.raises(StepError, match="violates check constraint"):
        asyncio.run(apply(database_url, filling))
    assert query("SELECT count(*) FROM items WHERE n = 1") == [(1000,)]
    execute("ALTER TABLE items DROP CONSTRAINT c")
    asyncio.run(apply(database_url, filling))
    assert query("SELECT n, count(*) FROM items GROUP BY n") == [(1, 2050)]


@pytest.fixture
def start(database_url: str) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Run a migrate command as a program of its own, on the test's database."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(command: str, folder: Path, *more: str) -> "subprocess.Popen[bytes]":
        program = [sys.executable, "-c", "from freehold.migrate.commands import migrate; migrate()", command]
        options = ["--no-builtin", "--dir", str(folder), *more]
        environment = os.environ | {"FREEHOLD_DATABASE_URL": database_url}
        started.append(subprocess.Popen([*program, *options], env=environment, stdout=subprocess.DEVNULL))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


Start = Callable[..., "subprocess.Popen[bytes]"]


def test_runner_killed_in_a_backfill_goes_on_where_it_was(
    database_url: str, filling: Path, start: Start, query: Query
) -> None:
    killed = start("apply", filling, "--unsafe", "a test")
    until(lambda: query("SELECT count(*) FROM items WHERE n = 1") > [(300,)])
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    until(
        lambda: (
            query(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'freehold migrate' "
                "AND datname = current_database()"
            )
            == [(0,)]
        )
    )
    assert query("SELECT count(*) FROM items WHERE n = 1") < [(2050,)]
    assert states(database_url, filling) == {"0001": "applying"}
    assert start("apply", filling, "--unsafe", "a test").wait() == 0
    assert query("SELECT n, count(*) FROM items GROUP BY n") == [(1, 2050)]
    assert states(database_url, filling) == {"0001": "done"}


def test_runner_killed_in_a_transaction_leaves_nothing_of_it(
    database_url: str, write: Writer, folder: Path, start: Start, query: Query
) -> None:
    write("0002_slow", "ALTER TABLE items ADD b int; SELECT pg_sleep(60);", "ALTER TABLE items DROP b;")
    killed = start("apply", folder, "--unsafe", "a test")
    sleeping = "SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND datname = current_database()"
    until(lambda: query(sleeping) != [])
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' "
        "AND datname = current_database()"
    )  # else the server notices the loss only when the sleep ends
    until(lambda: query(sleeping) == [])
    assert states(database_url, folder) == {"0001": "done"}
    write("0002_slow", "ALTER TABLE items ADD b int;", "ALTER TABLE items DROP b;")
    assert start("apply", folder, "--unsafe", "a test").wait() == 0
    assert states(database_url, folder) == {"0001": "done", "0002": "done"}


def test_runner_killed_in_a_concurrent_index_is_finished_by_the_next(
    database_url: str, indexing: Path, start: Start, query: Query
) -> None:
    async def act() -> None:
        old, eye = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
        async with old.transaction(isolation="repeatable_read"):
            await old.fetch("SELECT count(*) FROM items")  # the build cannot end while this snapshot is open
            killed = start("apply", indexing, "--unsafe", "a test")
            deadline = time.monotonic() + DEADLINE_SECONDS
            while not await eye.fetchval(
                "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%' "
                "AND datname = current_database()"
            ):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.01)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
            await eye.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index WHERE datname = current_database()"
            )
        await old.close()
        await eye.close()

    asyncio.run(act())
    until(lambda: query("SELECT count(*) FROM pg_stat_progress_create_index") == [(0,)])
    assert query(VALID) == [(False,)]
    assert states(database_url, indexing) == {"0001": "applying"}
    assert start("apply", indexing, "--unsafe", "a test").wait() == 0
    assert query(VALID) == [(True,)]
