"""Sending again: one delivery, or all that happened in a span of time, also while the endpoint was off."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from tests.webhooks.conftest import Listen
from tests.webhooks.receiver import Receiver

from freehold import (
    DeliveriesPageRequest,
    NewOrganization,
    NewProject,
    NewReplay,
    NewWebhookEndpoint,
    Organization,
    Platform,
    User,
    WebhookEndpointPatch,
)
from freehold.base.ids import new_id
from freehold.webhooks.errors import ReplayTooLong
from freehold.webhooks.jobs import deliver
from freehold.webhooks.log import LONGEST_TRANSACTION, _first_id_of


def names(receiver: Receiver) -> list[str]:
    return [each.document["data"]["details"]["name"] for each in receiver.requests]


async def test_one_delivery_is_sent_again_with_the_same_id(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    endpoint = await listen()
    for name in ("One", "Two"):
        await platform.projects.create(acme.id, NewProject(name=name))
    await deliver(platform.context)
    log = (await platform.organizations.webhooks.list_deliveries(acme.id, endpoint.id, DeliveriesPageRequest())).data
    hooks = platform.organizations.webhooks
    assert (await hooks.replay_delivery(acme.id, endpoint.id, log[-1].id)).deliveries == 1
    await hooks.replay_delivery(acme.id, endpoint.id, log[-1].id)  # it waits already
    await deliver(platform.context)
    assert names(receiver) == ["One", "Two", "One"]
    assert receiver.requests[0].id == receiver.requests[2].id
    again = (await platform.organizations.webhooks.list_deliveries(acme.id, endpoint.id, DeliveriesPageRequest())).data
    assert [(each.is_replay, each.state) for each in again] == [
        (True, "delivered"),
        (False, "delivered"),
        (False, "delivered"),
    ]


async def test_span_holds_what_happened_while_the_endpoint_was_off(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    endpoint = await listen("project.create")
    hooks = platform.organizations.webhooks
    await platform.projects.create(acme.id, NewProject(name="Before"))
    off = await hooks.update(acme.id, endpoint.id, WebhookEndpointPatch(status="disabled"))
    for name in ("Lost 1", "Lost 2"):
        project = await platform.projects.create(acme.id, NewProject(name=name))
        await platform.projects.delete(acme.id, project.id)
    on = await hooks.update(acme.id, endpoint.id, WebhookEndpointPatch(status="enabled"))
    await platform.projects.create(acme.id, NewProject(name="After"))
    replay = NewReplay(from_=off.updated_at, to=on.updated_at)
    assert (await hooks.replay(acme.id, endpoint.id, replay)).deliveries == 2
    await deliver(platform.context)
    assert names(receiver) == ["Before", "Lost 1", "Lost 2", "After"]
    sequences = [each.document["data"]["sequence"] for each in receiver.requests]
    assert all(before < after for before, after in pairwise(sequences))


async def test_span_of_the_platform_holds_what_happened_anywhere(
    platform: Platform, ada: User, acme: Organization, receiver: Receiver
):
    other = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Other"))
    begin = datetime.now(UTC)
    for place in (acme, other, acme):
        await platform.projects.create(place.id, NewProject(name=place.name))
    endpoint = await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("project.create",)))
    assert (await platform.webhooks.replay(endpoint.id, NewReplay(from_=begin))).deliveries == 3
    await deliver(platform.context)
    assert sorted(names(receiver)) == ["Acme", "Acme", "Other"]
    soon = NewReplay(from_=datetime.now(UTC), to=datetime(9999, 1, 1, tzinfo=UTC))
    assert (await platform.webhooks.replay(endpoint.id, soon)).deliveries == 0
    old = NewReplay(from_=datetime(1970, 1, 1, tzinfo=UTC), to=begin)
    assert (await platform.webhooks.replay(endpoint.id, old)).deliveries == 0


async def test_replay_of_what_waits_does_not_wait_for_its_turn(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    endpoint = await listen()
    receiver.reply = lambda _: (500, {}, b"")
    await platform.projects.create(acme.id, NewProject(name="One"))
    await deliver(platform.context)
    receiver.reply = lambda _: (200, {}, b"")
    hooks = platform.organizations.webhooks
    (waiting,) = (await hooks.list_deliveries(acme.id, endpoint.id, DeliveriesPageRequest())).data
    await hooks.replay_delivery(acme.id, endpoint.id, waiting.id)
    await deliver(platform.context)
    assert names(receiver) == ["One", "One"]


async def test_span_that_is_too_long_is_refused_as_a_whole(
    platform: Platform, acme: Organization, listen: Listen, connection: Any, monkeypatch: pytest.MonkeyPatch
):
    endpoint = await listen()
    monkeypatch.setattr("freehold.webhooks.log.MOST_REPLAYED", 2)
    for number in range(3):
        await platform.projects.create(acme.id, NewProject(name=f"P{number}"))
    await deliver(platform.context)
    with pytest.raises(ReplayTooLong):
        await platform.organizations.webhooks.replay(acme.id, endpoint.id, NewReplay(from_=endpoint.created_at))
    assert await connection.fetchval("SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting'") == 0


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (datetime.min.replace(tzinfo=UTC), datetime(1969, 1, 1, tzinfo=UTC)),
        (datetime.max.replace(tzinfo=UTC), None),
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
async def test_span_without_time_in_it_holds_nothing(
    *, begin: datetime, end: datetime | None, platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    endpoint = await listen("*")
    new = NewReplay(from_=begin, to=end)
    assert (await platform.organizations.webhooks.replay(acme.id, endpoint.id, new)).deliveries == 0
    everywhere = await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("*",)))
    assert (await platform.webhooks.replay(everywhere.id, new)).deliveries == 0


def test_ids_are_found_by_the_time_at_which_they_are_made():
    before = datetime.now(UTC)
    made = new_id()
    after = datetime.now(UTC) + timedelta(milliseconds=1)
    assert _first_id_of(before) <= made <= _first_id_of(after)
    assert re.fullmatch(r"1:00:00", str(LONGEST_TRANSACTION))
