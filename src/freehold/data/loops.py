"""Keeps connections in the event loop that they belong to: in another they hang, or break in words that help nobody."""

import asyncio
from typing import Any, Final

_FOREIGN: Final = (
    "This platform was opened in another event loop, and works there alone: open one in the loop that uses it, or hand "
    "the work over with asyncio.run_coroutine_threadsafe(..., platform.loop)"
)
_FOREIGN_CONNECTION: Final = (
    "This connection belongs to another event loop: connect in the loop that calls within(), or call it in the "
    "connection's own"
)


def require_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Return where this loop runs.

    Raises:
        RuntimeError: another does.
    """
    if asyncio.get_running_loop() is not loop:
        raise RuntimeError(_FOREIGN)


def require_loop_of(connection: Any) -> None:
    """Return unless the connection is known to belong to another loop than the one that runs, if any does.

    Raises:
        RuntimeError: it does.
    """
    loop = getattr(connection, "_loop", None)  # the driver has no other way to tell
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return
    if loop is not None and loop is not running:
        raise RuntimeError(_FOREIGN_CONNECTION)
