"""Workers are killed at any moment, and the receiver fails at random: nothing is lost, and all is in order."""

import asyncio
import random
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.waiting import DEADLINE_SECONDS
from tests.webhooks.receiver import Received, Receiver, Reply

from freehold import NewOrganization, NewProject, NewWebhookEndpoint, Platform, User

ROOT = Path(__file__).parents[2]
TIME_GOES_BY = "UPDATE webhook_queues SET due_at = now() WHERE lease_id IS NULL AND due_at > now()"
LEASES_END = "UPDATE webhook_queues SET due_at = now()"


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


@asynccontextmanager
async def worker(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.webhooks.worker", url, cwd=ROOT)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def time_goes_by(connection: Any) -> None:
    """Let delays be over soon, which are of seconds to an hour."""
    while True:
        await connection.execute(TIME_GOES_BY)
        await asyncio.sleep(0.02)


async def write(platform: Platform, place: UUID, count: int) -> None:
    for number in range(count):
        await platform.projects.create(place, NewProject(name=f"P{number}"))


@pytest.mark.parametrize(
    ("events", "places", "kills"),
    [(120, 4, 2), pytest.param(10_000, 20, 20, marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
)
async def test_each_event_arrives_at_least_once_and_those_of_an_organization_in_order(
    *,
    events: int,
    places: int,
    kills: int,
    platform: Platform,
    ada: User,
    receiver: Receiver,
    connection: Any,
    database_url: str,
    record_property: Any,
):
    ledger = Ledger(receiver, seed=events)
    owner = platform.acting_as(ada.id)
    ids = [(await owner.organizations.create(NewOrganization(name=f"O{number}"))).id for number in range(places)]
    await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("project.create",)))
    background = [asyncio.ensure_future(time_goes_by(connection))]
    background += [asyncio.ensure_future(write(owner, place, events // places)) for place in ids]
    for number in range(kills):
        async with worker(database_url) as process:
            await ledger.reaches((number + 1) * events // (kills + 1))
            process.kill()
            await process.wait()
            assert process.returncode == -9
        await platform.context.db.fetch(LEASES_END, [])
    async with worker(database_url):
        await ledger.reaches(events)
    background[0].cancel()
    await asyncio.gather(*background, return_exceptions=True)
    rows = await connection.fetch(
        "SELECT chain_id::text, array_agg(sequence ORDER BY sequence) FROM audit_events "
        "WHERE action = 'project.create' GROUP BY chain_id"
    )
    assert dict(rows) == dict(ledger.taken)
    assert ledger.count == events
    record_property("repeated", ledger.repeated)
