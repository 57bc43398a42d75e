"""Lets concurrent lookups share a query: the busier the server, the cheaper each of them.

While a statement is in flight, further lookups of the same statement wait for it to land and then travel together. One
that finds nothing in flight leaves at once, so a single caller never waits. A row is always read after its caller
asked, so nobody reads stale data.
"""

import asyncio
import copy
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, Final

MOST_TOGETHER: Final = 128
"""How many different lookups travel in one query; the others take the next one."""

Key = tuple[Any, ...]
Fetch = Callable[[list[Key]], Awaitable[list[list[Any]]]]
"""Runs one query for several keys and returns the rows of each, in the order of the keys."""
Tell = Callable[[int, int], None]
"""Is told of each query, for how many callers and different keys it is."""


class Coalescer:
    """The lookups of one statement on one database."""

    __slots__ = ("_fetch", "_flight", "_is_busy", "_tell", "_waiting")

    def __init__(self, fetch: Fetch, tell: Tell = lambda _callers, _keys: None) -> None:
        self._fetch = fetch
        self._tell = tell
        self._is_busy = False
        self._waiting: list[tuple[Key, asyncio.Future[list[Any]]]] = []
        self._flight: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> list[Any]:
        """Return the rows of a key, as they are after this call was made.

        Raises:
            FreeholdError: the query failed, for everybody who travelled in it.
        """
        if self._is_busy:
            landing: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
            self._waiting.append((key, landing))
            return await landing
        self._is_busy = True
        self._tell(1, 1)
        try:
            return (await self._fetch([key]))[0]
        finally:
            self._depart()

    def _depart(self) -> None:
        """Send those who wait on their way. They travel in a task of their own: nobody's cancellation strands them."""
        passengers = [(key, landing) for key, landing in self._waiting if not landing.done()]
        if not passengers:
            self._waiting.clear()
            self._is_busy = False
            return
        self._waiting = passengers[MOST_TOGETHER:]
        # In no request's context: what is logged of it belongs to none of them.
        self._flight = asyncio.get_running_loop().create_task(self._fly(passengers[:MOST_TOGETHER]), context=Context())

    async def _fly(self, passengers: list[tuple[Key, asyncio.Future[list[Any]]]]) -> None:
        keys = list(dict.fromkeys(key for key, _ in passengers))
        self._tell(len(passengers), len(keys))
        try:
            found = dict(zip(keys, await self._fetch(keys), strict=True))
        except asyncio.CancelledError:
            for _, landing in passengers:
                landing.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, everybody who waits must hear it
            for _, landing in passengers:
                if not landing.done():
                    landing.set_exception(copy.copy(error))
        else:
            for key, landing in passengers:
                if not landing.done():
                    landing.set_result(list(found[key]))
        finally:
            self._depart()
