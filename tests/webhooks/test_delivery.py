"""Events reach their endpoints: signed, in order, and with the change that they tell of."""

import base64
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError
from tests.webhooks.conftest import Listen
from tests.webhooks.log import log_of
from tests.webhooks.receiver import Receiver

from freehold import (
    AuditPageRequest,
    NewOrganization,
    NewProject,
    NewSuspension,
    NewWebhookEndpoint,
    Organization,
    OrganizationPatch,
    Platform,
    ProjectPatch,
    SecretRotation,
    User,
)
from freehold.webhooks.jobs import (
    deliver,
)


async def test_message_says_what_the_audit_log_says(
    platform: Platform, ada: User, acme: Organization, listen: Listen, receiver: Receiver
):
    endpoint = await listen("*")
    project = await platform.acting_as(ada.id).projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    (request,) = receiver.requests
    assert request.target == "/hooks?from=freehold"
    assert request.headers["content-type"] == "application/json"
    document = request.verified(endpoint.secret)
    event = (await platform.audit.list_of_organization(acme.id, AuditPageRequest())).data[0]
    assert document["type"] == "project.create"
    assert document["data"] == {
        "id": str(event.id),
        "chain_id": str(acme.id),
        "sequence": event.sequence,
        "organization_id": str(acme.id),
        "actor_id": str(ada.id),
        "key_id": None,
        "target_type": "project",
        "target_id": str(project.id),
        "details": {"name": "Rocket"},
        "request_id": None,
    }
    assert request.id == str(event.id)
    (delivery,) = await log_of(platform, endpoint)
    assert (delivery.state, delivery.attempts, delivery.error) == ("delivered", 1, None)
    assert delivery.request is not None
    assert delivery.request.url == receiver.url
    assert delivery.response is not None
    assert delivery.response.status == 204


async def test_message_that_was_altered_is_refused_by_the_receivers_library(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    endpoint = await listen()
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    (request,) = receiver.requests
    request.verified(endpoint.secret)
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    with pytest.raises(WebhookVerificationError):
        request.verified(other)
    for header, value in (("webhook-id", "other"), ("webhook-timestamp", "1")):
        with pytest.raises(WebhookVerificationError):
            type(request)(request.target, request.headers | {header: value}, request.body).verified(endpoint.secret)


@pytest.mark.parametrize(
    ("events", "heard"),
    [
        (("*",), ["project.create", "project.update", "organization.update"]),
        (("project.*",), ["project.create", "project.update"]),
        (("project.update",), ["project.update"]),
        (("project.create", "organization.update"), ["project.create", "organization.update"]),
        (("member.*",), []),
    ],
)
async def test_endpoint_hears_of_what_it_asked_for(
    *,
    events: tuple[str, ...],
    heard: list[str],
    platform: Platform,
    acme: Organization,
    listen: Listen,
    receiver: Receiver,
):
    await listen(*events)
    project = await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await platform.projects.update(acme.id, project.id, ProjectPatch(name="Moon"))
    await platform.organizations.update(acme.id, OrganizationPatch(name="Acme again"))
    await deliver(platform.context)
    assert receiver.types == heard


async def test_organizations_hear_of_themselves_alone_and_the_platform_of_all(
    platform: Platform, ada: User, acme: Organization, listen: Listen, receiver: Receiver
):
    await listen("*")
    other = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Other"))
    await platform.projects.create(other.id, NewProject(name="Secret"))
    await deliver(platform.context)
    assert receiver.requests == []
    await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("*",)))
    await platform.projects.create(other.id, NewProject(name="Seen"))
    await platform.users.suspend(ada.id, NewSuspension(reason="Test"))
    await deliver(platform.context)
    assert sorted(receiver.types) == ["project.create", "user.suspend"]
    assert {each.document["data"]["organization_id"] for each in receiver.requests} == {str(other.id), None}
    assert acme.id != other.id


async def test_change_that_is_undone_is_told_to_nobody(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any
):
    await listen()
    attempt = connection.transaction()
    await attempt.start()
    await platform.within(connection).projects.create(acme.id, NewProject(name="Never"))
    assert await connection.fetchval("SELECT count(*) FROM webhook_deliveries") == 1
    await attempt.rollback()
    await deliver(platform.context)
    assert receiver.requests == []


async def test_without_an_endpoint_nothing_is_written(platform: Platform, acme: Organization, connection: Any):
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    assert await connection.fetchval("SELECT count(*) FROM webhook_deliveries") == 0
    assert await connection.fetchval("SELECT count(*) FROM webhook_queues") == 0


async def test_events_of_one_organization_come_in_order_over_one_connection(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any
):
    await listen()
    for number in range(20):
        await platform.projects.create(acme.id, NewProject(name=f"P{number}"))
    await deliver(platform.context)
    sequences = [each.document["data"]["sequence"] for each in receiver.requests]
    assert sequences == sorted(set(sequences))
    assert len(sequences) == 20
    assert receiver.connections == 1
    assert await connection.fetchval("SELECT count(*) FROM webhook_queues") == 0


async def test_secrets_overlap_while_they_are_rotated(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any
):
    first = await listen()
    second = await platform.organizations.webhooks.rotate_secret(acme.id, first.id, SecretRotation(overlap_seconds=60))
    assert second.secret != first.secret
    assert second.previous_secret_expires_at is not None
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    receiver.requests[0].verified(first.secret)
    receiver.requests[0].verified(second.secret)
    await connection.execute("UPDATE webhook_endpoints SET previous_secret_expires_at = now()")
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    receiver.requests[1].verified(second.secret)
    with pytest.raises(WebhookVerificationError):
        receiver.requests[1].verified(first.secret)
    assert (await platform.organizations.webhooks.get(acme.id, first.id)).previous_secret_expires_at is None
    third = await platform.organizations.webhooks.rotate_secret(acme.id, first.id, SecretRotation(overlap_seconds=0))
    assert third.previous_secret_expires_at is None
