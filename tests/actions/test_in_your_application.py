"""Own actions in an application that installs Freehold, and what a check of them costs."""

import asyncio
from typing import Annotated
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from tests.actions.conftest import INVOICES, House
from tests.conftest import SignUp

from freehold import NewApiKey, NewOrganization, NewRole, Platform, Scope
from freehold.integrations.fastapi import Access, install
from freehold.observe.observer import Observer


def application(platform: Platform) -> FastAPI:
    app = FastAPI()
    install(app, platform, jobs=False, actions=INVOICES)

    @app.get("/organizations/{organization}/invoices")  # noqa: FAST003 - Access reads it
    async def invoices(scope: Annotated[Scope, Access("invoice.read")]) -> UUID:
        return scope.organization_id

    @app.post("/organizations/{organization}/invoices/1/send", dependencies=[Access("invoice.send")])  # noqa: FAST003
    async def send() -> str:
        return "sent"

    return app


async def test_routes_ask_for_what_the_application_declares(platform: Platform, sign_up: SignUp):
    app = application(platform)
    ada, grace, stranger = [(await sign_up(name)).id for name in ("ada", "grace", "stranger")]
    acme = (await platform.acting_as(ada).organizations.create(NewOrganization(name="Acme"))).id
    await platform.organizations.members.put(acme, grace, NewRole(role="member"))
    keys = {
        who: (await platform.acting_as(who).api_keys.create("me", NewApiKey(name="k"))).key
        for who in (ada, grace, stranger)
    }
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        answers = {
            who: [
                (await client.get("/organizations/acme/invoices", headers=headers)).status_code,
                (await client.post("/organizations/acme/invoices/1/send", headers=headers)).status_code,
            ]
            for who, headers in (
                (None, {}),
                *((who, {"Authorization": f"Bearer {key}"}) for who, key in keys.items()),
            )
        }
    assert answers == {None: [401, 401], ada: [200, 200], grace: [200, 403], stranger: [404, 404]}


def test_route_with_what_can_be_no_action_is_refused_at_once():
    with pytest.raises(ValueError, match=r"There is no action 'project\.fly'"):
        Access("project.fly")


class Counted(Observer):
    """Keeps the statements that were run."""

    def __init__(self) -> None:
        super().__init__({}, slow_seconds=60.0)
        self.run: list[str] = []

    def statement(self, sql: str, seconds: float) -> None:  # noqa: ARG002 - an observer's
        self.run.append(sql)


@pytest.mark.parametrize("action", ["project.read", "invoice.read"])
async def test_check_costs_one_query_for_all_that_ask_together(
    house: House, platform: Platform, database_url: str, action: str
):
    counted = Counted()
    async with Platform.open(database_url, settings=platform.context.tools.settings, observer=counted) as second:
        counted.run.clear()
        await house.acting("member", second).access(house.id, action)
        assert len(counted.run) == 1, "from the first check on"
        counted.run.clear()
        people = [house.acting(name, second) for name in ("owner", "admin", "member", "clerk")] * 5
        held = await asyncio.gather(*(each.access(house.id, "organization.read") for each in people))
        assert all(scope.may("invoice.read") for scope in held)
        assert len(counted.run) <= 2, "one, and one for those who came while it ran"
