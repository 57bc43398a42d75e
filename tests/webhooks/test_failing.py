"""What fails is told, tried again later, and given up in the end, and holds nobody back but what comes after it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
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
from freehold.webhooks.jobs import (
    FIRST_DELAY_SECONDS,
    LONGEST_DELAY_SECONDS,
    delay_seconds,
    deliver,
)
from freehold.webhooks.posting import Answer

Due = Callable[[], Awaitable[None]]


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


def test_delays_double_up_to_an_hour_and_no_receiver_asks_for_more():
    for failures, least in ((1, FIRST_DELAY_SECONDS), (2, 10), (5, 80), (50, LONGEST_DELAY_SECONDS)):
        delays = [delay_seconds(failures) for _ in range(100)]
        assert least * 0.75 <= min(delays) <= max(delays) <= least * 1.25
    asks = Answer(status=429, body="", retry_after_seconds=600)
    assert delay_seconds(1, asks) == 600
    assert delay_seconds(1, Answer(status=429, body="", retry_after_seconds=86_400)) == LONGEST_DELAY_SECONDS
