"""Workers share what waits: two at a time, one that died, one that slept, and none that holds a writer up."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

from tests.webhooks.conftest import Listen
from tests.webhooks.log import log_of
from tests.webhooks.receiver import Receiver

from freehold import (
    NewOrganization,
    NewProject,
    NewWebhookEndpoint,
    Organization,
    Platform,
    User,
)
from freehold.webhooks import queries
from freehold.webhooks.jobs import (
    LEASE_SECONDS,
    deliver,
)

Due = Callable[[], Awaitable[None]]


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
