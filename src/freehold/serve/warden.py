"""Closes connections that hold a place for nothing: of those who neither read nor send, the idlest if too many come."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from freehold.serve import connections
from freehold.serve.connections import Connection

UNREAD_SECONDS: Final = 30.0
"""How long the other end may take nothing of an answer."""
SLOWEST_BYTES_PER_SECOND: Final = 256
"""How much of an answer it takes at least, measured over that time."""
FULL: Final = 0.8
"""Of the connections that a worker may have: beyond this share, the idlest are closed."""
ROOM: Final = 0.5
"""Of the same: as many are left then."""
_IDLE_SECONDS = 0.5
_LOOK_SECONDS = 0.5
_LOOKS_PER_WATCH = 10
_SLICE = 50

Peers = Callable[[], set[tuple[str, int]]]

_log = logging.getLogger(__name__)


class Warden:
    """Watches over the connections of one worker from its loop.

    Args:
        port: that the worker serves.
        most: how many connections it may have.
        busy: the other ends of those whose request is being answered.
        given_up: the other ends of those with a body that is waited for no longer; those that are gone are taken out.
    """

    def __init__(self, port: int, most: int, busy: Peers, given_up: set[tuple[str, int]] | None = None) -> None:
        self._port = port
        self._most = most
        self._busy = busy
        self._given_up = set() if given_up is None else given_up
        self._slow: dict[tuple[str, int], tuple[float, int]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        looks = 0
        time = asyncio.get_running_loop().time
        while True:
            began = time()
            await asyncio.sleep(_LOOK_SECONDS)
            looks += 1
            late = time() - began - _LOOK_SECONDS  # and so may the reading of a request be that has come
            try:
                await self._look_after(_IDLE_SECONDS + late, is_due=looks % _LOOKS_PER_WATCH == 0)
            except Exception:  # noqa: BLE001 - a fault in looking must not end it
                _log.exception("looking at the connections failed; it is tried again")

    async def _look_after(self, idle_seconds: float, *, is_due: bool) -> None:
        is_full = connections.count() > self._most * FULL
        if not (is_full or self._given_up or is_due):
            return
        found = await self.look()
        self.close_unread(found)
        self.close_given_up(found)
        if is_full:
            self._make_room(found, idle_seconds)

    async def look(self) -> list[Connection]:
        """Look at all connections, a slice at a time, for there may be thousands and requests are to be answered."""
        found = []
        for index, number in enumerate(connections.descriptors()):
            if connection := connections.look(number, self._port):
                found.append(connection)
            if index % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)
        return found

    def close_unread(self, found: Iterable[Connection], seconds: float = UNREAD_SECONDS) -> int:
        """Close those whose other end does not take its answer, and tell how many these were."""
        now = asyncio.get_running_loop().time()
        slow: dict[tuple[str, int], tuple[float, int]] = {}
        closed = 0
        for each in found:
            if not each.unsent:
                continue
            since, taken = self._slow.get(each.peer, (now, each.taken))
            if each.taken - taken >= SLOWEST_BYTES_PER_SECOND * seconds:
                since, taken = now, each.taken
            if now - since >= seconds:
                each.close()
                closed += 1
            else:
                slow[each.peer] = since, taken
        self._slow = slow
        return closed

    def close_given_up(self, found: Iterable[Connection]) -> None:
        """Close those whose body was given up, once they have taken the answer: the server underneath may keep them."""
        busy = self._busy()
        there = {each.peer: each for each in found if each.peer in self._given_up}
        self._given_up.intersection_update(there)  # "&=" with keys would make another set, which nobody adds to
        for peer, each in there.items():
            if not each.unsent and each.idle_seconds >= _IDLE_SECONDS and peer not in busy:
                each.close()
                self._given_up.discard(peer)

    def _make_room(self, found: list[Connection], idle_seconds: float = _IDLE_SECONDS) -> None:
        """Close the idlest that have been so for that long, those first whose address has the most connections."""
        too_many = len(found) - int(self._most * ROOM)
        busy = self._busy()
        of_address = Counter(each.peer[0] for each in found)
        idle = [each for each in found if each.idle_seconds >= idle_seconds and each.peer not in busy]
        idle.sort(key=lambda each: (of_address[each.peer[0]], each.idle_seconds), reverse=True)
        for each in idle[: max(too_many, 0)]:
            each.close()
