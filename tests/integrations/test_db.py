"""The connection that a route gets: in a transaction of the organization of its path, committed before the answer."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI, HTTPException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.conftest import SignUp, trusting

from freehold import NewApiKey, NewOrganization, NewRole, Organization, Platform, Scope
from freehold.integrations import fastapi as integration
from freehold.integrations.fastapi import Access, Db, install
from freehold.integrations.starlette import access, database
from freehold.integrations.starlette import install as install_starlette

PROTECTED = """
CREATE TABLE notes (organization_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE, text text NOT NULL,
    CONSTRAINT text_once UNIQUE (organization_id, text) DEFERRABLE INITIALLY DEFERRED);
CREATE POLICY notes_organization ON notes USING (
    organization_id = (SELECT nullif(current_setting('freehold.organization_id', true), '')::uuid)
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes FORCE ROW LEVEL SECURITY;
"""
ADD = "INSERT INTO notes SELECT current_setting('freehold.organization_id')::uuid, $1 RETURNING text"
TEXTS = "SELECT text FROM notes ORDER BY text"


@pytest.fixture
async def role(connection: Any) -> AsyncIterator[str]:
    name = f"tenant_{uuid4().hex[:12]}"
    await connection.execute(f"CREATE ROLE {name}; {PROTECTED} GRANT SELECT, INSERT ON notes TO {name}")
    yield name
    await connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


@pytest.fixture
async def platform(database_url: str, role: str) -> AsyncIterator[Platform]:
    async with Platform.open(database_url, settings=trusting(tenant_role=role)) as opened:
        yield opened


@pytest.fixture
async def keys(platform: Platform, sign_up: SignUp) -> dict[str, dict[str, str]]:
    """The headers of Acme's owner, of a member of it and of Navy's owner, who is a member of Acme, too."""
    made: dict[str, Organization] = {}
    headers = {}
    for name, organization in (("ada", "Acme"), ("bob", "Bolt"), ("eve", "Navy")):
        acting = platform.acting_as((await sign_up(name)).id)
        made[name] = await acting.organizations.create(NewOrganization(name=organization))
        key = (await acting.api_keys.create("me", NewApiKey(name="k"))).key
        headers[name] = {"Authorization": f"Bearer {key}"}
    await platform.organizations.members.put(made["ada"].id, made["bob"].owner_id, NewRole(role="member"))
    return headers


def application(platform: Platform) -> FastAPI:
    app = FastAPI()
    install(app, platform, jobs=False)

    @app.post("/organizations/{organization}/notes/{text}")  # noqa: FAST003 - Db reads it
    async def add(text: str, db: Db) -> str:
        made: str = await db.fetchval(ADD, text)
        if text == "refused":
            raise HTTPException(418)
        return made

    @app.get("/organizations/{organization}/notes", dependencies=[Access("project.read")])  # noqa: FAST003 - Db reads it
    async def texts(db: Db) -> list[str]:
        return [row["text"] for row in await db.fetch(TEXTS)]

    @app.post("/organizations/{organization}/late/{text}")  # noqa: FAST003 - Db reads it
    async def late(text: str, db: Db, scope: Annotated[Scope, Access("project.delete")]) -> str:
        made: str = await db.fetchval(ADD, text)
        return f"{made} by {scope.role}"

    @app.get("/teams/{team}/notes", dependencies=[Access("project.read", parameter="team")])  # noqa: FAST003 - Access reads it
    async def of_team(db: Db) -> list[str]:
        return [row["text"] for row in await db.fetch(TEXTS)]

    @app.get(
        "/between/{one}/{other}",  # noqa: FAST003 - Access reads them
        dependencies=[Access("project.read", parameter="one"), Access("project.read", parameter="other")],
    )
    async def between(db: Db) -> None: ...

    @app.get("/nowhere")
    async def nowhere(db: Db) -> None: ...

    return app


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def test_rows_of_the_path_s_organization_alone_are_reached(client: httpx.AsyncClient, keys: Any):
    for organization in ("acme", "bolt"):
        path = f"/organizations/{organization}/notes"
        assert (await client.post(f"{path}/of-{organization}", headers=keys["bob"])).json() == f"of-{organization}"
        assert (await client.get(path, headers=keys["bob"])).json() == [f"of-{organization}"]
    assert (await client.get("/teams/acme/notes", headers=keys["ada"])).json() == ["of-acme"]


async def test_without_access_members_alone_come_in(client: httpx.AsyncClient, keys: Any, connection: Any):
    path = "/organizations/acme/notes/x"
    for name, status in (("eve", 404), (None, 401)):
        answer = await client.post(path, headers=keys.get(name))
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert await connection.fetchval("SELECT count(*) FROM notes") == 0


async def test_access_that_is_asked_for_later_refuses_all_the_same(
    client: httpx.AsyncClient, keys: Any, connection: Any
):
    assert (await client.post("/organizations/acme/late/x", headers=keys["bob"])).status_code == 403
    assert await connection.fetchval("SELECT count(*) FROM notes") == 0
    assert (await client.post("/organizations/acme/late/x", headers=keys["ada"])).status_code == 200


async def test_what_a_route_raises_stores_nothing(client: httpx.AsyncClient, keys: Any, connection: Any):
    assert (await client.post("/organizations/acme/notes/refused", headers=keys["ada"])).status_code == 418
    assert await connection.fetchval("SELECT count(*) FROM notes") == 0


async def test_answer_is_sent_once_it_is_stored_and_not_if_it_cannot_be(platform: Platform, keys: Any, connection: Any):
    app = application(platform)
    stored: list[int] = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                stored.append(await connection.fetchval("SELECT count(*) FROM notes"))
            await send(message)

        await app(scope, receive, sent)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(watched), base_url="http://test") as client:
        path = "/organizations/acme/notes/x"
        assert (await client.post(path, headers=keys["ada"])).status_code == 200
        assert stored == [1]
        with pytest.raises(asyncpg.UniqueViolationError):  # deferred: COMMIT says so
            await client.post(path, headers=keys["ada"])


async def test_mistakes_in_the_route_name_the_remedy(client: httpx.AsyncClient, keys: Any):
    with pytest.raises(RuntimeError, match="in_organization"):
        await client.get("/between/acme/bolt", headers=keys["bob"])
    assert (await client.get("/between/acme/acme", headers=keys["bob"])).status_code == 200
    with pytest.raises(LookupError, match=r"\{organization\}"):
        await client.get("/nowhere", headers=keys["bob"])


@pytest.mark.parametrize(
    ("version", "status"),
    [("0.115.0", 200), ("0.117.1", 200), ("0.118.0", None), ("0.120.4", None), ("0.121.0", 200), ("1.0", 200)],
)
async def test_fastapi_that_would_answer_before_the_commit_is_refused(
    client: httpx.AsyncClient, keys: Any, monkeypatch: pytest.MonkeyPatch, version: str, status: int | None
):
    monkeypatch.setattr(integration, "fastapi_version", version)
    if status:
        assert (await client.post("/organizations/acme/notes/x", headers=keys["ada"])).status_code == status
        return
    with pytest.raises(RuntimeError, match=r"0\.121 or later"):
        await client.post("/organizations/acme/notes/x", headers=keys["ada"])


async def test_starlette_has_the_same(platform: Platform, keys: Any):
    async def notes(request: Request) -> JSONResponse:
        await access(request, "project.read")
        async with database(request) as connection:
            await connection.execute(ADD, "x")
            return JSONResponse([row["text"] for row in await connection.fetch(TEXTS)])

    app = Starlette(routes=[Route("/organizations/{organization}/notes", notes)])
    install_starlette(app, platform, jobs=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        path = "/organizations/acme/notes"
        assert (await client.get(path, headers=keys["ada"])).json() == ["x"]
        assert (await client.get(path, headers=keys["eve"])).status_code == 404
