"""Changing many rows without holding any of them for long: in batches by key, a commit each, resumable."""

import asyncio
from typing import Any

from freehold.migrate import journal
from freehold.migrate.boundary import Boundary
from freehold.migrate.database import Connection
from freehold.migrate.directives import Backfill
from freehold.migrate.migration import Migration
from freehold.migrate.progress import Progress
from freehold.migrate.splitter import Statement


async def run(
    connection: Connection,
    migration: Migration,
    step: Backfill,
    statement: Statement,
    progress: Progress,
    *,
    boundary: Boundary | None = None,
) -> None:
    """Run a backfill from its checkpoint to the end of the table; on a copy within its boundary.

    Every batch and its checkpoint are one transaction, so after a crash no batch is lost and none is run twice.
    """
    kind = await connection.fetchval(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = $1::text::regclass AND attname = $2",
        step.table,
        step.key,
    )
    checkpoint = await journal.checkpoint(connection, migration.key)
    last = None if checkpoint is None else await connection.fetchval(f"SELECT $1::text::{kind}", checkpoint)
    total = int(
        await connection.fetchval(
            "SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = $1::text::regclass", step.table
        )
    )
    done = 0
    while bounds := await _bounds(connection, step, last):
        first, last = bounds
        async with connection.transaction():
            await connection.execute(statement.sql, first, last)
            await connection.execute("RESET SESSION AUTHORIZATION; RESET ROLE")  # a trigger may have set another
            if boundary:
                await boundary.check(connection)
            saved = await connection.fetchval(f"SELECT $1::{kind}::text", last)
            await journal.set_checkpoint(connection, migration.key, saved)
        done += step.batch_rows
        progress.advance(done, max(total, done))
        if step.pause_seconds:
            await asyncio.sleep(step.pause_seconds)


async def _bounds(connection: Connection, step: Backfill, last: Any) -> tuple[Any, Any] | None:
    """The first and last key of the next batch, or None at the end."""
    behind = f"WHERE {step.key} > $1" if last is not None else ""
    rows = await connection.fetch(
        f"WITH batch AS MATERIALIZED (SELECT {step.key} AS key FROM {step.table} {behind} "  # noqa: S608
        f"ORDER BY {step.key} LIMIT {step.batch_rows}) "
        "(SELECT key FROM batch ORDER BY key LIMIT 1) UNION ALL (SELECT key FROM batch ORDER BY key DESC LIMIT 1)",
        *([last] if last is not None else []),
    )
    return (rows[0]["key"], rows[1]["key"]) if rows else None
