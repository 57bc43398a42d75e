"""Freehold in a FastAPI application: routes know who asks and what they may, with a lifespan and without."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from tests.conftest import PASSWORD, SignUp

from freehold import (
    AuditPageRequest,
    Missing,
    NewApiKey,
    NewOrganization,
    NewRole,
    NewSession,
    Organization,
    Platform,
    Scope,
    Settings,
)
from freehold.integrations.fastapi import Access, Acting, CurrentUser, Db, OptionalUser, install
from freehold.organizations.errors import SlugTaken

GONE = "postgresql://nobody@127.0.0.1:1/nowhere"


def application(given: Platform | Settings, **options: Any) -> FastAPI:
    app = FastAPI(**options)
    install(app, given)

    @app.get("/me")
    async def me(user: CurrentUser) -> str:
        return user.username

    @app.get("/greeting")
    async def greeting(user: OptionalUser) -> str:
        return user.username if user else "stranger"

    @app.get("/organizations/{organization}/invoices")  # noqa: FAST003 - Access reads it
    async def invoices(scope: Annotated[Scope, Access("project.read")]) -> str:
        return f"{scope.organization_id} {scope.role}"

    @app.delete("/organizations/{organization}/invoices", dependencies=[Access("project.delete")])  # noqa: FAST003
    async def drop() -> str:
        return "dropped"

    @app.post("/organizations")
    async def create(acting: Acting) -> UUID:
        return (await acting.organizations.create(NewOrganization(name="New"))).id

    @app.get("/taken")
    async def taken() -> None:
        raise SlugTaken

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, user: CurrentUser) -> None:
        await websocket.accept()
        await websocket.send_text(user.username)
        await websocket.close()

    return app


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def acme(platform: Platform, sign_up: SignUp) -> Organization:
    ada = await sign_up("ada")
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


async def bearer(platform: Platform, login: str) -> dict[str, str]:
    signed_in = await platform.sessions.create(NewSession(login=login, password=PASSWORD))
    return {"Authorization": f"Bearer {signed_in.token}"}


async def test_routes_answer_whoever_may_call_them(platform: Platform, acme: Organization, sign_up: SignUp):
    member = await sign_up("bob")
    await sign_up("eve")
    await platform.organizations.members.put(acme.id, member.id, NewRole(role="member"))
    key = (await platform.organizations.api_keys.create(acme.id, NewApiKey(name="ci"))).key
    senders: dict[str, dict[str, str]] = {name: await bearer(platform, name) for name in ("ada", "bob", "eve")}
    senders |= {"nobody": {}, "key": {"Authorization": f"Bearer {key}"}, "wrong": {"Authorization": "Bearer fh_x"}}
    path = f"/organizations/{acme.slug}/invoices"
    expected = {
        #          me, greeting, read, delete
        "ada": (200, 200, 200, 200),
        "bob": (200, 200, 200, 403),
        "eve": (200, 200, 404, 404),
        "nobody": (401, 200, 401, 401),
        "key": (403, 403, 200, 403),
        "wrong": (401, 401, 401, 401),
    }
    async with calling(application(platform)) as client:
        for name, headers in senders.items():
            answers = [await client.get(each, headers=headers) for each in ("/me", "/greeting", path)]
            answers.append(await client.delete(path, headers=headers))
            assert tuple(each.status_code for each in answers) == expected[name], name
            for answer in answers:
                if answer.status_code > 200:
                    assert answer.headers["content-type"] == "application/problem+json"
                    assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert (await client.get(f"/organizations/{acme.id}/invoices", headers=senders["bob"])).json() == (
            f"{acme.id} member"
        )
        assert (await client.get("/greeting")).json() == "stranger"


@pytest.mark.parametrize("name", ["Not A Slug", "%00", "%F0%9F%98%80", "nowhere", "new"])
async def test_organization_that_cannot_be_is_no_fault_of_the_server(platform: Platform, sign_up: SignUp, name: str):
    await sign_up("ada")
    headers = await bearer(platform, "ada")
    async with calling(application(platform)) as client:
        assert (await client.get(f"/organizations/{name}/invoices", headers=headers)).status_code in {404, 422}
        assert (await client.get(f"/organizations/{name}/invoices")).status_code == 401


async def test_errors_of_freehold_are_its_problem_answers(platform: Platform):
    async with calling(application(platform)) as client:
        answer = await client.get("/taken")
        assert (answer.status_code, answer.json()["code"]) == (409, "slug_taken")
        refused = await client.get("/me")
        assert refused.headers["www-authenticate"] == 'Bearer realm="freehold"'


async def test_cookie_signs_in_and_pages_of_other_sites_change_nothing_with_it(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    token = (await bearer(platform, "ada"))["Authorization"].partition(" ")[2]
    cookie = {"Cookie": f"freehold={token}"}
    app = application(platform)
    async with calling(app) as client:
        assert (await client.get("/me", headers=cookie)).json() == "ada"
        foreign = await client.post("/organizations", headers={**cookie, "Origin": "https://evil.example"})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "origin_refused")
        own = await client.post("/organizations", headers={**cookie, "Origin": "http://test"})
        assert own.status_code == 200
        event = await platform.audit.list_of_organization(UUID(own.json()), AuditPageRequest(limit=1))
        assert event.data[0].request_id is not None


async def test_document_of_the_application_has_the_parameter_that_access_reads(platform: Platform):
    app = FastAPI()
    install(app, platform)
    router = APIRouter(prefix="/teams/{team}")

    @app.get("/organizations/{organization}/invoices")  # noqa: FAST003 - Access reads it
    async def invoices(scope: Annotated[Scope, Access("project.read")]) -> str:
        return f"{scope.role}"

    @router.get(
        "/members/{number}",
        dependencies=[Access("member.read", parameter="team"), Access("project.read", parameter="team")],
    )
    async def member(number: int) -> int:
        return number

    @router.delete("", dependencies=[Access("member.remove", parameter="team")])
    async def own(team: str) -> str:
        return team

    @app.get("/notes/{organization}/{rest:path}")  # noqa: FAST003 - Db reads it
    async def notes(db: Db) -> None:
        """Nothing but Db."""

    app.include_router(router)
    paths = app.openapi()["paths"]
    named = {
        (path, method): [
            (each["name"], each["in"], each["required"], each["schema"]["type"]) for each in operation["parameters"]
        ]
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    assert app.openapi()["paths"] == paths
    assert named == {
        ("/organizations/{organization}/invoices", "get"): [("organization", "path", True, "string")],
        ("/teams/{team}/members/{number}", "get"): [
            ("number", "path", True, "integer"),
            ("team", "path", True, "string"),
        ],
        ("/notes/{organization}/{rest}", "get"): [
            ("organization", "path", True, "string"),
            ("rest", "path", True, "string"),
        ],
        ("/teams/{team}", "delete"): [("team", "path", True, "string")],
    }


async def test_api_stands_beside_the_routes(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    async with calling(application(platform)) as client:
        own = await client.get("/freehold/v1/users/me", headers=await bearer(platform, "ada"))
        assert own.json()["username"] == "ada"
        assert (await client.get("/freehold/openapi.json")).json()["servers"] == [{"url": "http://test/freehold"}]


async def test_lifespan_opens_the_platform_around_your_own_and_closes_it(database_url: str):
    seen: list[bool] = []

    @asynccontextmanager
    async def own(app: FastAPI) -> AsyncIterator[dict[str, int]]:
        seen.append((await app.state.freehold.opened()).platform.loop is asyncio.get_running_loop())
        yield {"answer": 42}

    app = application(Settings(database_url=database_url), lifespan=own)
    async with app.router.lifespan_context(app) as state, calling(app) as client:
        assert (state, seen) == ({"answer": 42}, [True])
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert any(name.startswith("freehold-job-") for name in names)
        assert (await client.get("/freehold/readyz")).status_code == 200
    assert not any(task.get_name().startswith("freehold-") for task in asyncio.all_tasks())


def test_without_a_lifespan_the_first_requests_open_it_once_in_each_event_loop(database_url: str):
    app = application(Settings(database_url=database_url))

    async def ask() -> list[int]:
        async with calling(app) as client:
            answers = await asyncio.gather(*(client.get(p) for p in ("/greeting", "/freehold/readyz") * 5))
            assert sum(task.get_name() == "freehold-open" for task in asyncio.all_tasks()) == 1
            return [answer.status_code for answer in answers]

    for _ in range(2):
        assert asyncio.run(ask()) == [200] * 10


@pytest.mark.parametrize("settings", [Settings(database_url=GONE), Settings(database_url="postgresql:///?nonsense=1")])
def test_what_cannot_be_opened_is_503_until_it_can(settings: Settings):
    app = application(settings)

    async def ask() -> set[int]:
        async with calling(app) as client:
            return {(await client.get(path)).status_code for path in ("/greeting", "/freehold/readyz", "/me")}

    assert asyncio.run(ask()) == {503}


def test_platform_of_another_event_loop_is_503_with_the_hint(database_url: str):
    async def ask(app: FastAPI) -> httpx.Response:
        async with calling(app) as client:
            return await client.get("/me")

    async def elsewhere() -> httpx.Response:
        async with Platform.open(database_url) as platform:
            app = application(platform)
            return await asyncio.to_thread(lambda: asyncio.run(ask(app)))

    answer = asyncio.run(elsewhere())
    assert answer.status_code == 503
    assert "another event loop" in answer.json()["detail"]


async def test_websocket_knows_its_user_and_is_closed_to_others_and_to_pages_of_other_sites(
    platform: Platform, sign_up: SignUp
):
    await sign_up("ada")
    app = application(platform)
    header = await bearer(platform, "ada")
    cookie = {"Cookie": f"freehold={header['Authorization'].partition(' ')[2]}"}
    greeted = ["websocket.accept", "websocket.send", "websocket.close"]
    assert await heard(app, header) == greeted
    assert await heard(app, {**cookie, "Origin": "http://test"}) == greeted
    for headers in ({}, cookie, {**cookie, "Origin": "https://evil.example"}):
        assert await heard(app, headers) == ["websocket.close"]


async def heard(app: FastAPI, headers: dict[str, str]) -> list[str]:
    """What a WebSocket is sent until the application has done with it."""
    sent: list[str] = []

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    raw = [(b"host", b"test"), *((k.lower().encode(), v.encode()) for k, v in headers.items())]
    scope = {"type": "websocket", "path": "/socket", "scheme": "ws", "query_string": b"", "headers": raw}
    await app(scope, receive, send)
    return sent


def test_mistakes_in_your_own_code_are_told_before_anybody_calls():
    with pytest.raises(ValueError, match="no action"):
        Access("project.red")
    app = application(Settings(database_url=GONE))
    with pytest.raises(RuntimeError, match="already"):
        install(app, Settings(database_url=GONE))


async def test_mistakes_that_only_a_request_shows_name_the_remedy(platform: Platform):
    app = FastAPI()
    app.get("/me", response_model=None)(_me)
    async with calling(app) as client:
        with pytest.raises(RuntimeError, match="call install"):
            await client.get("/me")
    install(app, platform)
    app.get("/invoices", dependencies=[Access("project.read")])(_nothing)
    async with calling(app) as client:
        with pytest.raises(LookupError, match="organization"):
            await client.get("/invoices")


async def _me(user: CurrentUser) -> str:
    return user.username


async def _nothing() -> None:
    raise Missing
