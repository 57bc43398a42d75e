"""How a worker stops: requests in flight are finished, within bounds, and what was cut off is counted."""

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Final

from granian._granian import WorkerSignal

from freehold.serve.warden import Warden
from freehold.web.edge import Edge

STOPPING: Final = (signal.SIGTERM, signal.SIGINT)

STOP_SECONDS: Final = 30
"""How long a stop may take; then the server kills its workers."""
FINISH_SECONDS: Final = 28.0
"""How long requests in flight may take. Bodies have ``arrivals.STOPPING_SECONDS`` to arrive."""
UNREAD_SECONDS: Final = 5.0
"""How long the caller may take nothing of its answer meanwhile."""
ORPHAN_SECONDS: Final = 5.0
"""How long requests in flight may take when the server was killed."""
LEAVING_SECONDS: Final = 2.0
"""How long a worker goes on serving at most, while requests still come: a balancer may have sent them just before."""
LEFT_SECONDS: Final = 0.25
"""When for so long none has come, no more will."""
INSIST_SECONDS: Final = 2.0
"""How long Granian may take to stop when nothing is left to do."""

_QUIET_SECONDS = 1.0
_LOOK_SECONDS = 0.25


class Stopping:
    """Takes the place of Granian's ``set_loop_signals``: hears signals once the worker serves, and the first one alone.

    Until then a signal ends the process at once, since Granian (2.8) overlooks one that comes before it serves. It also
    waits for ever when a second one comes while it stops, and a second one is usual: a terminal, or a service manager,
    signals all processes, and then the server signals its workers.

    Args:
        server_pid: the process that the worker belongs to.
        cut: told of each time how many requests are cut off.
    """

    edge: Edge
    warden: Warden

    def __init__(self, server_pid: int, cut: Callable[[int], None]) -> None:
        self._server_pid = server_pid
        self._cut = cut
        self._end: asyncio.Task[None] | None = None

    def __call__(self, loop: asyncio.AbstractEventLoop) -> WorkerSignal:
        """Note the loop in which signals are to be heard, and give Granian what they will be told to."""
        self._loop, self._stop = loop, WorkerSignal()
        return self._stop

    def listen(self) -> None:
        """Hear signals from now on."""
        for number in STOPPING:
            # Not the loop's own handler: that one overlooks what comes while the loop does not run, as when Granian
            # starts its threads.
            signal.signal(number, lambda *_: self._loop.call_soon_threadsafe(self._hear))

    def _hear(self) -> None:
        if self._end is None:
            self._end = self._loop.create_task(self._finish())

    async def _leave(self) -> None:
        """Go on serving until nobody sends requests any more, so that none meets a closed door.

        Each answer closes its connection, so that the caller's next request goes where others serve.
        """
        until = self._loop.time() + LEAVING_SECONDS
        self.edge.is_leaving = True
        while (more := LEFT_SECONDS - self.edge.idle_seconds()) > 0 and self._loop.time() < until:  # noqa: ASYNC110 - silence is no event
            await asyncio.sleep(more)

    async def _finish(self) -> None:
        """Wait for requests and answers, then close what is left, so that Granian ends; it has no bounds of its own."""
        is_orphan = os.getppid() != self._server_pid
        until = self._loop.time() + (ORPHAN_SECONDS if is_orphan else FINISH_SECONDS)
        if not is_orphan:
            await self._leave()
        self._stop.set()
        self.edge.arrivals.stop(lambda: self._cut(1))
        self.warden.stop()
        left = 0
        quiet_since: float | None = None
        while (now := self._loop.time()) < until:
            await asyncio.sleep(_LOOK_SECONDS)
            found = await self.warden.look()
            self._cut(self.warden.close_unread(found, UNREAD_SECONDS))  # at once: it may be the last thing we do
            left = max(len(self.edge.in_flight), sum(1 for each in found if each.unsent))
            quiet_since = None if left else quiet_since or now
            if quiet_since is not None and now - quiet_since >= _QUIET_SECONDS:
                break
        self._cut(left)
        if not left:
            # Those without a request: Granian waits for the end of a header that never ends.
            for each in await self.warden.look():
                each.close()
            await asyncio.sleep(INSIST_SECONDS)
        if left or self._is_serving():
            os._exit(0)

    def _is_serving(self) -> bool:
        """Say whether Granian still serves; otherwise what was opened is being closed."""
        return any("_main" in getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks(self._loop))
