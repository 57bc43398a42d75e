"""What a receiver took that fails at random, and delays that are over soon."""

import asyncio
import random
from collections import defaultdict
from typing import Any

from tests.waiting import DEADLINE_SECONDS
from tests.webhooks.receiver import Received, Receiver, Reply

TIME_GOES_BY = "UPDATE webhook_queues SET due_at = now() WHERE lease_id IS NULL AND due_at > now()"
LEASES_END = "UPDATE webhook_queues SET due_at = now()"
EVENTS = (
    "SELECT chain_id::text, array_agg(sequence ORDER BY sequence) FROM audit_events "
    "WHERE action = 'project.create' GROUP BY chain_id"
)


class Ledger:
    """What a receiver took, that fails at random: before it has read, after it has taken, or in between."""

    def __init__(self, receiver: Receiver, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a test's choices
        self.taken: dict[str, list[int]] = defaultdict(list)
        self.repeated = 0
        self.grown = asyncio.Event()
        receiver.reply = self._reply

    @property
    def count(self) -> int:
        return sum(map(len, self.taken.values()))

    def _reply(self, request: Received) -> Reply | bytes | None:
        choice = self.random.random()
        if choice < 0.08:
            return (self.random.choice([500, 503, 429, 404]), {}, b"not now")
        if choice < 0.1:
            return None
        data = request.document["data"]
        known = self.taken[data["chain_id"]]
        if data["sequence"] in known[-200:]:
            self.repeated += 1
        else:
            known.append(data["sequence"])
        self.grown.set()
        if choice < 0.13:  # taken, and the answer gets lost
            return None if choice < 0.12 else b"HTTP/1.1 2"
        return (200, {}, b"thanks")

    async def reaches(self, count: int) -> None:
        async with asyncio.timeout(5 * DEADLINE_SECONDS):
            while self.count < count:
                self.grown.clear()
                await self.grown.wait()


async def time_goes_by(connection: Any) -> None:
    """Let delays be over soon, which are of seconds to an hour."""
    while True:
        await connection.execute(TIME_GOES_BY)
        await asyncio.sleep(0.02)
