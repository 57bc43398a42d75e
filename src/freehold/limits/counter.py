"""Counts requests in this process, and exchanges the counts with the other nodes through the database.

A request under its limit waits for nothing: it is counted in memory, and once a second (every 50 ms for a bucket that
is nearly full) one statement adds what was counted to the shared table and brings back the sums. So with n processes a
quota can be exceeded by what the other n - 1 let in between two exchanges, and by no more. A small quota that guards
something expensive is exact: it is counted in the database before the request goes on.
"""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from freehold.base.errors import FreeholdError
from freehold.data.failures import incidental
from freehold.data.sql import Executor
from freehold.limits import queries
from freehold.limits.policies import WINDOW_SECONDS, Policy

EXCHANGE_SECONDS: Final = 1.0
HASTY_SECONDS: Final = 0.05
NEARLY_FULL: Final = 0.8
"""From this part of a quota on, a bucket is exchanged in haste."""
MOST_BUCKETS: Final = 100_000
"""How many callers a process keeps apart in one minute; with more of them it begins anew."""

_log = logging.getLogger(__name__)


class Verdict(NamedTuple):
    """Whether a request may go on, how many more may follow it, and in how many seconds the count begins anew."""

    is_allowed: bool
    remaining: int
    reset_seconds: int


class _Bucket(msgspec.Struct):
    """What one caller has asked of one kind in the current window: of all nodes as last heard, and here since then."""

    ends_at: int
    shared: int = 0
    sent: int = 0
    pending: int = 0

    @property
    def used(self) -> int:
        return self.shared + self.sent + self.pending


class Counter:
    """Counts for one process. Windows begin at whole minutes of the database's clock, so all nodes have the same."""

    def __init__(self, db: Executor, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}
        self._offset = time.time() - clock()
        self._exchanged_at = -math.inf
        self._exchange: asyncio.Task[None] | None = None

    async def count(self, policy: Policy, subject: str) -> Verdict:
        """Count a request against the quota of a caller.

        Raises:
            Unavailable: the quota is an exact one, and the database cannot be reached.
        """
        now = self._clock() + self._offset
        name = bucket_name(policy, subject)
        bucket = self._buckets.get(name)
        if bucket is None or bucket.ends_at <= now:
            bucket = self._open(name, now)
        if bucket.used >= policy.quota:
            return verdict_of(policy, bucket.used + 1, bucket.ends_at - now)
        if policy.is_exact:
            return verdict_of(policy, await self._count_exactly(name, bucket), bucket.ends_at - now)
        bucket.pending += 1
        interval = HASTY_SECONDS if bucket.used >= policy.quota * NEARLY_FULL else EXCHANGE_SECONDS
        if self._exchange is None and now - self._exchanged_at >= interval:
            self._exchange = asyncio.create_task(self.exchange(), name="freehold-limits")
        return verdict_of(policy, bucket.used, bucket.ends_at - now)

    async def exchange(self) -> None:
        """Tell the other nodes what was counted here, and learn what they have counted."""
        told = {name: bucket for name, bucket in self._buckets.items() if bucket.pending}
        for bucket in told.values():
            bucket.sent, bucket.pending = bucket.pending, 0
        try:
            await self._add({name: (bucket.ends_at, bucket.sent) for name, bucket in told.items()})
        except FreeholdError as error:
            _log.warning("limits are counted by this process alone for now: %s", error.detail)
            for bucket in told.values():
                bucket.pending += bucket.sent
        finally:
            for bucket in told.values():
                bucket.sent = 0
            self._exchanged_at = self._clock() + self._offset
            self._exchange = None
            self._forget_ended()

    def _open(self, name: str, now: float) -> _Bucket:
        if len(self._buckets) >= MOST_BUCKETS:
            self._buckets.clear()
        ends_at = (math.floor(now / WINDOW_SECONDS) + 1) * WINDOW_SECONDS
        bucket = self._buckets[name] = _Bucket(ends_at)
        return bucket

    async def _count_exactly(self, name: str, bucket: _Bucket) -> int:
        """Return the place of this request among those of all nodes."""
        with incidental():
            (total,) = await queries.add(self._db, buckets=[name], ends=[bucket.ends_at], requests=[1])
        bucket.shared = max(bucket.shared, total.requests)
        return total.requests

    async def _add(self, counted: dict[str, tuple[int, int]]) -> None:
        if not counted:
            return
        totals = await queries.add(
            self._db,
            buckets=list(counted),
            ends=[ends_at for ends_at, _ in counted.values()],
            requests=[requests for _, requests in counted.values()],
        )
        self._set_clock(totals[0].now)
        for total in totals:
            bucket = self._buckets.get(total.bucket)
            if bucket is not None and bucket.ends_at == total.ends_at:
                bucket.shared = total.requests

    def _set_clock(self, now: float) -> None:
        """Go by the database's clock, whatever this machine's says or is set to."""
        self._offset = now - self._clock()

    def _forget_ended(self) -> None:
        now = self._clock() + self._offset
        self._buckets = {name: bucket for name, bucket in self._buckets.items() if bucket.ends_at > now}


def bucket_name(policy: Policy, subject: str) -> str:
    """Name what a caller asks of one kind."""
    return f"{policy.name}:{subject}"


def address_subject(network: str) -> str:
    """Name an address as a caller."""
    return f"address {network}"


def verdict_of(policy: Policy, place: int, seconds: float) -> Verdict:
    """Say whether the request at a place in its window may go on."""
    return Verdict(place <= policy.quota, max(0, policy.quota - place), max(1, math.ceil(seconds)))
