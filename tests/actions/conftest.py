"""An organization with somebody for each kind of role, and the invoices' actions."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.conftest import SignUp

from freehold import (
    Action,
    ActionDeclaration,
    NewAction,
    NewApiKey,
    NewCustomRole,
    NewOrganization,
    NewRole,
    Platform,
    Role,
)
from freehold.data.context import Actor
from freehold.serve.application import create_application

INVOICES = ActionDeclaration(
    application="invoices",
    actions=(
        NewAction(name="invoice.read", roles=(Role.MEMBER,), description="See invoices"),
        NewAction(name="invoice.send", roles=(Role.ADMIN,)),
        NewAction(name="invoice.void"),
    ),
)
OWN = frozenset(new.name for new in INVOICES.actions)
CUSTOM = {
    "clerk": (Action.ORGANIZATION_READ, "invoice.read", "invoice.void"),
    "guest": (Action.ORGANIZATION_READ,),
}
HELD: dict[str, frozenset[str]] = {
    "owner": OWN,
    "admin": frozenset({"invoice.read", "invoice.send"}),
    "member": frozenset({"invoice.read"}),
    "clerk": frozenset({"invoice.read", "invoice.void"}),
    "guest": frozenset(),
    "outsider": frozenset(),
    "root": OWN,
}
"""What each of the people may do of the application's actions; root administers the platform."""
KEYS: dict[str, tuple[str, ...]] = {
    "all": ("invoice.read", "invoice.send", "invoice.void"),
    "one": ("organization.read", "invoice.read"),
    "none": ("organization.read",),
}


class House:
    """Acme and its people."""

    id: UUID

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.people: dict[str, UUID] = {}
        self.keys: dict[str, str] = {}

    def acting(self, name: str, platform: Platform | None = None) -> Platform:
        actor = Actor(user_id=self.people[name], is_admin=name == "root")
        return (platform or self.platform).acting_as(actor)

    async def bearer(self, name: str) -> dict[str, str]:
        """Make a key without limits, and the headers that send it."""
        made = await self.acting(name).api_keys.create("me", NewApiKey(name="k"))
        return {"Authorization": f"Bearer {made.key}"}

    async def build(self, sign_up: SignUp) -> None:
        self.people = {name: (await sign_up(name)).id for name in HELD}
        owner = self.acting("owner")
        self.id = (await owner.organizations.create(NewOrganization(name="Acme"))).id
        for name, actions in CUSTOM.items():
            await owner.organizations.roles.create(self.id, NewCustomRole(name=name, actions=actions))
        for name in ("admin", "member", *CUSTOM):
            await owner.organizations.members.put(self.id, self.people[name], NewRole(role=name))
        for name, actions in KEYS.items():
            made = await self.platform.organizations.api_keys.create(self.id, NewApiKey(name=name, actions=actions))
            self.keys[name] = made.key


@pytest.fixture
async def house(platform: Platform, sign_up: SignUp, connection: Any) -> House:
    await platform.actions.declare(INVOICES)
    built = House(platform)
    await built.build(sign_up)
    await connection.execute("UPDATE users SET is_admin = true WHERE username = 'root'")
    return built


Another = Callable[[], AbstractAsyncContextManager[Platform]]


@pytest.fixture
def another(database_url: str, platform: Platform) -> Another:
    """Open the database a second time, as another process does, which declares nothing."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Platform]:
        async with Platform.open(database_url, settings=platform.context.tools.settings) as second:
            yield second

    return opened


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_application(platform, jobs=False))
    async with httpx.AsyncClient(transport=transport, base_url="http://freehold") as opened:
        yield opened
