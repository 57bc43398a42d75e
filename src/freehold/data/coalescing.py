"""Lets concurrent lookups share a query: the busier the server, the cheaper each of them.

While a query of a statement runs, further lookups of the same statement wait for it and then share the next query, as a
batch. A lookup that finds no query running starts one immediately, so a single caller never waits. A row is always read
after its caller asked, so nobody reads stale data.
"""

import asyncio
import copy
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any, Final

MOST_TOGETHER: Final = 128
"""The largest number of callers in a batch; the others wait for the next one."""

Key = tuple[Any, ...]
Fetch = Callable[[list[Key]], Awaitable[list[list[Any]]]]
"""Runs one query for several keys and returns the rows of each, in the order of the keys."""
Tell = Callable[[int, int], None]
"""Is told of each query, for how many callers and different keys it is."""


class Coalescer:
    """The lookups of one statement on one database."""

    __slots__ = ("_batch", "_fetch", "_is_busy", "_tell", "_waiting")

    def __init__(self, fetch: Fetch, tell: Tell = lambda _callers, _keys: None) -> None:
        self._fetch = fetch
        self._tell = tell
        self._is_busy = False
        self._waiting: list[tuple[Key, asyncio.Future[list[Any]]]] = []
        self._batch: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> list[Any]:
        """Return the rows of a key, as they are after this call was made.

        Raises:
            FreeholdError: the query failed, for every caller in its batch.
        """
        if self._is_busy:
            answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
            self._waiting.append((key, answer))
            return await answer
        self._is_busy = True
        self._tell(1, 1)
        try:
            return (await self._fetch([key]))[0]
        finally:
            self._next_batch()

    def _next_batch(self) -> None:
        """Start the next batch, if callers wait. It runs in its own task, so that no caller's cancellation stops it."""
        callers = [(key, answer) for key, answer in self._waiting if not answer.done()]
        if not callers:
            self._waiting.clear()
            self._is_busy = False
            return
        self._waiting = callers[MOST_TOGETHER:]
        # In no request's context: what is logged of it belongs to none of them.
        self._batch = asyncio.get_running_loop().create_task(self._run(callers[:MOST_TOGETHER]), context=Context())

    async def _run(self, callers: list[tuple[Key, asyncio.Future[list[Any]]]]) -> None:
        keys = list(dict.fromkeys(key for key, _ in callers))
        self._tell(len(callers), len(keys))
        try:
            found = dict(zip(keys, await self._fetch(keys), strict=True))
        except asyncio.CancelledError:
            for _, answer in callers:
                answer.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, everybody who waits must hear it
            for _, answer in callers:
                if not answer.done():
                    answer.set_exception(copy.copy(error))
        else:
            for key, answer in callers:
                if not answer.done():
                    answer.set_result(list(found[key]))
        finally:
            self._next_batch()
