"""Receivers, platforms that send to them, and Ada with her organization."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from tests.conftest import PASSWORD, trusting
from tests.webhooks.receiver import LOOPBACK, Receiver, open_receiver

from freehold import IssuedWebhookEndpoint, NewOrganization, NewUser, NewWebhookEndpoint, Organization, Platform, User

Listen = Callable[..., Awaitable[IssuedWebhookEndpoint]]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as opened:
        yield opened


@pytest.fixture
async def platform(database_url: str) -> AsyncIterator[Platform]:
    """A platform that may send to this machine."""
    async with Platform.open(database_url, settings=trusting(webhook_networks=LOOPBACK)) as opened:
        yield opened


@pytest.fixture
async def ada(platform: Platform) -> User:
    return await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))


@pytest.fixture
async def acme(platform: Platform, ada: User) -> Organization:
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


@pytest.fixture
def listen(platform: Platform, acme: Organization, receiver: Receiver) -> Listen:
    """Let the receiver hear of what happens in acme."""

    async def create(*events: str) -> IssuedWebhookEndpoint:
        new = NewWebhookEndpoint(url=receiver.url, events=events or ("project.*",))
        return await platform.organizations.webhooks.create(acme.id, new)

    return create


@pytest.fixture
def make_due(connection: Any) -> Callable[[], Awaitable[None]]:
    """Let all that waits be due now, as it is once its time has come or the lease of a dead worker is over."""

    async def make() -> None:
        await connection.execute("UPDATE webhook_queues SET due_at = now() WHERE isfinite(due_at)")

    return make


def with_settings(platform: Platform, **given: Any) -> Platform:
    """The same platform with other settings."""
    settings = msgspec.structs.replace(platform.context.tools.settings, **given)
    tools = msgspec.structs.replace(platform.context.tools, settings=settings)
    return Platform(msgspec.structs.replace(platform.context, tools=tools))
