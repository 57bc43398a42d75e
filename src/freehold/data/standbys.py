"""One standby: what it is, how far it has replayed the primary's log, and its connections.

What is known of how far it has come stays true for as long as the same server process answers, which is what the time
of its start tells. A connection to another one (restarted, perhaps from an older backup; or somebody else's, behind the
same name) is refused, and what was known is forgotten.
"""

import asyncio
import logging
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from freehold.base.errors import FreeholdError
from freehold.data.coalescing import Coalescer
from freehold.data.positions import Position
from freehold.observe.observer import Observer

if TYPE_CHECKING:
    from freehold.data.db import Database

PROBE_SECONDS: Final = 1.0
"""How long a standby may take to say how far it is."""
CATCH_UP_SECONDS: Final = 0.02
"""How long a read waits for a standby to catch up before it asks the primary."""
_BETWEEN_SECONDS: Final = 0.002
_PAUSE_SECONDS: Final = 0.1
"""How long nobody waits for a standby that did not catch up in time."""

IDENTITY: Final = """
SELECT pg_postmaster_start_time() AS instance, (SELECT system_identifier FROM pg_control_system()) AS system
"""
PROBE: Final = """
SELECT pg_postmaster_start_time() AS instance,
    pg_is_in_recovery() AS in_recovery,
    coalesce((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))
        AS timeline,
    coalesce((pg_last_wal_replay_lsn() - '0/0')::bigint, 0) AS replayed,
    coalesce((pg_last_wal_receive_lsn() - '0/0')::bigint, 0) AS received
"""

_log = logging.getLogger("freehold.database")


class AnotherServer(asyncpg.InterfaceError):  # type: ignore[misc]  # the driver says no types
    """The connection leads to another server process than the one that is known, or to another cluster."""


class Standby:
    """A standby, perhaps one that does not answer.

    Attributes:
        index: its place in the setting, from 1.
        db: its connections, once they are made.
        is_usable: whether it answered lately, and is a standby of this cluster.
        at: how far it has replayed, at least.
        received: how far it has received the log, at least.
        in_use: how many reads run on it.
    """

    db: "Database"

    def __init__(self, index: int, observer: Observer) -> None:
        self.index = index
        self.is_usable = False
        self.at = Position(0, 0)
        self.received = 0
        self.in_use = 0
        self.system: int | None = None
        self._observer = observer
        self._instance: Any = None
        self._waits_again_at = 0.0
        self._told = ""
        self._probes = Coalescer(self._ask_standby)

    async def check(self, connection: Any) -> None:
        """Look at a new connection of the pool.

        Raises:
            AnotherServer: it leads somewhere else than those before.
        """
        row = await connection.fetchrow(IDENTITY, timeout=PROBE_SECONDS)
        if self.system is not None and row["system"] != self.system:
            self.drop("it belongs to another cluster")
            raise AnotherServer("the replica belongs to another cluster")
        if self._instance is None:
            self._instance = row["instance"]
        elif self._instance != row["instance"]:
            self._instance = row["instance"]
            self.at, self.received = Position(0, 0), 0
            self.drop("it was restarted")
            await self.db.renew()
            raise AnotherServer("the replica was restarted")

    async def probe(self) -> None:
        """Ask how far it is; who asks together shares the answer, which is from after they asked."""
        await self._probes.get(())

    async def _ask_standby(self, keys: list[Any]) -> list[list[Any]]:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                row = await self.db.fetch_row(PROBE, ())
        except (FreeholdError, TimeoutError) as error:
            self.drop(str(error) or "it does not answer")
            return [[] for _ in keys]
        if row is None or row["instance"] != self._instance:
            return [[] for _ in keys]
        if not row["in_recovery"]:
            self.drop("it is no standby any more: it was promoted")
            return [[] for _ in keys]
        self.at = max(self.at, Position(row["timeline"], row["replayed"]))
        self.received = max(row["received"], row["replayed"])
        self.is_usable = True
        if self._told:
            _log.warning("replica %d can be used again", self.index)
            self._told = ""
        return [[] for _ in keys]

    def drop(self, reason: str) -> None:
        """Use it no more until it has said again what it is."""
        self.is_usable = False
        if not self._told:
            _log.warning("replica %d is not used: %s", self.index, reason)
            self._told = reason

    def has(self, position: Position, timeline: int) -> bool:
        """Say whether it has replayed what comes before a position of the log of a primary on this timeline."""
        return self.is_usable and self.at.timeline == timeline >= position.timeline and self.at.lsn >= position.lsn

    async def catch_up(self, position: Position, timeline: int) -> bool:
        """Wait until it has, for a few milliseconds; tell whether it does."""
        end = monotonic() + CATCH_UP_SECONDS
        if end - CATCH_UP_SECONDS < self._waits_again_at:
            return False
        while True:
            try:
                async with asyncio.timeout(max(0.001, end - monotonic())):
                    await self.probe()
            except TimeoutError:
                pass
            if self.has(position, timeline):
                return True
            if not self.is_usable or monotonic() >= end:
                self._waits_again_at = monotonic() + _PAUSE_SECONDS
                return False
            await asyncio.sleep(_BETWEEN_SECONDS)
