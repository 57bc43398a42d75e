"""Workers are killed at any moment, and the receiver fails at random: nothing is lost, and all is in order."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.webhooks.ledger import EVENTS, LEASES_END, Ledger, time_goes_by
from tests.webhooks.receiver import Receiver

from freehold import NewOrganization, NewProject, NewWebhookEndpoint, Platform, User

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def worker(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.webhooks.worker", url, cwd=ROOT)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


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
    rows = await connection.fetch(EVENTS)
    assert dict(rows) == dict(ledger.taken)
    assert ledger.count == events
    record_property("repeated", ledger.repeated)
