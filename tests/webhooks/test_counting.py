"""What /metrics says of webhooks: how attempts ended, how many deliveries wait, and for how long the first has."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.conftest import trusting
from tests.observe.conftest import Samples, read_samples, sample
from tests.webhooks.conftest import Listen
from tests.webhooks.receiver import LOOPBACK, Receiver

from freehold import NewProject, Organization, Platform, WebhookEndpointPatch
from freehold.serve.application import create_application
from freehold.webhooks.jobs import count_waiting, deliver

TOKEN = "a-token-for-metrics-alone"
WAITING = "freehold_webhook_deliveries_waiting"
OLDEST = "freehold_webhook_oldest_waiting_seconds"


@pytest.fixture
async def platform(database_url: str) -> AsyncIterator[Platform]:
    """A platform that counts, and may send to this machine."""
    settings = trusting(webhook_networks=LOOPBACK, metrics_token=TOKEN)
    async with Platform.open(database_url, settings=settings) as opened:
        yield opened


async def samples_of(platform: Platform) -> Samples:
    await count_waiting(platform.context)
    transport = httpx.ASGITransport(create_application(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return read_samples((await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text)


def attempts(samples: Samples) -> list[float]:
    name = "freehold_webhook_attempts_total"
    return [sample(samples, name, outcome=outcome) for outcome in ("delivered", "failed", "given_up")]


async def test_attempts_are_counted_by_outcome_and_the_backlog_by_its_age(
    *, platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any, make_due: Any
):
    endpoint = await listen()
    empty = await samples_of(platform)
    assert attempts(empty) == [0, 0, 0]
    assert (sample(empty, WAITING), sample(empty, OLDEST)) == (0, 0)
    for name in ("One", "Two", "Three"):
        await platform.projects.create(acme.id, NewProject(name=name))
    await connection.execute("UPDATE webhook_deliveries SET created_at = now() - sequence * interval '1 hour'")
    oldest = await connection.fetchval("SELECT max(sequence) FROM webhook_deliveries")
    waiting = await samples_of(platform)
    assert sample(waiting, WAITING) == 3
    assert 3600 * oldest <= sample(waiting, OLDEST) < 3600 * oldest + 60
    receiver.reply = lambda _: (500, {}, b"") if len(receiver.requests) == 2 else (204, {}, b"")
    await deliver(platform.context)
    assert attempts(await samples_of(platform)) == [1, 1, 0]
    receiver.reply = lambda _: (500, {}, b"") if len(receiver.requests) == 3 else (204, {}, b"")
    await connection.execute("UPDATE webhook_deliveries SET created_at = now() - interval '73 hours'")
    await make_due()
    await deliver(platform.context)
    assert attempts(await samples_of(platform)) == [1, 1, 1]
    assert sample(await samples_of(platform), WAITING) == 1
    off = WebhookEndpointPatch(status="disabled")
    await platform.organizations.webhooks.update(acme.id, endpoint.id, off)
    disabled = await samples_of(platform)
    assert (sample(disabled, WAITING), sample(disabled, OLDEST)) == (0, 0), "nobody waits for it"
