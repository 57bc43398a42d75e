"""Work that nobody waits for: delivering mail, forgetting what has expired.

Each process that serves runs every job at its interval, so a job must bear to run in several processes at once: it
takes rows with ``FOR UPDATE SKIP LOCKED``, or deletes what is old, which is the same done twice.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from freehold.base.errors import FreeholdError
from freehold.data.context import Context

Work = Callable[[Context], Awaitable[None]]

_INSISTENCE_SECONDS: Final = 0.5

_log = logging.getLogger(__name__)


class Job(msgspec.Struct, frozen=True):
    """Work that is done again and again, ``every_seconds`` after it was done last."""

    name: str
    every_seconds: float
    work: Work

    async def __call__(self, context: Context) -> None:
        """Do it once."""
        await self.work(context)


def job(name: str, *, every_seconds: float) -> Callable[[Work], Job]:
    """Declare a job. Its context is the operator's, with a pool and not a transaction as ``db``."""
    return lambda work: Job(name, every_seconds, work)


@asynccontextmanager
async def running(jobs: Iterable[Job], context: Context) -> AsyncIterator[None]:
    """Run jobs in the background; what is under way at the end is cancelled."""
    tasks = {asyncio.create_task(_repeat(each, context), name=f"freehold-job-{each.name}") for each in jobs}
    try:
        yield
    finally:
        # Not once: before Python 3.12 asyncio.wait_for loses a cancellation that comes just as its work ends.
        while tasks:
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=_INSISTENCE_SECONDS)


async def _repeat(each: Job, context: Context) -> None:
    """Run a job for ever. It fails alone: the others go on, and so does it, at its interval.

    What keeps it from its work is logged once, and not at each interval until it is over.
    """
    told = ""
    while True:
        try:
            await each(context)
            if told:
                _log.warning("job %s works again", each.name)
            told = ""
        except FreeholdError as error:
            if error.detail != told:
                _log.warning("job %s: %s", each.name, error.detail)
            told = error.detail
        except Exception:  # noqa: BLE001 - a bug in one job is logged and must not end the others
            _log.exception("job %s failed; it is tried again in %g s", each.name, each.every_seconds)
        # Processes that start together shall not go on together.
        await asyncio.sleep(each.every_seconds * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
