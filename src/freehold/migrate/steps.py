"""One migration, one way: its statements, its journal row, its retries; the same on staging and in production."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import takewhile
from typing import Literal, NamedTuple

from freehold.migrate import backfill, concurrently, journal
from freehold.migrate.blame import at_commit, blaming
from freehold.migrate.boundary import Boundary
from freehold.migrate.citus import placing
from freehold.migrate.database import LOST, Connection
from freehold.migrate.errors import BeyondError, BusyError, ConnectError, StepError
from freehold.migrate.lexer import Kind
from freehold.migrate.migration import Migration, Section
from freehold.migrate.patience import UNHURRIED, Patience, retry, set_limits
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.splitter import Statement

Direction = Literal["up", "down"]
Watch = Callable[[Connection], Awaitable[None]]
"""Called now and then between statements and after the last one, still inside their transaction."""

_WATCH_SECONDS = 0.1
_KIND = ("TRANSACTION", "TRANSACTION_ISOLATION", "TRANSACTION_READ_ONLY", "TRANSACTION_DEFERRABLE")

OWN_AGAIN = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL"
"""Makes a session, also inside a transaction, that of the role that connected, whatever a file has set."""


class Bench(NamedTuple):
    """What a step works with.

    Attributes:
        connection: on which it runs.
        watcher: another connection to the same server, which sees who blocks; None on a staging copy.
        patience: how long it may wait, how often it is tried.
        progress: hears of it.
        watch: sees what the statements of a transaction have done.
        foretold: for how many seconds a rehearsal held a lock that holds up others.
        boundary: of the copy that it runs on; None in production.
    """

    connection: Connection
    watcher: Connection | None = None
    patience: Patience = UNHURRIED
    progress: Progress = Silent()
    watch: Watch | None = None
    foretold: float = 0.0
    boundary: Boundary | None = None


async def perform(bench: Bench, migration: Migration, direction: Direction) -> float:
    """Run one way of a migration and journal it.

    Returns:
        The seconds that its statements took, waiting and repetitions included.

    Raises:
        StepError: a statement failed; what had been done of this migration is rolled back, or journalled as unfinished.
        BusyError: locks were not to be had, or were held for too long.
        ConnectError: the connection was lost.
    """
    began = time.monotonic()
    section = migration.up if direction == "up" else migration.down
    try:
        if section.transaction and section.backfill is None:
            await _retry(bench, lambda: _in_transaction(bench, migration, section, direction, began))
        else:
            await _journal_begin(bench.connection, migration, direction)
            await _outside_transaction(bench, migration, section)
            await clear_session(bench.connection)
            await _journal_end(bench.connection, migration, direction, began)
    except BeyondError as error:
        line = await bench.boundary.line(bench.connection, section) if bench.boundary else section.line
        raise BeyondError(f"{migration.path}:{line}: {error}\n{migration.label} was rolled back") from None
    except (BusyError, StepError) as error:
        if str(migration.path) in str(error):
            raise
        raise type(error)(f"{migration.label}: {error}") from None
    except LOST as error:
        raise ConnectError(
            f"{migration.label}: the connection was lost ({error}). Run the same command again: "
            "the journal knows how far it came"
        ) from None
    finally:
        with suppress(*LOST):
            await clear_session(bench.connection)
    return time.monotonic() - began


def transaction_kind(section: Section) -> list[Statement]:
    """The statements with which a section says what kind of transaction it wants: isolated how, only reading."""
    settings = takewhile(lambda statement: statement.verb == "SET", section.statements)
    return [each for each in settings if any(word.is_word(*_KIND) for word in each.words)]


async def clear_session(connection: Connection) -> None:
    """Leave nothing of a migration to what comes next: settings, role, temporary tables, prepared statements, locks."""
    await connection.execute("DISCARD ALL")


async def _retry(bench: Bench, work: Callable[[], Awaitable[None]]) -> None:
    await retry(
        work,
        connection=bench.connection,
        watcher=bench.watcher,
        patience=bench.patience,
        foretold=bench.foretold,
        progress=bench.progress,
    )


async def _in_transaction(
    bench: Bench, migration: Migration, section: Section, direction: Direction, began: float
) -> None:
    connection = bench.connection
    await clear_session(connection)  # an earlier try may have prepared statements, which no rollback takes away
    await set_limits(connection, lock_seconds=bench.patience.lock_seconds)
    spread = bool(section.distributes) and await placing.is_spread(connection)
    async with _transaction(connection, migration, section):
        if spread:
            await connection.execute(placing.SEQUENTIAL)
        await _run_statements(bench, migration, section)
        async with at_commit(migration, section):  # now, since later the settings and the role of the file are gone
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if bench.watch:
            await bench.watch(connection)
        await connection.execute(OWN_AGAIN)
        if spread:
            await _distribute(connection, migration, section)
        if bench.boundary:
            await _release(connection, section)
            await bench.boundary.check(connection)
        await set_limits(connection, lock_seconds=bench.patience.lock_seconds)
        reads_only = await connection.fetchval("SELECT current_setting('transaction_read_only') = 'on'")
        if not reads_only:
            await _journal_end(connection, migration, direction, began)
    if reads_only:  # it has changed nothing, so to run it twice would do no harm
        async with connection.transaction():
            await _journal_end(connection, migration, direction, began)


async def _distribute(connection: Connection, migration: Migration, section: Section) -> None:
    moved = await placing.missing(connection, section.distributes)
    if not moved:
        return
    told = await placing.comments(connection)
    keys = await placing.take_keys(connection, [each.table for each in moved])
    for each in moved:
        async with blaming(migration, section, Statement("", each.line, 0)):
            await placing.place(connection, [each])
    async with blaming(migration, section, Statement("", section.distributes[0].line, 0)):
        await placing.give_back_keys(connection, keys)
    await placing.put_back(connection, told)


async def _run_statements(bench: Bench, migration: Migration, section: Section) -> None:
    looked, may_look = time.monotonic(), False
    for statement in section.statements:
        async with blaming(migration, section, statement):
            await bench.connection.execute(statement.sql)
        # A query before SET TRANSACTION would make it fail.
        may_look = may_look or statement.verb not in ("SET", "RESET")
        if bench.watch and may_look and time.monotonic() - looked > _WATCH_SECONDS:
            await bench.watch(bench.connection)
            looked = time.monotonic()


async def _release(connection: Connection, section: Section) -> None:
    """Release the savepoints that a section leaves open, as its commit would: under one, no snapshot is exported."""
    left: list[str] = []
    for statement in section.statements:
        if statement.verb not in ("SAVEPOINT", "RELEASE", "ROLLBACK"):
            continue
        name = last.text.lower() if (last := statement.words[-1]).kind is Kind.WORD else last.text
        if statement.verb == "SAVEPOINT":
            left.append(name)
        elif name in left:  # ROLLBACK TO leaves the savepoint itself
            kept = len(left) - left[::-1].index(name)
            left = left[: kept - (statement.verb == "RELEASE")]
    for name in reversed(left):
        await connection.execute(f"RELEASE SAVEPOINT {name}")


async def _outside_transaction(bench: Bench, migration: Migration, section: Section) -> None:
    statement = section.statements[0]
    limits = bench.patience
    if section.backfill:
        await set_limits(bench.connection, lock_seconds=limits.lock_seconds)
        step = section.backfill

        async def batches() -> None:
            async with blaming(migration, section, statement):
                await backfill.run(
                    bench.connection, migration, step, statement, bench.progress, boundary=bench.boundary
                )

        await _retry(bench, batches)
        return
    index = concurrently.index_statement(statement)

    async def run() -> None:
        await set_limits(bench.connection, lock_seconds=limits.concurrently_seconds)
        if index is not None and not await concurrently.prepare(bench.connection, index):
            return
        async with blaming(migration, section, statement):
            await bench.connection.execute(statement.sql)

    try:
        await _retry(bench, run)
    except (BusyError, StepError):
        if index is not None and not bench.connection.is_closed():
            await concurrently.clear(bench.connection, index)
        raise


async def _journal_begin(connection: Connection, migration: Migration, direction: Direction) -> None:
    if direction == "up":
        await journal.add(connection, migration, "applying")
    else:
        await journal.reverting(connection, migration.key)


async def _journal_end(connection: Connection, migration: Migration, direction: Direction, began: float) -> None:
    if direction == "up":
        await journal.add(connection, migration, "done")
        await journal.finish(connection, migration.key, time.monotonic() - began)
    else:
        await journal.remove(connection, migration.key)


@asynccontextmanager
async def _transaction(connection: Connection, migration: Migration, section: Section) -> AsyncIterator[None]:
    """A transaction in which whatever fails at the commit is the migration's fault, too."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    except BaseException:
        if not connection.is_closed():
            await transaction.rollback()
        raise
    async with at_commit(migration, section):
        await transaction.commit()
