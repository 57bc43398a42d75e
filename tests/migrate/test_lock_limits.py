"""Limits follow the locks that a step holds, and a limit that a file sets itself is the one that counts."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from freehold.migrate import gate, runner
from freehold.migrate.errors import BusyError, StepError
from freehold.migrate.files import MigrationSet
from freehold.migrate.patience import Patience
from freehold.migrate.rehearse import rehearse
from freehold.migrate.reverse import Prospect, down

Writer = Callable[..., Path]
Query = Callable[..., list[tuple[object, ...]]]
Execute = Callable[[str], None]

STRICT = Patience(lock_seconds=0.2, statement_seconds=0.1, concurrently_seconds=5, tries=2, pause_seconds=0.05)


class Listener:
    """Counts tries, and acts once when a line of progress has some words."""

    def __init__(self, words: str = "\0", act: Callable[[], object] = lambda: None) -> None:
        self.tries = 1
        self._words, self._act = words, act

    def step(self, text: str) -> None:
        self.tries += "trying again" in text
        if self._words in text:
            self._words = "\0"
            self._act()

    def advance(self, done: int, total: int) -> None:
        pass


@pytest.fixture(autouse=True)
def items(execute: Execute) -> None:
    execute(
        "CREATE TABLE items (id int PRIMARY KEY, n int); INSERT INTO items SELECT n, 0 FROM generate_series(1, 9) n"
    )
    execute(
        "CREATE TABLE parents (id int PRIMARY KEY); CREATE SEQUENCE numbers; CREATE VIEW few AS SELECT id FROM items"
    )


def sets(path: Path) -> list[MigrationSet]:
    return [MigrationSet.from_folder(path.parent)]


async def apply(url: str, path: Path, progress: Listener | None = None, patience: Patience = STRICT) -> gate.Outcome:
    return await gate.apply_proved(url, sets=sets(path), unsafe="a test", patience=patience, progress=progress)


BLOCKS_NOBODY = {
    "reads": "SELECT count(*) FROM items;",
    "writes": "UPDATE items SET n = 1 WHERE id = 1; INSERT INTO items VALUES (10, 0); DELETE FROM items WHERE id = 10;",
    "row_locks": "SELECT 1 FROM items FOR UPDATE;",
    "new_table": "CREATE TABLE more (id int); ALTER TABLE more ADD n int; CREATE INDEX ON more (id); LOCK TABLE more;",
    "copies": "CREATE TABLE copies AS SELECT i.* FROM items i;",
    "materialized": "CREATE MATERIALIZED VIEW all_items AS SELECT i.* FROM items i;",
    "own_view": "CREATE VIEW v AS SELECT 1; CREATE OR REPLACE VIEW v AS SELECT 1;",
    "validates": "ALTER TABLE items VALIDATE CONSTRAINT c;",
    "analyzes": "ANALYZE items;",
    "comments": "COMMENT ON TABLE items IS 'x';",
    "temporary": "CREATE TEMP TABLE t (id int); LOCK TABLE t;",
    "functions": "CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1;",
    "in_a_block": "DO $$ BEGIN PERFORM pg_sleep(0.2); END $$;",
}

BLOCKS = {
    "alters": ("ALTER TABLE items ADD a int;", "AccessExclusiveLock on items"),
    "alters_in_a_block": ("DO $$ BEGIN ALTER TABLE items ADD a int; END $$;", "AccessExclusiveLock on items"),
    "indexes": ("CREATE INDEX i ON items (n);", "ShareLock on items"),
    "triggers": (
        "CREATE TRIGGER t BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();",
        "ShareRowExclusiveLock on items",
    ),
    "refers": ("CREATE TABLE kids (id int REFERENCES parents);", "ShareRowExclusiveLock on parents"),
    "locks": ("LOCK TABLE items IN EXCLUSIVE MODE;", "ExclusiveLock on items"),
    "replaces_a_view": ("CREATE OR REPLACE VIEW few AS SELECT id FROM items;", "AccessExclusiveLock on few"),
    "alters_a_sequence": ("ALTER SEQUENCE numbers INCREMENT 2;", "ShareRowExclusiveLock on numbers"),
    "truncates": ("TRUNCATE items;", "AccessExclusiveLock on items"),
    "drops": ("DROP TABLE items CASCADE;", "AccessExclusiveLock on "),
}


def test_statement_that_blocks_nobody_takes_as_long_as_it_takes(
    database_url: str, write: Writer, execute: Execute
) -> None:
    execute("ALTER TABLE items ADD CONSTRAINT c CHECK (n > -1) NOT VALID")
    statements = "\n".join(BLOCKS_NOBODY.values())
    path = write("0001_slow", f"{statements}\nSELECT pg_sleep(0.3);", "SELECT 1;")
    assert len(asyncio.run(apply(database_url, path)).applied) == 1


@pytest.mark.parametrize("kind", BLOCKS)
def test_lock_that_holds_up_others_is_held_no_longer_than_allowed(
    database_url: str, write: Writer, kind: str, query: Query
) -> None:
    statement, lock = BLOCKS[kind]
    path = write("0001_slow", f"{statement}\nSELECT 1;\nSELECT pg_sleep(60);", "SELECT 1;")
    listener = Listener()
    with pytest.raises(BusyError, match=rf"{path}:4: stopped: it held {lock}(?s:.*)are allowed"):
        asyncio.run(apply(database_url, path, listener))
    assert listener.tries == 1
    assert query("SELECT count(*) FROM items") == [(9,)]
    assert asyncio.run(runner.status(database_url, sets=sets(path))).applied == []


def test_lock_held_by_a_statement_outside_a_transaction_is_watched_too(database_url: str, write: Writer) -> None:
    vacuum = "VACUUM FULL items;"
    path = write("0001_vacuum", vacuum, vacuum, "transaction=off")

    async def act() -> None:
        async with _holding(database_url, "LOCK TABLE pg_statistic IN EXCLUSIVE MODE"):
            with pytest.raises(BusyError, match=rf"{path}:3: stopped: it held AccessExclusiveLock on items"):
                await apply(database_url, path)

    asyncio.run(act())


class _holding:  # noqa: N801 - a context manager that reads as a function
    """Another session in a transaction that has run some statement."""

    def __init__(self, url: str, statement: str) -> None:
        self._url, self._statement = url, statement

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await asyncpg.connect(self._url)
        await self._connection.execute(f"BEGIN; {self._statement}")
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()


def test_evidence_of_a_longer_lock_allows_three_times_as_much(
    database_url: str, write: Writer, tmp_path: Path, query: Query
) -> None:
    slow = "SELECT pg_sleep(0.4);"
    path = write("0001_slow", f"ALTER TABLE items ADD a int;\n{slow}", f"ALTER TABLE items DROP a;\n{slow}")
    with pytest.raises(BusyError, match=r"0\.1 s are allowed"):
        asyncio.run(apply(database_url, path))
    backups = tmp_path / "backups"
    assert asyncio.run(rehearse(database_url, sets=sets(path), backups=backups)).passed
    assert len(asyncio.run(gate.apply_proved(database_url, sets=sets(path), patience=STRICT)).applied) == 1

    async def yes(_: Prospect) -> bool:
        return True

    asyncio.run(down(database_url, sets=sets(path), to="0", backups=backups, confirm=yes, patience=STRICT))
    assert query("SELECT count(*) FROM freehold_migrate.applied") == [(0,)]


def test_statement_timeout_of_the_file_ends_its_statement_once(database_url: str, write: Writer) -> None:
    path = write("0001_slow", "SET LOCAL statement_timeout = '50ms';\nSELECT pg_sleep(60);", "SELECT 1;")
    listener = Listener()
    with pytest.raises(StepError, match=rf"{path}:3: canceling statement due to statement timeout"):
        asyncio.run(apply(database_url, path, listener))
    assert listener.tries == 1


@pytest.mark.parametrize("words", ["SET LOCAL lock_timeout = 0;", "SET lock_timeout = '1h';"])
def test_lock_timeout_of_the_file_counts_instead_of_ours(database_url: str, write: Writer, words: str) -> None:
    path = write("0001_a", f"{words}\nALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;")

    async def act() -> None:
        async with _holding(database_url, "LOCK TABLE items IN ACCESS SHARE MODE") as holder:
            released: list[asyncio.Task[str]] = []
            listener = Listener("Waiting for", lambda: released.append(asyncio.ensure_future(holder.execute("COMMIT"))))
            await apply(database_url, path, listener, STRICT._replace(lock_seconds=0.01, tries=1))
            assert released

    asyncio.run(act())


def test_step_that_somebody_cancels_is_not_tried_again(database_url: str, write: Writer) -> None:
    path = write("0001_slow", "SELECT pg_sleep(60);", "SELECT 1;")
    listener = Listener()

    async def cancel() -> None:
        other = await asyncpg.connect(database_url)
        try:
            while not await other.fetchval(  # noqa: ASYNC110 - there is nothing but the view that tells
                "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity "
                "WHERE query = 'SELECT pg_sleep(60)' AND state = 'active' AND datname = current_database()"
            ):
                await asyncio.sleep(0.01)
        finally:
            await other.close()

    async def act() -> None:
        cancelling = asyncio.create_task(cancel())
        with pytest.raises(StepError, match=rf"{path}:2: canceling statement due to user request"):
            await apply(database_url, path, listener)
        await cancelling

    asyncio.run(act())
    assert listener.tries == 1


def test_lost_race_of_an_isolated_transaction_is_tried_again(database_url: str, write: Writer, query: Query) -> None:
    up = (
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nSET LOCAL lock_timeout = 0;\n"
        "PREPARE p AS SELECT 1;\nSELECT count(*) FROM items;\nUPDATE items SET n = n + 1 WHERE id = 1;"
    )
    path = write("0001_count", up, "SELECT 1;")
    listener = Listener()

    async def act() -> None:
        async with _holding(database_url, "UPDATE items SET n = n + 10 WHERE id = 1") as holder:
            released: list[asyncio.Task[str]] = []
            listener._words = "Waiting for"
            listener._act = lambda: released.append(asyncio.ensure_future(holder.execute("COMMIT")))
            await apply(database_url, path, listener)

    asyncio.run(act())
    assert listener.tries == 2
    assert query("SELECT n FROM items WHERE id = 1") == [(11,)]
