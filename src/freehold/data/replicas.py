"""Chooses where a read runs, so that a replica can cost time and never truth.

- A caller reads nothing older than their own last write, whose position they bring. Who brings none reads nothing older
  than what is stored when they ask: the primary says where it is, in one small query for all who ask together.
- Nobody reads anything that is more than a second old.
- A standby that is not that far within a few milliseconds is passed over, and the primary is asked.
- While the primary is away, a standby alone serves reads, if it has replayed all that it has received, and with it
  every write that this process has acknowledged.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from freehold.base.errors import FreeholdError
from freehold.data.coalescing import Coalescer
from freehold.data.leading import EVERY_SECONDS, STATE, Leader
from freehold.data.positions import Mark, Position
from freehold.data.standbys import Standby
from freehold.observe.observer import Observer

if TYPE_CHECKING:
    from freehold.data.db import Database

STALE_SECONDS: Final = 1.0
"""How old what a read sees may be, for a caller who brings the position of their last write."""
READ_SECONDS: Final = 2.0
"""How long a read on a standby may take before the primary is asked instead."""

_log = logging.getLogger("freehold.database")


class Replicas:
    """The primary and its standbys.

    Attributes:
        is_alone: whether the primary is away, so that only reads are served.
    """

    primary: "Database"

    def __init__(self, leader: Leader, standbys: Sequence[Standby], observer: Observer) -> None:
        self.leader = leader
        self.standbys = standbys
        self.observer = observer
        self.is_alone = False
        self._heard: Position | None = None
        self._floors: deque[tuple[float, Position]] = deque()
        self._promised: Position | None = None
        self._states = Coalescer(self._ask_primary)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Learn once how things are, then keep watching."""
        await self._look()
        self._tasks.add(asyncio.create_task(self._watch(), name="freehold-replicas"))

    async def stop(self) -> None:
        """Watch no more, and close every connection but the primary's."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.leader.close()
        await asyncio.gather(*(standby.db.close() for standby in self.standbys))

    async def now(self) -> Position | None:
        """Ask the primary how far it is, after this call was made; None when it is away, or is no primary."""
        rows = await self._states.get(())
        return rows[0] if rows else None

    async def acknowledged(self) -> Position | None:
        """Tell a position behind a write that was committed before this call; None when that cannot be found out."""
        try:
            position = await self.now()
        except FreeholdError:
            return None
        if position is not None:
            self._promised = max(self._promised or position, position)
        return position

    async def _ask_primary(self, keys: list[Any]) -> list[list[Any]]:
        asked_at = monotonic()
        row = await self.primary.quick.fetch_row(STATE, ())
        if row is None or row["in_recovery"]:
            return [[] for _ in keys]
        position = Position(row["timeline"], row["lsn"])
        self._hear(position, asked_at)
        return [[position] for _ in keys]

    def _hear(self, position: Position, asked_at: float) -> None:
        if self._heard is not None and position.timeline > self._heard.timeline:
            self._floors.clear()
            self._promised = None  # what the new primary has is what there is
        if self._heard is None or position > self._heard:
            self._heard = position
        if not self._floors or asked_at - self._floors[-1][0] > EVERY_SECONDS / 2:
            self._floors.append((asked_at, position))

    async def choose(self, mark: Mark) -> Standby | None:
        """Choose the standby for a read of somebody with this mark; None for the primary.

        Raises:
            Unavailable: the primary does not answer.
        """
        if self.is_alone:
            return self.alone(mark)
        usable = [standby for standby in self.standbys if standby.is_usable]
        if not usable:
            return None
        needed = mark.position or await self.now()
        floor = self._floor() or await self.now()
        if needed is None or floor is None or self._heard is None:
            return None
        needed, timeline = max(needed, floor), self._heard.timeline
        if ready := [standby for standby in usable if standby.has(needed, timeline)]:
            return min(ready, key=_load)
        nearest = max(usable, key=lambda standby: standby.at)
        if await nearest.catch_up(needed, timeline):
            return nearest
        self.observer.replica_fallback(nearest.index, "behind")
        return None

    def _floor(self) -> Position | None:
        """Tell where the primary was at the earliest time that a read may still see."""
        oldest = monotonic() - STALE_SECONDS
        while self._floors and self._floors[0][0] < oldest:
            self._floors.popleft()
        return self._floors[0][1] if self._floors else None

    def alone(self, mark: Mark) -> Standby | None:
        """Choose a standby that can stand in for a primary that is away; None when none has all that was promised."""
        promised = [position for position in (mark.position, mark.least, self._promised) if position]
        timeline = self._heard.timeline if self._heard else max((each.at.timeline for each in self.standbys), default=0)
        ready = [
            standby
            for standby in self.standbys
            if standby.is_usable
            and standby.at.lsn >= standby.received
            and all(standby.has(position, timeline) for position in promised)
        ]
        return max(ready, key=lambda standby: standby.at, default=None)

    def may_read_at_leader(self, mark: Mark) -> bool:
        """Say whether the host of the primary's URL that is used for want of a primary has all that was promised."""
        replayed = self.leader.replayed
        promised = [position for position in (mark.position, mark.least, self._promised) if position]
        return replayed is not None and all(position <= replayed for position in promised)

    async def confirm_away(self) -> bool:
        """Look now whether the primary is away, since a statement failed there; tell whether it is."""
        if not self.is_alone:
            await self._look_at_primary()
        return self.is_alone

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self._look()
            except Exception:  # noqa: BLE001 - a fault in looking must not end it
                _log.exception("looking at the replicas failed; it is tried again")

    async def _look(self) -> None:
        await asyncio.gather(self._look_at_primary(), *(standby.probe() for standby in self.standbys))
        for standby in self.standbys:
            standby.system = self.leader.system
            if standby.is_usable:
                self.leader.witness(standby.at.timeline)
            if self._heard and standby.at.lsn:  # one that does not answer falls further behind
                self.observer.replica_lag(standby.index, max(0, self._heard.lsn - standby.at.lsn))

    async def _look_at_primary(self) -> None:
        asked_at = monotonic()
        position = await self.leader.look()
        if position is not None:
            self._hear(position, asked_at)
        if self.is_alone != self.leader.is_away:
            self.is_alone = self.leader.is_away
            _log.warning(
                "the primary is away: only reads are served, from a replica"
                if self.is_alone
                else "the primary is back: changes are possible again"
            )


def _load(standby: Standby) -> tuple[int, float]:
    """Order standbys by how much they do, and those that do the same at random."""
    return standby.in_use, random.random()  # noqa: S311 - any of them will do
