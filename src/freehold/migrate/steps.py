"""One migration, one way: its statements, its journal row, its retries; the same on staging and in production."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal, NamedTuple

import asyncpg

from freehold.migrate import backfill, concurrently, journal
from freehold.migrate.boundary import Boundary
from freehold.migrate.database import LOST, Connection
from freehold.migrate.errors import BeyondError, BusyError, ConnectError, StepError
from freehold.migrate.migration import Migration, Section
from freehold.migrate.patience import UNHURRIED, Patience, retry, set_limits
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.splitter import Statement

Direction = Literal["up", "down"]
Watch = Callable[[Connection, Statement], Awaitable[None]]
"""Called after every statement, still inside its transaction."""


class Bench(NamedTuple):
    """What a step works with.

    Attributes:
        connection: on which it runs.
        watcher: another connection to the same server, which sees who blocks; None on a staging copy.
        patience: how long it may wait, how often it is tried.
        progress: hears of it.
        watch: sees every statement of a transaction.
        boundary: of the copy that it runs on; None in production.
    """

    connection: Connection
    watcher: Connection | None = None
    patience: Patience = UNHURRIED
    progress: Progress = Silent()
    watch: Watch | None = None
    boundary: Boundary | None = None


async def perform(bench: Bench, migration: Migration, direction: Direction) -> float:
    """Run one way of a migration and journal it.

    Returns:
        The seconds that its statements took, waiting and repetitions included.

    Raises:
        StepError: a statement failed; what had been done of this migration is rolled back, or journalled as unfinished.
        BusyError: locks were not to be had.
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
            await _journal_end(bench.connection, migration, direction, began)
        # A SET in one migration must not reach into the next.
        await bench.connection.execute("DISCARD ALL")
    except BeyondError as error:
        line = await bench.boundary.line(bench.connection, section) if bench.boundary else section.line
        raise BeyondError(f"{migration.path}:{line}: {error}\n{migration.label} was rolled back") from None
    except BusyError as error:
        raise BusyError(f"{migration.label}: {error}") from None
    except LOST as error:
        raise ConnectError(
            f"{migration.label}: the connection was lost ({error}). Run the same command again: "
            "the journal knows how far it came"
        ) from None
    return time.monotonic() - began


async def _retry(bench: Bench, work: Callable[[], Awaitable[None]]) -> None:
    await retry(
        work,
        connection=bench.connection,
        watcher=bench.watcher,
        patience=bench.patience,
        progress=bench.progress,
    )


async def _in_transaction(
    bench: Bench, migration: Migration, section: Section, direction: Direction, began: float
) -> None:
    async with _transaction(bench.connection, migration):
        for statement in section.statements:
            quick = _blocks_others(statement)
            limit = bench.patience.statement_seconds if quick else 0
            await set_limits(bench.connection, lock_seconds=bench.patience.lock_seconds, statement_seconds=limit)
            async with blaming(migration, section, statement):
                await bench.connection.execute(statement.sql)
            if bench.watch:
                await bench.watch(bench.connection, statement)
        if bench.boundary:
            async with blaming(migration, section, section.statements[-1]):
                await bench.boundary.check(bench.connection)
        await _journal_end(bench.connection, migration, direction, began)


async def _outside_transaction(bench: Bench, migration: Migration, section: Section) -> None:
    statement = section.statements[0]
    limits = bench.patience
    if section.backfill:
        await set_limits(bench.connection, lock_seconds=limits.lock_seconds, statement_seconds=0)
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
        await set_limits(bench.connection, lock_seconds=limits.concurrently_seconds, statement_seconds=0)
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
async def _transaction(connection: Connection, migration: Migration) -> AsyncIterator[None]:
    """A transaction in which a deferred constraint that fails at the commit is the migration's fault, too."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    except BaseException:
        if not connection.is_closed():
            await transaction.rollback()
        raise
    try:
        await transaction.commit()
    except asyncpg.IntegrityConstraintViolationError as error:
        raise StepError(f"{migration.path}: at the commit: {error}\n{migration.label} was rolled back") from None


@asynccontextmanager
async def blaming(migration: Migration, section: Section, statement: Statement) -> AsyncIterator[None]:
    """Turn PostgreSQL's complaint into a `StepError` with file and line; what is worth a retry passes through."""
    try:
        yield
    except (
        asyncpg.LockNotAvailableError,
        asyncpg.DeadlockDetectedError,
        asyncpg.QueryCanceledError,
        asyncpg.PostgresConnectionError,
        asyncpg.OperatorInterventionError,
    ):
        raise
    except asyncpg.PostgresError as error:
        raise StepError(_blame(migration, section, statement, error)) from None


def _blame(migration: Migration, section: Section, statement: Statement, error: asyncpg.PostgresError) -> str:
    position = int(getattr(error, "position", None) or 1)
    line = statement.line + statement.sql.count("\n", 0, position - 1)
    parts = [f"{migration.path}:{line}: {error.args[0] if error.args else error}"]
    parts += [f"{name}: {text}" for name in ("detail", "hint") if (text := getattr(error, name, None))]
    parts.append(
        f"{migration.label} was rolled back; migrations before it stay as they are"
        if section.transaction and section.backfill is None
        else f"{migration.label} runs outside a transaction and is journalled as not ended: "
        "remove the cause, then run the same command again"
    )
    return "\n".join(parts)


def _blocks_others(statement: Statement) -> bool:
    """Whether a statement may hold up readers or writers of a whole table while it runs."""
    if statement.words[0].is_word("UPDATE", "INSERT", "DELETE", "SELECT", "WITH", "MERGE", "VALUES"):
        return False
    return not any(word.is_word("VALIDATE") for word in statement.words)
