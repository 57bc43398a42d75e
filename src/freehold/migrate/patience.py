"""Waiting for locks without making everyone else wait: short timeouts, the whole transaction tried again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from secrets import SystemRandom
from typing import NamedTuple

import asyncpg

from freehold.migrate.database import LOST, Connection
from freehold.migrate.errors import BusyError
from freehold.migrate.progress import Progress

_WATCH_SECONDS = 0.25
_RETRIED = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, asyncpg.QueryCanceledError)

_BLOCKERS = """
SELECT DISTINCT a.pid, a.usename, a.application_name, a.state, left(a.query, 80) AS query,
    date_trunc('second', clock_timestamp() - coalesce(a.xact_start, a.backend_start)) AS age
FROM unnest(pg_blocking_pids($1)) AS blocker (pid) JOIN pg_stat_activity a ON a.pid = blocker.pid
"""


class Patience(NamedTuple):
    """How long a step may wait and how often it is tried.

    Attributes:
        lock_seconds: for a lock; everyone who wants the same table queues behind a waiter, so it is short.
        statement_seconds: for a statement that blocks others; not for those that do not.
        concurrently_seconds: for a lock during CONCURRENTLY, which blocks nobody while it waits.
        tries: of the whole transaction; each of them is timed, also the last.
        pause_seconds: before the second try; it doubles, with jitter, up to ten times as much.
    """

    lock_seconds: float = 2.0
    statement_seconds: float = 30.0
    concurrently_seconds: float = 600.0
    tries: int = 10
    pause_seconds: float = 0.5


UNHURRIED = Patience(lock_seconds=0, statement_seconds=0, concurrently_seconds=0, tries=1)
"""No limits: for a staging copy that nobody else uses."""


async def set_limits(connection: Connection, *, lock_seconds: float, statement_seconds: float) -> None:
    """Set both timeouts of the session; 0 means none."""
    await connection.execute(
        "SELECT set_config('lock_timeout', $1, false), set_config('statement_timeout', $2, false)",
        str(int(lock_seconds * 1000)),
        str(int(statement_seconds * 1000)),
    )


async def retry(
    work: Callable[[], Awaitable[None]],
    *,
    connection: Connection,
    watcher: Connection | None,
    patience: Patience,
    progress: Progress,
) -> None:
    """Do work that may wait for locks; try again when it waited too long.

    Args:
        work: repeatable: what it did must be undone when it raises.
        connection: on which it works.
        watcher: another connection, which looks who blocks; None means nobody can.
        patience: limits.
        progress: hears who blocks.

    Raises:
        BusyError: it waited too long every time; the text names who blocked.
    """
    pause = patience.pause_seconds
    for attempt in range(1, patience.tries + 1):
        blockers: list[str] = []
        try:
            async with _watching(connection, watcher, progress, blockers):
                await work()
        except _RETRIED as error:
            if attempt == patience.tries:
                who = f" Blocked by: {'; '.join(blockers)}." if blockers else ""
                raise BusyError(
                    f"{error} - {attempt} times, so nothing of this step was kept.{who} "
                    "Wait for or end what blocks, then run the same command again"
                ) from None
        else:
            return
        progress.step(f"Waited too long, trying again ({attempt + 1} of {patience.tries})")
        await asyncio.sleep(pause * SystemRandom().uniform(0.5, 1.5))
        pause = min(pause * 2, patience.pause_seconds * 10)


@asynccontextmanager
async def _watching(
    connection: Connection, watcher: Connection | None, progress: Progress, blockers: list[str]
) -> AsyncIterator[None]:
    if watcher is None:
        yield
        return
    task = asyncio.create_task(_watch(connection.get_server_pid(), watcher, progress, blockers))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(pid: int, watcher: Connection, progress: Progress, blockers: list[str]) -> None:
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        try:
            rows = await watcher.fetch(_BLOCKERS, pid)
        except LOST:
            return
        if rows:
            blockers[:] = [
                f"process {row['pid']} of {row['usename']} ({row['state']} for {row['age']}): {row['query']}"
                for row in rows
            ]
            progress.step(f"Waiting for {blockers[0]}")
