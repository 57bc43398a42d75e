"""Freehold in a plain Starlette application."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from tests.conftest import PASSWORD, SignUp

from freehold import NewOrganization, NewSession, Platform
from freehold.integrations.starlette import access, acting, install


async def invoices(request: Request) -> PlainTextResponse:
    scope = await access(request, "project.read")
    assert (await acting(request)).context.actor_id == scope.context.actor_id
    return PlainTextResponse(scope.role)


@pytest.mark.parametrize("kind", ["str", "uuid"])
async def test_route_asks_for_access_to_the_organization_of_its_path(platform: Platform, sign_up: SignUp, kind: str):
    ada, _ = await sign_up("ada"), await sign_up("eve")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    app = Starlette(routes=[Route(f"/{{organization:{kind}}}/invoices", invoices)])
    install(app, platform, path="/accounts")
    path = f"/{acme.id}/invoices"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        statuses = [(await client.get(path)).status_code]
        for login in ("ada", "eve"):
            signed_in = await platform.sessions.create(NewSession(login=login, password=PASSWORD))
            answer = await client.get(path, headers={"Authorization": f"Bearer {signed_in.token}"})
            statuses.append(answer.status_code)
        assert statuses == [401, 200, 404]
        assert (await client.get("/accounts/readyz")).json() == {"status": "ok"}
