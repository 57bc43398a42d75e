"""Freehold in a plain Starlette application."""

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from tests.conftest import PASSWORD, SignUp

from freehold import NewOrganization, NewSession, Platform, Settings
from freehold.integrations.starlette import access, acting, install
from freehold.serve.application import create_application


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


@pytest.mark.parametrize("path", ["/v1/users/me", "/readyz", "/sign-in", "/", "/nowhere", "/v1/nowhere", "/console"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("kind", [Starlette, FastAPI])
async def test_mounted_without_any_lifespan_it_says_so_and_never_fails(
    kind: type[Starlette], method: str, path: str, database_url: str
):
    app = kind()
    app.mount("/accounts", create_application(Settings(database_url=database_url)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        headers = {"Authorization": "Bearer fh_x", "Accept": "text/html" if path == "/sign-in" else "*/*"}
        answer = await client.request(method, f"/accounts{path}", headers=headers)
        assert answer.status_code != 500
        if path in {"/v1/users/me", "/readyz"} and method == "GET":
            assert answer.status_code == 503
        if path == "/v1/users/me" and method == "GET":
            assert "lifespan" in answer.json()["detail"]
