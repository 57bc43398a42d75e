"""Whole servers are killed while people write through them and webhooks leave: nothing is lost, and all is in order.

With ``WEBHOOK_EVENTS`` and ``WEBHOOK_KILLS`` there are fewer of them.
"""

import asyncio
import os
import signal
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.serve.running import Running
from tests.webhooks.ledger import EVENTS, LEASES_END, Ledger, time_goes_by
from tests.webhooks.receiver import LOOPBACK, Receiver

from freehold import NewApiKey, NewOrganization, NewWebhookEndpoint, Platform, User

HOW_MANY = int(os.environ.get("WEBHOOK_EVENTS", "10000"))
KILLS = int(os.environ.get("WEBHOOK_KILLS", "20"))
PLACES = 20
WORKERS = 2
AHEAD = 10 * PLACES
"""How many events are written before they arrive, so that each kill meets both."""
SETTINGS = {"FREEHOLD_RATE_LIMITS": "off", "FREEHOLD_WEBHOOK_NETWORKS": LOOPBACK, "FREEHOLD_POOL_SIZE": "9"}


class Site:
    """A server that is killed and started again, and where it is now."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._database_url, self._folder, self._starts = database_url, folder, 0
        self._running: Running | None = None
        self._up = asyncio.Event()

    async def start(self) -> None:
        self._starts += 1
        log = self._folder / f"log{self._starts}"
        self._running = await asyncio.to_thread(Running, self._database_url, log, WORKERS, **SETTINGS)
        self._up.set()

    async def kill(self) -> None:
        """End all of its processes, as a machine that loses its power does."""
        assert self._running is not None
        self._up.clear()
        process = self._running.process
        os.killpg(process.pid, signal.SIGKILL)
        assert await asyncio.to_thread(process.wait) == -signal.SIGKILL
        self._running.stop()

    async def url(self) -> str:
        await self._up.wait()
        assert self._running is not None
        return self._running.url

    async def stop(self) -> None:
        if self._running is not None:
            await asyncio.to_thread(self._running.stop)


async def write(site: Site, ledger: Ledger, place: UUID, key: str) -> int:
    """Create projects, a little ahead of what arrives, until enough were answered with 201.

    Tells how often one had to be sent again.
    """
    again = 0
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        for number in range(HOW_MANY // PLACES):
            await ledger.reaches(number * PLACES - AHEAD)
            while True:
                try:
                    path = f"{await site.url()}/v1/organizations/{place}/projects"
                    if (await client.post(path, json={"name": f"P{number}"})).status_code == 201:
                        break
                except httpx.TransportError:
                    pass  # the server was killed
                again += 1
                await asyncio.sleep(0.01)
    return again


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_no_event_is_lost_and_each_organization_is_in_order(
    *,
    platform: Platform,
    ada: User,
    receiver: Receiver,
    connection: Any,
    database_url: str,
    tmp_path: Path,
    record_property: Any,
):
    ledger, began = Ledger(receiver, seed=HOW_MANY), monotonic()
    owner = platform.acting_as(ada.id)
    keys: dict[UUID, str] = {}
    for number in range(PLACES):
        made = await owner.organizations.create(NewOrganization(name=f"O{number}"))
        keys[made.id] = (await platform.organizations.api_keys.create(made.id, NewApiKey(name="writer"))).key
    await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("project.create",)))
    site = Site(database_url, tmp_path)
    clock = asyncio.ensure_future(time_goes_by(connection))
    writers = [asyncio.ensure_future(write(site, ledger, *each)) for each in keys.items()]
    try:
        await site.start()
        for number in range(KILLS):
            await ledger.reaches((number + 1) * HOW_MANY // (KILLS + 1))
            await site.kill()
            await platform.context.db.fetch(LEASES_END, [])
            await site.start()
        again = sum(await asyncio.gather(*writers))
        written = sum(len(sequences) for _, sequences in await platform.context.db.fetch(EVENTS, []))
        await ledger.reaches(written)
    finally:
        for task in (clock, *writers):
            task.cancel()
        await asyncio.gather(clock, *writers, return_exceptions=True)
        await site.stop()
    rows = await connection.fetch(EVENTS)
    assert dict(rows) == dict(ledger.taken), "each at least once, and in order"
    assert ledger.count == written >= HOW_MANY
    figures = {"events": written, "kills": KILLS, "repeated": ledger.repeated, "sent_again": again}
    for name, figure in (*figures.items(), ("seconds", round(monotonic() - began))):
        record_property(name, figure)
