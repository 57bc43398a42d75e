"""What becomes of rows that users write between up and down: tried on the staging copy, and rolled back.

A value that down changed is not lost if another up brings it back: it was only written otherwise in between, as a
moment is that has a time zone here and none there.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg

from freehold.migrate.blame import at_commit, blaming
from freehold.migrate.concurrently import without_concurrently
from freehold.migrate.database import Connection
from freehold.migrate.digests import TEXT_SETTINGS
from freehold.migrate.errors import StepError
from freehold.migrate.invent import Written, write_rows
from freehold.migrate.loosened import Change
from freehold.migrate.losses import Loss, same, shown
from freehold.migrate.migration import Migration, Section
from freehold.migrate.reading import read_again
from freehold.migrate.splitter import Statement
from freehold.migrate.steps import OWN_AGAIN, clear_session, transaction_kind
from freehold.migrate.tables import settings


class Trial(NamedTuple):
    """How it went.

    Attributes:
        losses: rows and values that down does not bring back.
        failure: why down fails on what was written, in PostgreSQL's words; empty if it does not.
        untried: what could not be written, in words.
    """

    losses: list[Loss]
    failure: str
    untried: list[str]


class _Change(NamedTuple):
    """What became of a written row: of one column, or of the row if it is found no more."""

    row: int
    column: str
    now: str | None


async def try_down(
    connection: Connection,
    migration: Migration,
    changes: Sequence[Change],
    sequences: Sequence[tuple[str, int]],
    rows: Mapping[str, int],
) -> Trial:
    """Write rows, go down, see what is left of them.

    Args:
        connection: to the staging copy, outside a transaction.
        migration: its up was run last.
        changes: the tables that it changed.
        sequences: those that it widened, and how far they go now.
        rows: how many rows each table has.
    """
    async with rolled_back(connection, migration.down):
        async with settings(connection, TEXT_SETTINGS):
            written = await write_rows(connection, changes)
            for name, place in sequences:
                await connection.execute(f"ALTER SEQUENCE {name} RESTART WITH {place}")
        untried = [words for each in written for words in each.untried]
        try:
            await run_section(connection, migration, migration.down)
        except StepError as error:
            return Trial([], str(error), untried)
        found = [(each, await _look(connection, each, each.change.was, rows)) for each in written]
        if any(changed or missing for _, (changed, missing) in found):
            found = await _look_after_another_up(connection, migration, found, rows)
        return Trial([loss for each, seen in found for loss in _losses(each, *seen)], "", untried)


async def run_section(connection: Connection, migration: Migration, section: Section) -> None:
    """Run one way of a migration inside a transaction, in which its kind has been chosen already.

    Raises:
        StepError: a statement failed, or what waits for the commit would.
    """
    kind = transaction_kind(section)
    for statement in (each for each in section.statements if each not in kind):
        bounds = []
        if step := section.backfill:
            ends = f"SELECT {step.key} FROM {step.table} ORDER BY 1"  # noqa: S608 - names from the directive
            bounds = [await connection.fetchval(f"{ends} {order}") for order in ("LIMIT 1", "DESC LIMIT 1")]
        async with blaming(migration, section, statement):
            if section.transaction:
                await connection.execute(statement.sql, *bounds)
            else:
                await _run_inside(connection, statement)
    async with at_commit(migration, section):
        await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    await connection.execute(OWN_AGAIN)


async def _run_inside(connection: Connection, statement: Statement) -> None:
    """Run what is meant for outside of transactions; VACUUM and the like, which cannot, change no values."""
    try:
        async with connection.transaction():
            await connection.execute(without_concurrently(statement))
    except asyncpg.ActiveSQLTransactionError:
        return


@asynccontextmanager
async def rolled_back(connection: Connection, section: Section) -> AsyncIterator[None]:
    """A transaction of the kind that a section wants, of which nothing is left."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        for statement in transaction_kind(section):
            await connection.execute(statement.sql)
        await connection.execute("SET TRANSACTION READ WRITE")
        yield
    finally:
        await transaction.rollback()
        await clear_session(connection)


async def _look(
    connection: Connection, written: Written, name: str, rows: Mapping[str, int]
) -> tuple[list[_Change], int]:
    """Which of the rows written are not as they were, and how many rows are missing."""
    async with settings(connection, TEXT_SETTINGS):
        count, found = await read_again(connection, written, name)
    missing = rows[written.change.now] + len(written.rows) - count
    return list(_changed(written, found)), max(missing, 0)


def _changed(written: Written, found: Sequence[dict[str, str | None] | None]) -> Iterator[_Change]:
    for index, (row, now) in enumerate(zip(written.rows, found, strict=True)):
        if now is None:
            yield _Change(index, "", None)
            continue
        for name, text in row.texts.items():
            if name in now and not written.table.columns[name].generated and not same(text, now[name]):
                yield _Change(index, name, now[name])


async def _look_after_another_up(
    connection: Connection,
    migration: Migration,
    found: Sequence[tuple[Written, tuple[list[_Change], int]]],
    rows: Mapping[str, int],
) -> list[tuple[Written, tuple[list[_Change], int]]]:
    """Leave out what another up brings back."""
    try:
        await run_section(connection, migration, migration.up)
    except StepError:
        return list(found)
    left: list[tuple[Written, tuple[list[_Change], int]]] = []
    for written, (changed, missing) in found:
        again, still_missing = await _look(connection, written, written.change.now, rows)
        differing = {(each.row, each.column) for each in again}
        lost = [each for each in changed if {(each.row, each.column), (each.row, "")} & differing]
        left.append((written, (lost, min(missing, still_missing))))
    return left


def _losses(written: Written, changed: Sequence[_Change], missing: int) -> Iterator[Loss]:
    table = written.change.was
    if missing:
        yield Loss(table, "", f"{missing} of {len(written.rows)} rows written after up are gone")
    seen: set[str] = set()
    for each in sorted(changed, key=lambda each: each.column not in written.rows[each.row].varied):
        row = written.rows[each.row]
        if each.column:
            column, how = each.column, f"became {shown(each.now)}"
        elif missing:
            continue
        else:
            column, how = (row.varied or written.table.finds or ("",))[0], "is not found again"
        if column not in seen:
            seen.add(column)
            text = shown(row.texts[column]) if column else "a row"
            yield Loss(table, column, f"{text}, written after up, {how}")
