"""Writes every event to an output for collectors, once it is committed, and goes on where that ended.

Several processes may have the same output; one at a time holds it. What was written is noted after that. So when a
process is killed between the two, what it wrote last is written again to standard output, and not to a file, whose end
can be read.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

import msgspec

from freehold.audit.following import queries
from freehold.audit.following.operations import read_events
from freehold.audit.following.output import STDOUT, output_of
from freehold.audit.following.types import EventsRequest
from freehold.audit.types import AuditEvent
from freehold.base.errors import Unavailable
from freehold.base.ids import new_id
from freehold.data.context import Context

P = ParamSpec("P")
R = TypeVar("R")

HOLD_SECONDS: Final = 15.0
"""How long a process holds an output after it was heard of last."""
BATCH: Final = 500
_SPARE_SECONDS: Final = 10.0
_END_SECONDS: Final = 7.0
"""How long the end of a process waits for what is being written."""


class Streaming:
    """One output, as one process sees it."""

    def __init__(self, setting: str) -> None:
        self._name = STDOUT if setting == STDOUT else str(Path(setting).absolute())
        self._output = output_of(setting)
        self._holder_id = new_id()
        self._known: frozenset[UUID] | None = None
        """Events that the output may have though that was not noted; None while another process may write."""

    async def run(self, context: Context) -> None:
        """Write what was committed since, unless another process does.

        Raises:
            Unavailable: the output takes nothing, or the database cannot be reached.
        """
        while (held := await self._hold(context)) is not None:
            events = await read_events(context, EventsRequest(after=held.event_id, limit=BATCH))
            if not events:
                return
            await _to_its_end(self._write(context, events))
            if len(events) < BATCH:
                return

    async def _hold(self, context: Context) -> queries.Stream | queries.Held | None:
        found = await queries.stream(
            context.db, output=self._name, holder_id=self._holder_id, spare_seconds=HOLD_SECONDS - _SPARE_SECONDS
        )
        if found is not None and found.is_held and self._known is not None:
            return found
        if found is not None and found.is_held_by_another:
            self._known = None
            return None
        newest = [] if found else await read_events(context, EventsRequest(newest=True, limit=1))
        held = await queries.hold_stream(
            context.db,
            output=self._name,
            newest_id=newest[0].id if newest else None,
            holder_id=self._holder_id,
            seconds=HOLD_SECONDS,
        )
        if held is None:
            self._known = None
        elif self._known is None:
            self._known = await self._try(self._output.written)
        return held

    async def _write(self, context: Context, events: list[AuditEvent]) -> None:
        known = self._known or frozenset()
        lines = b"".join(msgspec.json.encode(event) + b"\n" for event in events if event.id not in known)
        if lines:
            await self._try(self._output.write, lines)
        noted = await queries.advance_stream(
            context.db,
            output=self._name,
            event_id=events[-1].id,
            holder_id=self._holder_id,
            seconds=HOLD_SECONDS,
        )
        self._known = None if noted is None else frozenset()

    async def _try(self, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        try:
            return await asyncio.to_thread(work, *arguments, **named)
        except OSError as error:
            raise Unavailable(f"The audit stream cannot be written to {self._name}: {error}") from error


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Do work that a stop of the process must not cut in two, within a bound."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        until = monotonic() + _END_SECONDS
        while not task.done() and monotonic() < until:
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task}, timeout=until - monotonic())
        task.cancel()
        raise
