"""Webhook endpoints in the console, of an organization and of the platform: the same pages for both."""

import html
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from tests.conftest import trusting
from tests.webhooks.receiver import LOOPBACK, Receiver, open_receiver

from freehold import (
    NewCustomRole,
    NewProject,
    NewRole,
    NewWebhookEndpoint,
    PageRequest,
    Platform,
    WebhookDelivery,
    WebhookEndpoint,
)
from freehold.base.ids import new_id
from freehold.webhooks.jobs import deliver

from .conftest import Enter

ALL = PageRequest(limit=100)
ACME = "/organizations/acme/webhook-endpoints"
PLATFORM = "/platform/webhook-endpoints"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{40,}")


class Owner(msgspec.Struct, frozen=True):
    """Whose endpoints a test is about, and what it does with them besides the console."""

    path: str
    browser: httpx.AsyncClient
    platform: Platform

    @property
    def is_platform(self) -> bool:
        return self.path == PLATFORM

    async def create(self, url: str, *events: str) -> WebhookEndpoint:
        new = NewWebhookEndpoint(url=url, events=events or ("project.*",))
        if self.is_platform:
            return await self.platform.webhooks.create(new)
        return await self.platform.organizations.webhooks.create("acme", new)

    async def endpoints(self) -> list[WebhookEndpoint]:
        if self.is_platform:
            return (await self.platform.webhooks.list(ALL)).data
        return (await self.platform.organizations.webhooks.list("acme", ALL)).data

    async def deliveries(self, endpoint: UUID) -> list[WebhookDelivery]:
        if self.is_platform:
            return (await self.platform.webhooks.list_deliveries(endpoint, ALL)).data
        return (await self.platform.organizations.webhooks.list_deliveries("acme", endpoint, ALL)).data

    async def send(self, name: str = "Rocket") -> None:
        """Let something happen, and send what waits."""
        await self.platform.projects.create("acme", NewProject(name=name))
        await deliver(self.platform.context)


@pytest.fixture
async def platform(database_url: str) -> AsyncIterator[Platform]:
    """A platform that may send to this machine."""
    async with Platform.open(database_url, settings=trusting(webhook_networks=LOOPBACK)) as opened:
        yield opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as opened:
        yield opened


@pytest.fixture(params=[ACME, PLATFORM], ids=["organization", "platform"])
def owner(request: Any, ada: httpx.AsyncClient, root: httpx.AsyncClient, platform: Platform) -> Owner:
    return Owner(request.param, root if request.param == PLATFORM else ada, platform)


async def test_endpoint_is_made_and_its_secret_shown_once(owner: Owner):
    browser = owner.browser
    assert "There is none yet." in (await browser.get(owner.path)).text
    typed = {"url": "https://hooks.acme.example/in", "event:project.*": "on", "other_events": "invoice.sent, order.*"}
    made = await browser.post(f"{owner.path}/new", data={**typed, "description": "To <b>us</b>"})
    assert made.status_code == 200
    assert len(set(SECRET.findall(made.text))) == 1
    (endpoint,) = await owner.endpoints()
    assert endpoint.url == typed["url"]
    assert set(endpoint.events) == {"project.*", "invoice.sent", "order.*"}
    shown = (await browser.get(owner.path)).text
    assert "To &lt;b&gt;us&lt;/b&gt;" in shown
    assert f'href="{owner.path}/{endpoint.id}"' in shown
    one = (await browser.get(f"{owner.path}/{endpoint.id}")).text
    assert not SECRET.search(one)
    assert 'name="event:project.*" checked' in one
    assert 'name="event:*" checked' not in one
    assert 'value="invoice.sent, order.*"' in one


@pytest.mark.parametrize(
    ("typed", "status", "field"),
    [
        ({"url": "ftp://acme.example"}, 422, "url"),
        ({"url": ""}, 422, "url"),
        ({"url": "https://10.0.0.1/"}, 409, "url"),
        ({"event:project.*": ""}, 422, "events"),
        ({"other_events": "Not an event!"}, 422, "events"),
        ({"other_events": "project.launch"}, 409, "events"),
        ({"description": "x" * 10_001}, 422, "description"),
    ],
)
async def test_endpoint_that_is_not_right_is_told_beside_the_field(
    owner: Owner, typed: dict[str, str], status: int, field: str
):
    there = await owner.create("https://hooks.acme.example/in")
    form = {"url": "https://new.acme.example/", "description": "Mine", "event:project.*": "on", **typed}
    form = {name: value for name, value in form.items() if value or not name.startswith("event:")}
    for path in (f"{owner.path}/new", f"{owner.path}/{there.id}"):
        answer = await owner.browser.post(path, data=form)
        assert answer.status_code == status
        assert f'id="{field}-wrong"' in answer.text
        assert "flash danger" not in answer.text, "it stands beside its field"
        assert html.escape(form["description"]) in answer.text
        assert f'value="{form["url"]}"' in answer.text
        if "event:project.*" in form:
            assert 'name="event:project.*" checked' in answer.text
    (endpoint,) = await owner.endpoints()
    assert (endpoint.id, endpoint.url, endpoint.events) == (there.id, there.url, there.events)


async def test_endpoint_is_changed_disabled_enabled_and_deleted(owner: Owner):
    there = await owner.create("https://hooks.acme.example/in")
    path, browser = f"{owner.path}/{there.id}", owner.browser
    changed = {"url": "https://new.acme.example/", "description": "", "event:*": "on"}
    saved = await browser.post(path, data=changed)
    assert saved.headers["location"] == f"{path}?done=saved"
    assert "The endpoint is saved." in (await browser.get(saved.headers["location"])).text
    (endpoint,) = await owner.endpoints()
    assert (endpoint.url, endpoint.events) == (changed["url"], ("*",))
    for do, status in (("disable", "disabled"), ("enable", "enabled")):
        answer = await browser.post(path, data={"do": do})
        assert answer.headers["location"] == f"{path}?done={do}d"
        assert f"The endpoint is {status}." in (await browser.get(answer.headers["location"])).text
        assert [each.status for each in await owner.endpoints()] == [status]
    wrong = await browser.post(path, data={"do": "delete", "typed_name": "hooks.acme.example"})
    assert wrong.status_code == 422
    assert 'id="typed_name-wrong"' in wrong.text
    gone = await browser.post(path, data={"do": "delete", "typed_name": "new.acme.example"})
    assert gone.headers["location"] == f"{owner.path}?done=deleted"
    assert await owner.endpoints() == []
    for address in (path, f"{path}/deliveries", f"{path}/deliveries/{new_id()}", f"{owner.path}/x"):
        assert (await browser.get(address)).status_code == 404, address


async def test_secret_is_rotated_with_an_overlap_and_the_new_one_shown_once(owner: Owner, receiver: Receiver):
    there = await owner.create(receiver.url)
    path, browser = f"{owner.path}/{there.id}", owner.browser
    rotated = await browser.post(path, data={"do": "rotate", "overlap_seconds": "3600"})
    assert rotated.status_code == 200
    (secret,) = set(SECRET.findall(html.unescape(rotated.text)))
    assert "Old secret" in rotated.text
    assert not SECRET.search((await browser.get(path)).text)
    await owner.send()
    assert receiver.requests[0].verified(secret)["type"] == "project.create"
    assert len(receiver.requests[0].headers["webhook-signature"].split()) == 2
    ended = await browser.post(path, data={"do": "rotate", "overlap_seconds": "0"})
    assert "Old secret" not in ended.text
    for wrong in ("", "soon", "-1", "604801"):
        assert (await browser.post(path, data={"do": "rotate", "overlap_seconds": wrong})).status_code == 422


async def test_log_shows_what_was_sent_and_answered_and_sends_it_again(owner: Owner, receiver: Receiver):
    there = await owner.create(receiver.url)
    path, browser = f"{owner.path}/{there.id}/deliveries", owner.browser
    assert "Nothing was sent yet." in (await browser.get(path)).text
    receiver.reply = lambda _: (200, {}, b"<b>thanks</b>")
    await owner.send("Rocket & Sons")
    (delivery,) = await owner.deliveries(there.id)
    shown = (await browser.get(path)).text
    assert "project.create" in shown
    assert f'href="{path}/{delivery.id}"' in shown
    one = (await browser.get(f"{path}/{delivery.id}")).text
    assert "Rocket &amp; Sons" in one
    assert f"webhook-id: {delivery.event_id}" in one
    assert "&lt;b&gt;thanks&lt;/b&gt;" in one
    again = await browser.post(f"{path}/{delivery.id}", data={"do": "replay"})
    assert again.headers["location"] == f"{path}?done=replayed&deliveries=1"
    assert "1 event is sent again." in (await browser.get(again.headers["location"])).text
    await deliver(owner.platform.context)
    assert [each.id for each in receiver.requests] == [str(delivery.event_id)] * 2
    for state, is_found in (("delivered", True), ("failed", False), ("waiting", False)):
        found = (await browser.get(path, params={"state": state})).text
        assert ("project.create" in found) == is_found
        assert ("No delivery is in this state." in found) != is_found
    assert (await browser.get(path, params={"state": "lost"})).status_code == 422


async def test_span_of_time_is_sent_again(owner: Owner, receiver: Receiver):
    there = await owner.create(receiver.url)
    path, browser = f"{owner.path}/{there.id}/deliveries", owner.browser
    for name in ("One", "Two"):
        await owner.send(name)
    for span, count in (
        ({"from": "2026-01-01T00:00", "to": ""}, 2),
        ({"from": "2026-01-01T00:00:30", "to": "2026-01-02T00:00"}, 0),
    ):
        answer = await browser.post(path, data=span)
        assert answer.headers["location"] == f"{path}?done=replayed&deliveries={count}"
        assert f"{count} events are sent again." in (await browser.get(answer.headers["location"])).text
    await deliver(owner.platform.context)
    assert len(receiver.requests) == 4
    for wrong in ({"from": ""}, {"from": "yesterday"}, {"from": "2026-01-01T00:00", "to": "x"}):
        answer = await browser.post(path, data=wrong)
        assert answer.status_code == 422
        assert re.search(r'id="(from|to)-wrong"', answer.text)
    for made_up in ("<b>1</b>", "-1", "9" * 50, "²"):
        assert "sent again." not in (await browser.get(path, params={"done": "replayed", "deliveries": made_up})).text


async def test_each_state_of_an_endpoint_is_told(owner: Owner, receiver: Receiver, connection: Any):
    there = await owner.create(receiver.url)
    path, browser = f"{owner.path}/{there.id}", owner.browser
    receiver.reply = lambda _: (500, {}, b"broken")
    await owner.send()
    for address in (owner.path, path, f"{path}/deliveries"):
        shown = (await browser.get(address)).text
        assert '<span class="chip warn">failing</span>' in shown
        assert "since <time" in shown
    (delivery,) = await owner.deliveries(there.id)
    assert "answered 500" in (await browser.get(f"{path}/deliveries")).text
    assert "Next attempt" in (await browser.get(f"{path}/deliveries/{delivery.id}")).text
    await connection.execute("UPDATE webhook_endpoints SET status = 'disabled'")
    off = (await browser.get(path)).text
    assert '<span class="chip danger">switched off</span>' in off
    assert "Put the receiver right" in off
    for address in (f"{path}/deliveries", f"{path}/deliveries/{delivery.id}"):
        shown = (await browser.get(address)).text
        assert "the endpoint is disabled. Enable it first." in shown
        assert not re.search(r"<button[^>]*>Send again", shown)
        sent = await browser.post(address, data={"from": "2026-01-01T00:00"})
        assert sent.status_code == 409
        assert 'role="alert"' in sent.text
    assert (await browser.post(path, data={"do": "enable"})).status_code == 303
    assert '<span class="chip accent">enabled</span>' in (await browser.get(path)).text


async def test_limit_of_endpoints_is_told(owner: Owner, connection: Any):
    await owner.create("https://hooks.acme.example/in")
    await connection.execute(
        "INSERT INTO webhook_endpoints (id, organization_id, url, events, sealed_secret) SELECT gen_random_uuid(), "
        "organization_id, url, events, sealed_secret FROM webhook_endpoints, generate_series(1, 49)"
    )
    form = {"url": "https://new.acme.example/", "event:*": "on"}
    answer = await owner.browser.post(f"{owner.path}/new", data=form)
    assert answer.status_code == 409
    assert "limit of 50 webhook endpoints" in answer.text
    first = await owner.browser.get(owner.path)
    link = re.search(r'href="([^"]+)">Next page', first.text)
    assert link is not None
    assert (await owner.browser.get(html.unescape(link[1]))).status_code == 200


OF_READER = ("organization.read", "webhook.read")
WRITES = ("webhook.create", "webhook.update", "webhook.delete", "webhook.replay")


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("held", [(), (*OF_READER,), (*OF_READER, *WRITES), (*OF_READER, "audit.read")])
async def test_nobody_sees_a_button_that_would_be_refused(
    enter: Enter, platform: Platform, receiver: Receiver, held: tuple[str, ...]
):
    endpoint = await platform.organizations.webhooks.create(
        "acme", NewWebhookEndpoint(url=receiver.url, events=("project.*",))
    )
    await platform.projects.create("acme", NewProject(name="Secret"))
    await deliver(platform.context)
    (delivery,) = (await platform.organizations.webhooks.list_deliveries("acme", endpoint.id, ALL)).data
    await platform.organizations.roles.create("acme", NewCustomRole(name="reader", actions=held or ("project.read",)))
    grace = await enter("grace")
    await platform.organizations.members.put("acme", (await platform.users.find("grace")).id, NewRole(role="reader"))
    path = f"{ACME}/{endpoint.id}"
    assert ("Webhooks</a>" in (await grace.get("/organizations/acme/settings")).text) == bool(held)
    if not held:
        for address in (ACME, f"{ACME}/new", path, f"{path}/deliveries", f"{path}/deliveries/{delivery.id}"):
            answer = await grace.get(address)
            assert answer.status_code == (200 if address.endswith("/new") else 403), address
            assert receiver.url not in html.unescape(answer.text)
    else:
        reads_log = "audit.read" in held
        missing = "webhook.create" if "webhook.create" not in held else "audit.read"
        for address in (ACME, f"{ACME}/new"):
            shown = (await grace.get(address)).text
            assert f"You cannot create webhook endpoints here: role reader does not include {missing}." in shown
            assert f'href="{ACME}/new"' not in shown
        one = (await grace.get(path)).text
        assert "You cannot change this endpoint: role reader does not include" in one
        assert not re.search(r"<button[^>]*>(Save|Rotate|Disable)", one)
        assert ("Delete endpoint</button>" in one) == ("webhook.delete" in held)
        for address in (f"{path}/deliveries", f"{path}/deliveries/{delivery.id}"):
            answer = await grace.get(address)
            assert answer.status_code == (200 if reads_log else 403)
            assert not re.search(r"<button[^>]*>Send again", answer.text)
            assert ("You cannot send" in answer.text) == reads_log
    form = {"url": receiver.url, "event:*": "on", "from": "2026-01-01T00:00", "overlap_seconds": "0"}
    for address, do in (
        (f"{ACME}/new", None),
        (path, None),
        (path, "rotate"),
        (path, "disable"),
        (f"{path}/deliveries", None),
        (f"{path}/deliveries/{delivery.id}", None),
    ):
        refused = await grace.post(address, data={**form, **({"do": do} if do else {})})
        assert refused.status_code == 403, (address, do)
        assert not SECRET.search(refused.text)


@pytest.mark.usefixtures("root")
async def test_endpoints_of_one_owner_are_not_found_at_another(ada: httpx.AsyncClient, platform: Platform):
    new = NewWebhookEndpoint(url="https://other.example/", events=("*",))
    other = await platform.webhooks.create(new)
    path = f"{ACME}/{other.id}"
    assert (await ada.get(path)).status_code == 404
    assert (await ada.get(f"{path}/deliveries")).status_code == 404
    assert (await ada.post(path, data={"do": "rotate", "overlap_seconds": "0"})).status_code == 404
    assert "other.example" not in (await ada.get(ACME)).text
