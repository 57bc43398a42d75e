"""Waiting for locks without making everyone else wait: short timeouts, the whole transaction tried again."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from secrets import SystemRandom
from typing import NamedTuple

import asyncpg

from freehold.migrate.database import Connection
from freehold.migrate.errors import BusyError, StepError
from freehold.migrate.holdups import Lookout, looking
from freehold.migrate.progress import Progress

INTERRUPTIONS = (
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.QueryCanceledError,
)
"""What no statement is to blame for by itself; all but a cancellation may go better another time."""

_FORETOLD_TIMES = 3


class Interrupted(StepError):
    """A statement was interrupted; the text has file, line and PostgreSQL's words.

    Attributes:
        place: file and line.
        cause: PostgreSQL's error, one of `INTERRUPTIONS`.
    """

    def __init__(self, place: str, cause: asyncpg.PostgresError) -> None:
        super().__init__(f"{place}: {cause.args[0]}")
        self.place = place
        self.cause = cause


class Patience(NamedTuple):
    """How long a step may wait, how long others may wait for it, and how often it is tried.

    Attributes:
        lock_seconds: for a lock; everyone who wants the same table queues behind a waiter, so it is short.
        statement_seconds: that statements may hold a lock which holds up others. One that holds no such lock takes as
            long as it takes.
        concurrently_seconds: for a lock during CONCURRENTLY, which blocks nobody while it waits.
        tries: of the whole transaction; each of them is timed, also the last.
        pause_seconds: before the second try; it doubles, with jitter, up to ten times as much.
    """

    lock_seconds: float = 2.0
    statement_seconds: float = 30.0
    concurrently_seconds: float = 600.0
    tries: int = 10
    pause_seconds: float = 0.5

    def hold_seconds(self, foretold: float) -> float:
        """How long a lock that holds up others may be held, if a rehearsal held it for so long; 0 is without end."""
        return max(self.statement_seconds, _FORETOLD_TIMES * foretold) if self.statement_seconds else 0


UNHURRIED = Patience(lock_seconds=0, statement_seconds=0, concurrently_seconds=0, tries=1)
"""No limits: for a staging copy that nobody else uses."""


async def set_limits(connection: Connection, *, lock_seconds: float) -> None:
    """Set the session's timeouts, before the transaction that they are for: a SET in it then has the last word.

    A statement as such has no limit: what others wait for is the locks that it holds, and those are watched.
    """
    await connection.execute(f"SET lock_timeout = {int(lock_seconds * 1000)}; SET statement_timeout = 0")


async def retry(
    work: Callable[[], Awaitable[None]],
    *,
    connection: Connection,
    watcher: Connection | None,
    patience: Patience,
    foretold: float,
    progress: Progress,
) -> None:
    """Do work that may wait for locks; try again when it waited too long.

    Args:
        work: repeatable: what it did must be undone when it raises.
        connection: on which it works.
        watcher: another connection, which looks who blocks whom; None means nobody can.
        patience: limits.
        foretold: for how long a rehearsal held a lock that holds up others.
        progress: hears who blocks.

    Raises:
        BusyError: it waited too long every time, and the text names who blocked; or it made others wait too long.
        StepError: somebody, or a limit of its own, cancelled it.
    """
    pause = patience.pause_seconds
    for attempt in range(1, patience.tries + 1):
        lookout: Lookout | None = None
        hold = patience.hold_seconds(foretold)
        try:
            async with looking(connection, watcher, hold, progress) if watcher else nullcontext() as lookout:
                await work()
        except (Interrupted, *INTERRUPTIONS) as error:
            cause = error.cause if isinstance(error, Interrupted) else error
            if isinstance(cause, asyncpg.QueryCanceledError):
                raise _cancelled(error, lookout) from None
            if attempt == patience.tries:
                raise _busy(error, attempt, lookout) from None
        else:
            return
        progress.step(f"Waited too long, trying again ({attempt + 1} of {patience.tries})")
        await asyncio.sleep(pause * SystemRandom().uniform(0.5, 1.5))
        pause = min(pause * 2, patience.pause_seconds * 10)


def _busy(error: Exception, attempts: int, lookout: Lookout | None) -> BusyError:
    who = f" Blocked by: {'; '.join(lookout.blockers)}." if lookout and lookout.blockers else ""
    return BusyError(
        f"{error} - {attempts} times, so nothing of this step was kept.{who} "
        "Wait for the blocking session, or end it, then run the command again"
    )


def _cancelled(error: Exception, lookout: Lookout | None) -> BusyError | StepError:
    if lookout is None or not lookout.overdue:
        return StepError(f"{error}; nothing of this step was kept")
    place = f"{error.place}: " if isinstance(error, Interrupted) else ""
    return BusyError(
        f"{place}stopped: {lookout.overdue}. Nothing of this step was kept. Move slow work "
        "into an earlier or later migration, or rehearse it: three times as long as in the rehearsal is allowed"
    )
