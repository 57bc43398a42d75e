"""Events reach their endpoints: signed, in order, at least once, and with the change that they tell of."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError
from tests.webhooks.conftest import Listen
from tests.webhooks.receiver import Receiver

from freehold import (
    AuditPageRequest,
    DeliveriesPageRequest,
    IssuedWebhookEndpoint,
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
    WebhookDelivery,
    WebhookEndpointPatch,
)
from freehold.webhooks import queries
from freehold.webhooks.jobs import (
    FIRST_DELAY_SECONDS,
    LEASE_SECONDS,
    LONGEST_DELAY_SECONDS,
    delay_seconds,
    deliver,
    drop_old,
)
from freehold.webhooks.posting import Answer

Due = Callable[[], Awaitable[None]]


async def log_of(platform: Platform, endpoint: IssuedWebhookEndpoint, **given: Any) -> list[WebhookDelivery]:
    assert endpoint.organization_id is not None
    page = await platform.organizations.webhooks.list_deliveries(
        endpoint.organization_id, endpoint.id, DeliveriesPageRequest(limit=100, **given)
    )
    return page.data


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


async def test_what_fails_holds_what_comes_after_it_back(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, make_due: Due
):
    endpoint = await listen()
    receiver.reply = lambda _: (500, {"content-type": "text/plain"}, b"no disk\x00 left")
    for number in range(3):
        await platform.projects.create(acme.id, NewProject(name=f"P{number}"))
    await deliver(platform.context)
    assert len(receiver.requests) == 1
    third, second, first = await log_of(platform, endpoint)
    assert (first.state, first.attempts, first.error) == ("waiting", 1, "answered 500")
    assert first.response is not None
    assert first.response.body == "no disk\ufffd left"
    assert (second.attempts, third.attempts) == (0, 0)
    assert second.request is None
    assert first.next_attempt_at is not None
    assert (await platform.organizations.webhooks.get(acme.id, endpoint.id)).failing_since is not None
    await deliver(platform.context)  # not due yet
    assert len(receiver.requests) == 1
    receiver.reply = lambda _: (200, {}, b"fine")
    await make_due()
    await deliver(platform.context)
    names = [each.document["data"]["details"]["name"] for each in receiver.requests]
    assert names == ["P0", "P0", "P1", "P2"]
    assert receiver.requests[0].id == receiver.requests[1].id
    assert (await platform.organizations.webhooks.get(acme.id, endpoint.id)).failing_since is None
    assert [each.state for each in await log_of(platform, endpoint)] == ["delivered"] * 3


async def test_one_organization_that_fails_does_not_hold_another_back(
    platform: Platform, ada: User, acme: Organization, receiver: Receiver
):
    await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("project.create",)))
    other = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Other"))
    receiver.reply = lambda got: (422 if got.document["data"]["organization_id"] == str(acme.id) else 200, {}, b"")
    for place in (acme, other, acme, other):
        await platform.projects.create(place.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    places = [each.document["data"]["organization_id"] for each in receiver.requests]
    assert places.count(str(other.id)) == 2
    assert places.count(str(acme.id)) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((302, {"location": "http://127.0.0.1:1/"}, b""), "answered 302; redirects are not followed"),
        ((404, {}, b""), "answered 404"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the connection was closed, or what came is not HTTP/1.1"),
        (None, "the connection was closed, or what came is not HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 20_000, "the connection was closed, or what came is not HTTP/1.1"),
    ],
)
async def test_answer_that_is_no_success_is_told(
    *, reply: Any, error: str, platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    endpoint = await listen()
    receiver.reply = lambda _: reply
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    (delivery,) = await log_of(platform, endpoint)
    assert (delivery.state, delivery.error) == ("waiting", error)
    assert len(receiver.requests) == 1


async def test_long_answer_is_read_and_kept_in_part(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    endpoint = await listen()
    receiver.reply = lambda _: (200, {}, "ä".encode() * 500_000)
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    (delivery,) = await log_of(platform, endpoint)
    assert delivery.state == "delivered"
    assert delivery.response is not None
    assert delivery.response.body == "ä" * 4096


async def test_receiver_that_stalls_is_left(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("freehold.webhooks.posting.MESSAGE_SECONDS", 0.3)
    endpoint = await listen()
    receiver.stalls = True
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    (delivery,) = await log_of(platform, endpoint)
    assert delivery.error is not None
    assert delivery.error.startswith("no complete answer within")


async def test_two_workers_send_each_event_once_and_in_order(
    platform: Platform, ada: User, acme: Organization, receiver: Receiver
):
    await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("project.create",)))
    places = [acme.id]
    for number in range(4):
        made = await platform.acting_as(ada.id).organizations.create(NewOrganization(name=f"O{number}"))
        places.append(made.id)
    for number in range(30):
        await platform.projects.create(places[number % 5], NewProject(name="Rocket"))
    await asyncio.gather(deliver(platform.context), deliver(platform.context))
    assert len({each.id for each in receiver.requests}) == len(receiver.requests) == 30
    assert_in_order(receiver)


def assert_in_order(receiver: Receiver) -> None:
    """Each event came for the first time after those before it."""
    seen: dict[str, list[int]] = {}
    for each in receiver.requests:
        data = each.document["data"]
        known = seen.setdefault(data["chain_id"], [])
        if data["sequence"] not in known:
            known.append(data["sequence"])
    for sequences in seen.values():
        assert all(before < after for before, after in pairwise(sequences))


async def test_event_of_a_worker_that_died_is_sent_by_another(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, make_due: Due
):
    await listen()
    receiver.stalls = True
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    dying = asyncio.ensure_future(deliver(platform.context))
    async with asyncio.timeout(5):
        await receiver.stalled.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    receiver.stalls = False
    await deliver(platform.context)  # the lease is not over
    assert len(receiver.requests) == 1
    await make_due()  # it is
    await deliver(platform.context)
    first, second = receiver.requests
    assert first.id == second.id
    assert first.body == second.body


async def test_worker_that_slept_beyond_its_lease_stops(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, make_due: Due
):
    endpoint = await listen()
    for number in range(3):
        await platform.projects.create(acme.id, NewProject(name=f"P{number}"))
    receiver.stalls = True
    late = asyncio.ensure_future(deliver(platform.context))
    async with asyncio.timeout(5):
        await receiver.stalled.wait()
    receiver.stalls = False
    await make_due()
    await deliver(platform.context)
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)
    names = [each.document["data"]["details"]["name"] for each in receiver.requests]
    assert names == ["P0", "P0", "P1", "P2"]
    assert {each.state for each in await log_of(platform, endpoint)} == {"delivered"}


async def test_late_failure_changes_nothing_that_another_worker_did(
    platform: Platform, acme: Organization, listen: Listen, make_due: Due
):
    endpoint = await listen()
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    slept = await queries.claim(platform.context.db, lease_id=acme.id, lease_seconds=LEASE_SECONDS, busy=[])
    assert slept is not None
    found = await queries.next(platform.context.db, held=slept)
    assert found is not None
    assert found.delivery_id is not None
    await make_due()
    await deliver(platform.context)
    attempt = queries.Attempt(
        delivery_id=found.delivery_id,
        attempted_at=endpoint.created_at,
        url="http://late.example/",
        response_status=500,
        response_body="",
        duration_ms=1,
    )
    told = await queries.note_failure(
        platform.context.db, held=slept, attempt=attempt, error="late", delay_seconds=1, patience_seconds=0
    )
    assert told is None
    (delivery,) = await log_of(platform, endpoint)
    assert (delivery.state, delivery.attempts, delivery.error) == ("delivered", 1, None)


async def test_event_that_comes_while_a_queue_ends_is_not_forgotten(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    """The worker has seen that nothing waits; before it drops the queue, something is added."""
    await listen()
    await platform.projects.create(acme.id, NewProject(name="First"))
    held = await queries.claim(platform.context.db, lease_id=acme.id, lease_seconds=0, busy=[])
    assert held is not None
    seen = await queries.next(platform.context.db, held=held)
    assert seen is not None
    await platform.projects.create(acme.id, NewProject(name="Second"))
    assert not await queries.drop_queue(platform.context.db, held=held, additions=seen.additions)
    await deliver(platform.context)
    assert [each.document["data"]["details"]["name"] for each in receiver.requests] == ["First", "Second"]


async def test_event_is_given_up_after_days_and_the_next_has_its_turn(
    *, platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any, make_due: Due
):
    endpoint = await listen()
    receiver.reply = lambda _: (503, {}, b"")
    await platform.projects.create(acme.id, NewProject(name="Old"))
    await connection.execute("UPDATE webhook_deliveries SET created_at = created_at - interval '73 hours'")
    await platform.projects.create(acme.id, NewProject(name="New"))
    await deliver(platform.context)
    new, old = await log_of(platform, endpoint)
    assert (old.state, old.error) == ("failed", "answered 503")
    assert (new.state, new.attempts) == ("waiting", 0)
    receiver.reply = lambda _: (200, {}, b"")
    await make_due()
    await deliver(platform.context)
    assert [each.document["data"]["details"]["name"] for each in receiver.requests] == ["Old", "New"]
    assert [each.state for each in await log_of(platform, endpoint, state="failed")] == ["failed"]


async def test_endpoint_that_answers_nothing_is_left_alone_as_a_whole(
    platform: Platform, ada: User, acme: Organization, receiver: Receiver
):
    """With a queue for each organization, one attempt is enough to know that nobody is there."""
    await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("project.create",)))
    places = [acme.id]
    for number in range(9):
        made = await platform.acting_as(ada.id).organizations.create(NewOrganization(name=f"O{number}"))
        places.append(made.id)
    for place in places:
        await platform.projects.create(place, NewProject(name="Rocket"))
    receiver.reply = lambda _: (503, {}, b"")
    await deliver(platform.context)
    assert len(receiver.requests) < 10
    await deliver(platform.context)
    assert len(receiver.requests) < 10


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


async def test_writer_does_not_wait_for_a_receiver_that_is_slow(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    """No lock is held while a message is sent: the same queue is added to meanwhile."""
    await listen()
    receiver.stalls = True
    await platform.projects.create(acme.id, NewProject(name="First"))
    sending = asyncio.ensure_future(deliver(platform.context))
    async with asyncio.timeout(5):
        await receiver.stalled.wait()
        await platform.projects.create(acme.id, NewProject(name="Second"))
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


def test_delays_double_up_to_an_hour_and_no_receiver_asks_for_more():
    for failures, least in ((1, FIRST_DELAY_SECONDS), (2, 10), (5, 80), (50, LONGEST_DELAY_SECONDS)):
        delays = [delay_seconds(failures) for _ in range(100)]
        assert least * 0.75 <= min(delays) <= max(delays) <= least * 1.25
    asks = Answer(status=429, body="", retry_after_seconds=600)
    assert delay_seconds(1, asks) == 600
    assert delay_seconds(1, Answer(status=429, body="", retry_after_seconds=86_400)) == LONGEST_DELAY_SECONDS
