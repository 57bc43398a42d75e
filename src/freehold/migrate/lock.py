"""One runner at a time on a database."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from freehold.migrate.database import LOST, Connection, connect
from freehold.migrate.errors import ConnectError, LockedError
from freehold.postgres.reaching import place

_KEY = 0x66_72_65_65_68_6F_6C_64  # "freehold"; advisory locks are per database
_POLL_SECONDS = 0.1

_HOLDER = """
SELECT a.pid, a.usename, a.client_addr, date_trunc('second', clock_timestamp() - a.backend_start) AS age
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32) | l.objid::bigint = $1
"""


class RunnerLock:
    """The right to change a database's schema, for as long as its connection lives.

    Attributes:
        connection: idle meanwhile, so it may be used to look who blocks the work.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def check(self) -> None:
        """Make sure that the lock is still held, before another step begins.

        Raises:
            LockedError: the connection that held it is gone.
        """
        try:
            await self.connection.fetchval("SELECT 1")
        except LOST as error:
            raise LockedError(
                f"The connection that holds the lock against a second runner was lost ({error}): "
                "nothing further was begun. Run the same command again"
            ) from None


@asynccontextmanager
async def runner_lock(database_url: str, *, wait_seconds: float = 10.0) -> AsyncIterator[RunnerLock]:
    """Hold the lock against a second runner, on a connection of its own.

    It is polled: a session *waiting* for an advisory lock holds a snapshot, and a concurrent index build would wait for
    that snapshot while its runner holds the lock.

    Raises:
        LockedError: another runner still holds it after ``wait_seconds``.
        ConnectError: the database only answers queries, so nothing could be journalled.
    """
    async with connect(database_url) as connection:
        await _refuse_read_only(connection, database_url)
        deadline = time.monotonic() + wait_seconds
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _KEY):
            if time.monotonic() > deadline:
                raise LockedError(await _who_holds_it(connection))
            await asyncio.sleep(_POLL_SECONDS)
        yield RunnerLock(connection)


async def _refuse_read_only(connection: Connection, database_url: str) -> None:
    if await connection.fetchval("SELECT pg_is_in_recovery()"):
        raise ConnectError(f"{place(database_url)} is a standby, which takes no changes: give the primary's address")
    if await connection.fetchval("SELECT current_setting('transaction_read_only') = 'on'"):
        raise ConnectError(
            f"{place(database_url)} takes no changes from this role: default_transaction_read_only is on. "
            "Turn it off for the role that migrates (ALTER ROLE ... SET default_transaction_read_only = off)"
        )


async def _who_holds_it(connection: Connection) -> str:
    holder = await connection.fetchrow(_HOLDER, _KEY)
    who = "another session"
    if holder:
        where = f" from {holder['client_addr']}" if holder["client_addr"] else ""
        who = f"process {holder['pid']} of role {holder['usename']}{where}, connected for {holder['age']}"
    return f"Another migration is running on this database: {who}. Wait until it has ended, then run this again"
