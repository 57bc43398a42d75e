"""Endpoints over HTTP and in the library: who may have one, what is shown, and what is kept secret."""

import logging
from typing import Any

import httpx
import pytest
from tests.conftest import PASSWORD, SignUp
from tests.webhooks.conftest import Listen
from tests.webhooks.receiver import Receiver

from freehold import (
    Action,
    Actor,
    AuditPageRequest,
    DeliveriesPageRequest,
    Forbidden,
    Missing,
    NewApiKey,
    NewCustomRole,
    NewProject,
    NewReplay,
    NewRole,
    NewSession,
    NewWebhookEndpoint,
    Organization,
    PageRequest,
    Platform,
    SecretRotation,
    Stale,
    User,
    WebhookEndpointPatch,
)
from freehold.base.errors import Invalid
from freehold.serve.application import create_application
from freehold.webhooks.errors import NoSuchDelivery, NoSuchWebhookEndpoint, TooManyWebhookEndpoints, UnknownEvent
from freehold.webhooks.jobs import deliver

NEW = NewWebhookEndpoint(url="https://hooks.acme.example/", events=("project.*",))


async def test_endpoint_over_http_from_creation_to_deletion(
    platform: Platform, ada: User, acme: Organization, receiver: Receiver
):
    signed_in = await platform.acting_as(None).sessions.create(NewSession(login=ada.username, password=PASSWORD))
    transport = httpx.ASGITransport(create_application(platform))
    headers = {"Authorization": f"Bearer {signed_in.token}"}
    path = f"/v1/organizations/{acme.slug}/webhook-endpoints"
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        made = await client.post(path, json={"url": receiver.url, "events": ["project.*"]})
        assert made.status_code == 201, made.text
        endpoint = made.json()
        assert endpoint.pop("secret").startswith("whsec_")
        assert made.headers["cache-control"] == "no-store"
        assert made.headers["location"] == f"{path}/{endpoint['id']}"
        one = f"{path}/{endpoint['id']}"
        read = await client.get(one)
        assert read.json() == endpoint
        assert (await client.get(path)).json()["data"] == [endpoint]
        await client.post(f"/v1/organizations/{acme.slug}/projects", json={"name": "Rocket"})
        await deliver(platform.context)
        (delivery,) = (await client.get(f"{one}/deliveries?state=delivered")).json()["data"]
        assert delivery["request"]["body"] == receiver.requests[0].document
        assert delivery["request"]["webhook_id"] == receiver.requests[0].id
        assert (await client.get(f"{one}/deliveries/{delivery['id']}")).json() == delivery
        replayed = await client.post(f"{one}/deliveries/{delivery['id']}/replay")
        assert (replayed.status_code, replayed.json()) == (200, {"deliveries": 1})
        await deliver(platform.context)
        assert receiver.requests[1].body == receiver.requests[0].body
        rotated = await client.post(f"{one}/rotate-secret")
        assert rotated.status_code == 200
        assert rotated.json()["previous_secret_expires_at"] is not None
        etag = (await client.get(one)).headers["etag"]
        changed = await client.patch(one, json={"status": "disabled"}, headers={"If-Match": etag})
        assert changed.json()["status"] == "disabled"
        refused = await client.delete(one, headers={"If-Match": etag})
        assert (refused.status_code, refused.json()["code"]) == (412, "stale")
        refused = await client.post(f"{one}/replay", json={"from": "2026-01-01T00:00:00Z"})
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook_endpoint_disabled")
        assert (await client.delete(one)).status_code == 204
        gone = await client.get(one)
        assert (gone.status_code, gone.json()["code"]) == (404, "no_such_webhook_endpoint")
        for platforms in (client.get("/v1/webhook-endpoints"), client.post("/v1/webhook-endpoints", json={})):
            assert (await platforms).status_code in {403, 422}


async def test_request_that_is_sent_again_makes_one_endpoint(platform: Platform, ada: User, acme: Organization):
    signed_in = await platform.acting_as(None).sessions.create(NewSession(login=ada.username, password=PASSWORD))
    transport = httpx.ASGITransport(create_application(platform))
    headers = {"Authorization": f"Bearer {signed_in.token}", "Idempotency-Key": "once"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        path = f"/v1/organizations/{acme.id}/webhook-endpoints"
        first, second = [await client.post(path, json={"url": NEW.url, "events": ["*"]}) for _ in range(2)]
    assert first.json() == second.json()
    assert len((await platform.organizations.webhooks.list(acme.id, PageRequest())).data) == 1


async def test_secret_is_shown_once_and_lies_nowhere_in_clear(
    platform: Platform,
    acme: Organization,
    listen: Listen,
    connection: Any,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.DEBUG)
    made = await listen("*")
    rotated = await platform.organizations.webhooks.rotate_secret(acme.id, made.id, SecretRotation())
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    for secret in (made.secret, rotated.secret):
        bare = secret.removeprefix("whsec_")
        for table in ("webhook_endpoints", "webhook_deliveries", "audit_events", "mail_messages"):
            assert bare not in str(await connection.fetch(f"SELECT t::text FROM {table} t"))  # noqa: S608
        assert bare not in caplog.text
    assert not hasattr(await platform.organizations.webhooks.get(acme.id, made.id), "secret")


async def test_sealed_secret_opens_at_its_own_place_alone(platform: Platform, acme: Organization, connection: Any):
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415

    from freehold.webhooks.endpoints import vault_of  # noqa: PLC0415

    made = await platform.organizations.webhooks.create(acme.id, NEW)
    sealed = await connection.fetchval("SELECT sealed_secret FROM webhook_endpoints")
    vault = vault_of(platform.context)
    assert vault.open(sealed, made.id) == made.secret
    with pytest.raises(InvalidTag):
        vault.open(sealed, acme.id)


async def test_who_may_not_read_the_log_learns_nothing_of_it_through_an_endpoint(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp
):
    owner = platform.acting_as(ada.id)
    made = await owner.organizations.webhooks.create(acme.id, NEW)
    every = tuple(action for action in Action if action.value.startswith(("webhook.", "organization.read")))
    await owner.organizations.roles.create(acme.id, NewCustomRole(name="plumber", actions=every))
    bob = await sign_up("bob")
    await owner.organizations.members.put(acme.id, bob.id, NewRole(role="plumber"))
    hooks = platform.acting_as(bob.id).organizations.webhooks
    assert (await hooks.get(acme.id, made.id)).url == NEW.url
    for attempt in (
        hooks.create(acme.id, NEW),
        hooks.update(acme.id, made.id, WebhookEndpointPatch(url="https://mine.example/")),
        hooks.rotate_secret(acme.id, made.id, SecretRotation()),
        hooks.list_deliveries(acme.id, made.id, DeliveriesPageRequest()),
        hooks.get_delivery(acme.id, made.id, made.id),
        hooks.replay_delivery(acme.id, made.id, made.id),
    ):
        with pytest.raises(Forbidden, match=r"audit\.read"):
            await attempt
    await hooks.delete(acme.id, made.id)


async def test_endpoint_is_found_at_its_own_place_alone(platform: Platform, ada: User, acme: Organization):
    from freehold import NewOrganization  # noqa: PLC0415

    owner = platform.acting_as(ada.id)
    other = await owner.organizations.create(NewOrganization(name="Other"))
    mine = await owner.organizations.webhooks.create(acme.id, NEW)
    platforms = await platform.webhooks.create(NEW)
    for place, endpoint in ((other.id, mine.id), (acme.id, platforms.id), (None, mine.id)):
        hooks: Any = platform.organizations.webhooks if place else platform.webhooks
        at = (place,) if place else ()
        for attempt in (
            hooks.get(*at, endpoint),
            hooks.update(*at, endpoint, WebhookEndpointPatch(description="x")),
            hooks.update(*at, endpoint, WebhookEndpointPatch()),
            hooks.rotate_secret(*at, endpoint, SecretRotation()),
            hooks.list_deliveries(*at, endpoint, DeliveriesPageRequest()),
            hooks.get_delivery(*at, endpoint, endpoint),
            hooks.replay_delivery(*at, endpoint, endpoint),
            hooks.delete(*at, endpoint),
        ):
            with pytest.raises(NoSuchWebhookEndpoint):
                await attempt
    assert [each.id for each in (await platform.webhooks.list(PageRequest())).data] == [platforms.id]
    assert [each.id for each in (await owner.organizations.webhooks.list(acme.id, PageRequest())).data] == [mine.id]
    for attempt in (
        platform.organizations.webhooks.get_delivery(acme.id, mine.id, mine.id),
        platform.organizations.webhooks.replay_delivery(acme.id, mine.id, mine.id),
    ):
        with pytest.raises(NoSuchDelivery):
            await attempt


async def test_endpoints_of_the_platform_are_for_its_administrators(platform: Platform, ada: User):
    made = await platform.webhooks.create(NEW)
    for actor in (platform.acting_as(ada.id),):
        for attempt in (
            actor.webhooks.create(NEW),
            actor.webhooks.list(PageRequest()),
            actor.webhooks.get(made.id),
            actor.webhooks.update(made.id, WebhookEndpointPatch()),
            actor.webhooks.rotate_secret(made.id, SecretRotation()),
            actor.webhooks.delete(made.id),
            actor.webhooks.list_deliveries(made.id, PageRequest()),
            actor.webhooks.get_delivery(made.id, made.id),
            actor.webhooks.replay_delivery(made.id, made.id),
        ):
            with pytest.raises(Forbidden):
                await attempt
    admin = platform.acting_as(Actor(user_id=ada.id, is_admin=True))
    assert (await admin.webhooks.get(made.id)).organization_id is None


async def test_changes_are_in_the_audit_log(platform: Platform, ada: User, acme: Organization):
    hooks = platform.acting_as(ada.id).organizations.webhooks
    made = await hooks.create(acme.id, NEW)
    await hooks.update(acme.id, made.id, WebhookEndpointPatch(url="https://other.example/", status="disabled"))
    await hooks.rotate_secret(acme.id, made.id, SecretRotation())
    await hooks.update(acme.id, made.id, WebhookEndpointPatch(status="enabled"))
    await hooks.replay(acme.id, made.id, NewReplay(from_=made.created_at))
    await hooks.delete(acme.id, made.id)
    events = (await platform.audit.list_of_organization(acme.id, AuditPageRequest())).data
    seen = [(each.action, each.details.get("changed")) for each in reversed(events) if each.target_id == made.id]
    assert seen == [
        ("webhook.create", None),
        ("webhook.update", ["url", "status"]),
        ("webhook.update", ["secret"]),
        ("webhook.update", ["status"]),
        ("webhook.replay", None),
        ("webhook.delete", None),
    ]
    assert (await platform.audit.verify()).found == 0


async def test_version_guards_changes(platform: Platform, acme: Organization):
    hooks = platform.organizations.webhooks
    made = await hooks.create(acme.id, NEW)
    updated = await hooks.update(
        acme.id, made.id, WebhookEndpointPatch(description="For the ledger"), version=made.updated_at
    )
    assert updated.description == "For the ledger"
    for attempt in (
        hooks.update(acme.id, made.id, WebhookEndpointPatch(description="x"), version=made.updated_at),
        hooks.update(acme.id, made.id, WebhookEndpointPatch(), version=made.updated_at),
        hooks.delete(acme.id, made.id, version=made.updated_at),
    ):
        with pytest.raises(Stale):
            await attempt
    await hooks.delete(acme.id, made.id, version=updated.updated_at)


@pytest.mark.parametrize(
    "events", [(), ("project",), ("*.create",), ("Project.create",), ("*", "*"), ("**",), ("a.b",) * 101]
)
def test_what_is_no_event_is_refused(events: tuple[str, ...]):
    with pytest.raises(Invalid) as refused:
        NewWebhookEndpoint(url=NEW.url, events=events)
    assert {each.pointer.partition("s/")[0] for each in refused.value.errors} <= {"/event", "/events"}


@pytest.mark.parametrize("events", [("project.creat",), ("*", "member.vanish")])
async def test_event_that_never_happens_is_refused(events: tuple[str, ...], platform: Platform, acme: Organization):
    with pytest.raises(UnknownEvent, match=r"create|add"):
        await platform.organizations.webhooks.create(acme.id, NewWebhookEndpoint(url=NEW.url, events=events))
    made = await platform.organizations.webhooks.create(acme.id, NEW)
    with pytest.raises(UnknownEvent):
        await platform.organizations.webhooks.update(acme.id, made.id, WebhookEndpointPatch(events=events))


async def test_event_of_an_applications_own_is_accepted(platform: Platform, acme: Organization):
    new = NewWebhookEndpoint(url=NEW.url, events=("invoice.sent", "invoice.*"))
    assert (await platform.organizations.webhooks.create(acme.id, new)).events == ("invoice.sent", "invoice.*")


async def test_fifty_endpoints_and_not_one_more(platform: Platform, acme: Organization, connection: Any):
    await platform.organizations.webhooks.create(acme.id, NEW)
    await connection.execute(
        "INSERT INTO webhook_endpoints (organization_id, url, events, sealed_secret) "
        "SELECT organization_id, url, events, sealed_secret FROM webhook_endpoints, generate_series(1, 49)"
    )
    with pytest.raises(TooManyWebhookEndpoints):
        await platform.organizations.webhooks.create(acme.id, NEW)
    await platform.webhooks.create(NEW)
    page = await platform.organizations.webhooks.list(acme.id, PageRequest(limit=20, include="total"))
    assert (len(page.data), page.total) == (20, 50)
    rest = await platform.organizations.webhooks.list(acme.id, PageRequest(limit=100, cursor=page.next_cursor))
    assert len({each.id for each in (*page.data, *rest.data)}) == 50


async def test_key_of_the_organization_looks_after_endpoints_if_it_may(
    platform: Platform, ada: User, acme: Organization
):
    from freehold.api_keys.operations import authenticate  # noqa: PLC0415

    owner = platform.acting_as(ada.id)
    for actions, allowed in (
        ((Action.WEBHOOK_CREATE, Action.AUDIT_READ), True),
        ((Action.WEBHOOK_CREATE,), False),
        ((Action.AUDIT_READ,), False),
    ):
        key = await owner.organizations.api_keys.create(acme.id, NewApiKey(name="terraform", actions=actions))
        program = platform.acting_as((await authenticate(platform.context, key.key)).actor)
        if allowed:
            assert (await program.organizations.webhooks.create(acme.id, NEW)).created_by is None
        else:
            with pytest.raises((Forbidden, Missing)):
                await program.organizations.webhooks.create(acme.id, NEW)
