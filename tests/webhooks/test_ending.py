"""What is left of endpoints that are disabled or deleted, of organizations that are purged, and of old deliveries."""

from typing import Any

from tests.webhooks.conftest import Listen
from tests.webhooks.log import log_of
from tests.webhooks.receiver import Receiver

from freehold import (
    NewProject,
    NewWebhookEndpoint,
    Organization,
    Platform,
    WebhookEndpointPatch,
)
from freehold.webhooks.jobs import (
    deliver,
    drop_old,
)


async def test_disabled_endpoint_gets_nothing_and_what_waited_when_it_is_enabled(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any
):
    endpoint = await listen()
    hooks = platform.organizations.webhooks
    await platform.projects.create(acme.id, NewProject(name="Before"))
    await hooks.update(acme.id, endpoint.id, WebhookEndpointPatch(status="disabled"))
    await platform.projects.create(acme.id, NewProject(name="Meanwhile"))
    await deliver(platform.context)
    assert receiver.requests == []
    assert await connection.fetchval("SELECT due_at = 'infinity' FROM webhook_queues")
    (waiting,) = await log_of(platform, endpoint)
    assert waiting.next_attempt_at is None
    await hooks.update(acme.id, endpoint.id, WebhookEndpointPatch(status="enabled"))
    await deliver(platform.context)
    assert [each.document["data"]["details"]["name"] for each in receiver.requests] == ["Before"]


async def test_deleted_endpoint_gets_nothing_and_leaves_nothing(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any
):
    endpoint = await listen()
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await platform.organizations.webhooks.delete(acme.id, endpoint.id)
    await deliver(platform.context)
    assert len(receiver.requests) == 1
    assert await connection.fetchval("SELECT count(*) FROM webhook_queues") == 0
    await drop_old(platform.context)
    assert await connection.fetchval("SELECT count(*) FROM webhook_deliveries") == 0


async def test_purged_organization_leaves_nothing(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any
):
    await listen("*")
    kept = await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("organization.purge",)))
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await connection.execute("UPDATE webhook_queues SET due_at = 'infinity'")
    await platform.organizations.delete(acme.id)
    await platform.organizations.purge(acme.id)
    await drop_old(platform.context)
    assert await connection.fetchval("SELECT count(*) FROM webhook_endpoints") == 1
    assert await connection.fetchval("SELECT array_agg(DISTINCT endpoint_id) FROM webhook_deliveries") == [kept.id]
    assert await connection.fetchval("SELECT array_agg(DISTINCT endpoint_id) FROM webhook_queues") == [kept.id]
    await deliver(platform.context)
    assert receiver.types == ["organization.purge"]


async def test_old_deliveries_are_forgotten(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any
):
    endpoint = await listen()
    await platform.projects.create(acme.id, NewProject(name="Old"))
    await deliver(platform.context)
    await connection.execute("UPDATE webhook_deliveries SET created_at = created_at - interval '31 days'")
    await platform.projects.create(acme.id, NewProject(name="New"))
    await drop_old(platform.context)
    assert len(await log_of(platform, endpoint)) == 1
    assert len(receiver.requests) == 1
