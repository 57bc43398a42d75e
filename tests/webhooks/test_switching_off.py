"""An endpoint that fails for days is switched off, and those who look after it get a mail."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.conftest import PASSWORD
from tests.webhooks.conftest import Listen
from tests.webhooks.receiver import Receiver

from freehold import (
    AuditPageRequest,
    NewProject,
    NewUser,
    NewWebhookEndpoint,
    Organization,
    PageRequest,
    Platform,
    User,
    WebhookEndpointPatch,
)
from freehold.webhooks.jobs import deliver

Due = Callable[[], Awaitable[None]]
FIVE_DAYS_AGO = (
    "UPDATE webhook_endpoints SET failing_since = now() - interval '121 hours' WHERE failing_since IS NOT NULL"
)


async def mails_of(platform: Platform) -> list[tuple[str, str]]:
    found = (await platform.mail.list(PageRequest())).data
    return sorted((each.to, each.text) for each in found if "switched off" in each.subject)


async def test_endpoint_that_fails_for_five_days_is_switched_off(
    *,
    platform: Platform,
    ada: User,
    acme: Organization,
    listen: Listen,
    receiver: Receiver,
    connection: Any,
    make_due: Due,
):
    await connection.execute("UPDATE users SET email_verified_at = now()")
    endpoint = await listen()
    receiver.reply = lambda _: (500, {}, b"")
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    hooks = platform.organizations.webhooks
    for age, status in (("119 hours", "enabled"), ("121 hours", "disabled")):
        await connection.execute("UPDATE webhook_endpoints SET failing_since = now() - $1::text::interval", age)
        await make_due()
        await deliver(platform.context)
        assert (await hooks.get(acme.id, endpoint.id)).status == status
    off = await hooks.get(acme.id, endpoint.id)
    assert off.failing_since is not None
    ((to, text),) = await mails_of(platform)
    assert to == ada.email
    for words in ("ada", "Acme", "127.0.0.1", str(endpoint.id), f"{off.failing_since:%Y-%m-%d %H:%M} UTC"):
        assert words in text
    assert receiver.url not in text
    newest = (await platform.audit.list_of_organization(acme.id, AuditPageRequest(action="webhook.update"))).data[0]
    assert newest.details == {"changed": ["status"], "because": "failing"}
    sent = len(receiver.requests)
    await make_due()
    await deliver(platform.context)
    assert len(receiver.requests) == sent
    receiver.reply = lambda _: (200, {}, b"")
    on = await hooks.update(acme.id, endpoint.id, WebhookEndpointPatch(status="enabled"))
    assert on.failing_since is None
    await deliver(platform.context)
    assert len(receiver.requests) == sent + 1


async def test_one_success_begins_the_days_anew(
    *, platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any, make_due: Due
):
    endpoint = await listen()
    receiver.reply = lambda _: (500, {}, b"")
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    await connection.execute(FIVE_DAYS_AGO)
    receiver.reply = lambda _: (200, {}, b"")
    await make_due()
    await deliver(platform.context)
    receiver.reply = lambda _: (500, {}, b"")
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    assert (await platform.organizations.webhooks.get(acme.id, endpoint.id)).status == "enabled"
    assert await mails_of(platform) == []


async def test_receiver_that_is_gone_for_good_is_switched_off_at_once(
    platform: Platform, acme: Organization, listen: Listen, receiver: Receiver
):
    endpoint = await listen()
    receiver.reply = lambda _: (410, {}, b"")
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    assert (await platform.organizations.webhooks.get(acme.id, endpoint.id)).status == "disabled"


async def test_endpoint_of_the_platform_is_reported_to_its_administrators(
    platform: Platform, acme: Organization, receiver: Receiver, connection: Any
):
    for name in ("root", "other_root"):
        new = NewUser(username=name, email=f"{name}@example.com", password=PASSWORD)
        await platform.users.create(new, is_admin=True)
    await connection.execute("UPDATE users SET email_verified_at = now() WHERE username <> 'other_root'")
    await platform.webhooks.create(NewWebhookEndpoint(url=receiver.url, events=("*",)))
    receiver.reply = lambda _: (410, {}, b"")
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    ((to, text),) = await mails_of(platform)
    assert to == "root@example.com"
    assert "Freehold" in text


@pytest.mark.parametrize("locale", ["de-AT", "en"])
async def test_mail_is_in_the_language_of_its_reader(
    *, locale: str, platform: Platform, acme: Organization, listen: Listen, receiver: Receiver, connection: Any
):
    await connection.execute("UPDATE users SET email_verified_at = now(), locale = $1", locale)
    await listen()
    receiver.reply = lambda _: (410, {}, b"")
    await platform.projects.create(acme.id, NewProject(name="Rocket"))
    await deliver(platform.context)
    subjects = [each.subject for each in (await platform.mail.list(PageRequest())).data]
    assert any("abgeschaltet" in each for each in subjects) == (locale == "de-AT")
