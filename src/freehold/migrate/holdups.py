"""Who holds a step up, and whom it holds up, seen from another connection while the step runs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from freehold.migrate.database import LOST, Connection
from freehold.migrate.progress import Progress

LOCKS_THAT_BLOCK = {
    "AccessExclusiveLock": "reads and writes",
    "ExclusiveLock": "writes",
    "ShareRowExclusiveLock": "writes",
    "ShareLock": "writes",
}
"""Modes that hold up ordinary readers or writers of a table, the strongest first, and whom."""

_LOOK_SECONDS = 0.25
_ANSWER_SECONDS = 5

_BLOCKERS = """
SELECT DISTINCT a.pid, a.usename, a.application_name, a.state, left(a.query, 80) AS query,
    date_trunc('second', clock_timestamp() - coalesce(a.xact_start, a.backend_start)) AS age
FROM unnest(pg_blocking_pids($1)) AS blocker (pid) JOIN pg_stat_activity a ON a.pid = blocker.pid
"""

# A table made in the transaction itself is not in the catalog for anybody else, so it is left out.
_HELD = """
SELECT l.virtualtransaction, l.mode, c.oid::regclass::text AS name FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.pid = $1 AND l.granted AND l.mode = ANY($2::text[])
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Lookout:
    """What is seen of a step while it runs.

    Attributes:
        blockers: who holds it up, in words, at the last time somebody did.
        overdue: why it was cancelled, in words; empty if it was not.
    """

    def __init__(self, pid: int, watcher: Connection, hold_seconds: float, progress: Progress) -> None:
        self.blockers: list[str] = []
        self.overdue = ""
        self._pid = pid
        self._watcher = watcher
        self._hold_seconds = hold_seconds
        self._progress = progress
        self._since: dict[tuple[str, str, str], float] = {}

    async def keep(self, ended: asyncio.Event) -> None:
        """Look again and again until the step has ended, or there is no looking any more."""
        pause = min(_LOOK_SECONDS, self._hold_seconds / 4) if self._hold_seconds else _LOOK_SECONDS
        while not self.overdue:
            try:
                async with asyncio.timeout(pause):
                    await ended.wait()
                    return
            except TimeoutError:
                pass
            try:
                await self._look()
            except (*LOST, asyncpg.PostgresError):
                return

    async def _look(self) -> None:
        rows = await self._watcher.fetch(_BLOCKERS, self._pid, timeout=_ANSWER_SECONDS)
        if rows:
            self.blockers = [
                f"process {row['pid']} of {row['usename']} ({row['state']} for {row['age']}): {row['query']}"
                for row in rows
            ]
            self._progress.step(f"Waiting for {self.blockers[0]}")
        if self._hold_seconds:
            await self._end_what_holds_too_long()

    async def _end_what_holds_too_long(self) -> None:
        held = await self._watcher.fetch(_HELD, self._pid, list(LOCKS_THAT_BLOCK), timeout=_ANSWER_SECONDS)
        now = time.monotonic()
        keys = [(row["virtualtransaction"], row["name"], row["mode"]) for row in held]
        self._since = {key: self._since.get(key, now) for key in keys}
        (_, name, mode), since = min(self._since.items(), key=_longest_and_strongest, default=(("", "", ""), now))
        if now - since >= self._hold_seconds:
            self.overdue = (
                f"it held {mode} on {name} for {now - since:.1f} s (no {LOCKS_THAT_BLOCK[mode]} meanwhile); "
                f"{self._hold_seconds:.1f} s are allowed"
            )
            await self._watcher.execute("SELECT pg_cancel_backend($1)", self._pid, timeout=_ANSWER_SECONDS)


def _longest_and_strongest(held: tuple[tuple[str, str, str], float]) -> tuple[float, int]:
    (_, _, mode), since = held
    return since, list(LOCKS_THAT_BLOCK).index(mode)


@asynccontextmanager
async def looking(
    connection: Connection, watcher: Connection, hold_seconds: float, progress: Progress
) -> AsyncIterator[Lookout]:
    """Look who holds a step up while it runs, and cancel it when it holds up others for too long.

    Args:
        connection: on which the step runs.
        watcher: another connection to the same database, idle meanwhile.
        hold_seconds: how long a lock that holds up others may be held; 0 means without end.
        progress: hears who holds the step up.
    """
    lookout, ended = Lookout(connection.get_server_pid(), watcher, hold_seconds, progress), asyncio.Event()
    task = asyncio.create_task(lookout.keep(ended))
    try:
        yield lookout
    finally:
        ended.set()  # it is not interrupted: a cancellation on its way would hit what comes next
        await task
