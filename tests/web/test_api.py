"""The API as a program sees it, on a real database."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.conftest import PASSWORD, SignUp
from tests.organizations.handing import give_over_http

from freehold import NewSession, NewUser, Platform, Settings
from freehold.serve.application import create_application


async def signed_in(client: httpx.AsyncClient, username: str) -> dict[str, str]:
    """Sign up and sign in; the headers of who did."""
    new = {"username": username, "email": f"{username}@example.com", "password": PASSWORD}
    assert (await client.post("/v1/users", json=new)).status_code == 201
    answer = await client.post("/v1/sessions", json={"login": username, "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> dict[str, str]:
    return await signed_in(client, "ada")


@pytest.fixture
async def bob(client: httpx.AsyncClient) -> dict[str, str]:
    return await signed_in(client, "bob")


@pytest.fixture
async def acme(client: httpx.AsyncClient, ada: dict[str, str]) -> str:
    """The path of an organization that ada owns."""
    answer = await client.post("/v1/organizations", json={"name": "Acme"}, headers=ada)
    assert answer.status_code == 201
    location = answer.headers["location"]
    assert location == f"/v1/organizations/{answer.json()['id']}"
    return str(location)


def code(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["code"])


async def user_id(client: httpx.AsyncClient, headers: dict[str, str]) -> str:
    return str((await client.get("/v1/users/me", headers=headers)).json()["id"])


async def test_a_user_is_answered_as_the_data_model_says(client: httpx.AsyncClient) -> None:
    new = {
        "username": "ada",
        "email": "Ada@EXAMPLE.com",
        "password": PASSWORD,
        "profile": {"first_name": " Ada ", "avatar_url": "https://example.com/a.png"},
    }
    user = (await client.post("/v1/users", json=new)).json()
    assert user == {
        "id": user["id"],
        "username": "ada",
        "email": "Ada@example.com",
        "email_verified": False,
        "state": "active",
        "created_at": user["created_at"],
        "updated_at": user["created_at"],
        "profile": {"first_name": "Ada", "last_name": None, "avatar_url": "https://example.com/a.png"},
    }
    assert user["created_at"].endswith("Z")


async def test_names_are_taken_in_any_case(client: httpx.AsyncClient, ada: dict[str, str], acme: str) -> None:
    same_name = {"username": "ADA", "email": "other@example.com", "password": PASSWORD}
    assert code(await client.post("/v1/users", json=same_name), 409) == "username_taken"
    same_email = {"username": "other", "email": "ADA@Example.com", "password": PASSWORD}
    assert code(await client.post("/v1/users", json=same_email), 409) == "email_taken"
    again = await client.post("/v1/organizations", json={"name": "B", "slug": "acme"}, headers=ada)
    assert code(again, 409) == "slug_taken"
    assert (await client.get("/v1/organizations/acme", headers=ada)).json()["id"] == acme.rpartition("/")[2]


async def test_a_token_is_shown_once_and_ends_with_its_session(client: httpx.AsyncClient, ada: dict[str, str]) -> None:
    answer = await client.post("/v1/sessions", json={"login": "ada@example.com", "password": PASSWORD})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["location"] == "/v1/sessions/current"
    assert answer.json().keys() == {"token", "expires_at", "user"}
    other = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert [s["current"] for s in (await client.get("/v1/sessions", headers=other)).json()["data"]] == [True, False]
    assert (await client.delete("/v1/sessions/current", headers=other)).status_code == 204
    assert code(await client.get("/v1/users/me", headers=other), 401) == "unauthenticated"
    assert (await client.get("/v1/users/me", headers=ada)).status_code == 200


async def test_wrong_credentials_do_not_say_which(client: httpx.AsyncClient, ada: dict[str, str]) -> None:
    assert ada
    wrong = await client.post("/v1/sessions", json={"login": "ada", "password": "Wrong1234"})
    unknown = await client.post("/v1/sessions", json={"login": "nobody", "password": PASSWORD})
    assert code(wrong, 401) == code(unknown, 401) == "wrong_credentials"
    assert wrong.json()["detail"] == unknown.json()["detail"]


async def test_a_new_password_ends_the_other_sessions(client: httpx.AsyncClient, ada: dict[str, str]) -> None:
    other = await client.post("/v1/sessions", json={"login": "ada", "password": PASSWORD})
    change = {"current_password": "Wrong1234", "new_password": "Countess2"}
    wrong = await client.put("/v1/users/me/password", json=change, headers=ada)
    assert code(wrong, 409) == "wrong_password"
    assert wrong.json()["errors"][0]["pointer"] == "/current_password"
    change["current_password"] = PASSWORD
    assert (await client.put("/v1/users/me/password", json=change, headers=ada)).status_code == 204
    ended = {"Authorization": f"Bearer {other.json()['token']}"}
    assert code(await client.get("/v1/users/me", headers=ended), 401) == "unauthenticated"
    assert (await client.get("/v1/users/me", headers=ada)).status_code == 200


async def test_an_unchanged_entity_is_not_sent_again(client: httpx.AsyncClient, ada: dict[str, str], acme: str) -> None:
    for path in ("/v1/users/me", acme):
        tag = (await client.get(path, headers=ada)).headers["etag"]
        again = await client.get(path, headers={**ada, "If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


async def test_of_two_changes_on_one_version_one_is_made(
    client: httpx.AsyncClient, ada: dict[str, str], acme: str
) -> None:
    tag = (await client.get(acme, headers=ada)).headers["etag"]
    changes = [
        client.patch(acme, json={"name": name}, headers={**ada, "If-Match": tag}) for name in ("One", "Two", "Three")
    ]
    answers = await asyncio.gather(*changes)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    (made,) = (answer for answer in answers if answer.status_code == 200)
    assert made.headers["etag"] != tag
    now = await client.get(acme, headers=ada)
    assert (now.json()["name"], now.headers["etag"]) == (made.json()["name"], made.headers["etag"])


async def test_one_of_several_versions_is_enough(client: httpx.AsyncClient, ada: dict[str, str], acme: str) -> None:
    tag = (await client.get(acme, headers=ada)).headers["etag"]
    headers = {**ada, "If-Match": f'"1", {tag}'}
    assert (await client.patch(acme, json={"name": "New"}, headers=headers)).status_code == 200
    assert code(await client.delete(acme, headers=headers), 412) == "stale"
    assert (await client.delete(acme, headers={**ada, "If-Match": "*"})).status_code == 204
    assert code(await client.get(acme, headers=ada), 404) == "not_found"


async def test_a_change_of_members_is_a_new_version_of_their_organization(
    client: httpx.AsyncClient, ada: dict[str, str], bob: dict[str, str], acme: str
) -> None:
    tag = (await client.get(acme, headers=ada)).headers["etag"]
    member = f"{acme}/members/{await user_id(client, bob)}"
    assert code(await client.get(acme, headers=bob), 404) == "not_found"
    added = await client.put(member, json={"role": "admin"}, headers={**ada, "If-Match": tag})
    assert added.json()["role"] == "admin"
    assert added.json()["user"].keys() == {"id", "username", "profile"}
    assert code(await client.put(member, json={}, headers={**ada, "If-Match": tag}), 412) == "stale"
    organization = (await client.get(acme, headers=bob)).json()
    assert organization["members_count"] == len(organization["members"]) == 2
    assert code(await client.delete(acme, headers=bob), 403) == "forbidden"
    assert (await client.delete(f"{acme}/members/me", headers=bob)).status_code == 204
    assert code(await client.get(acme, headers=bob), 404) == "not_found"


async def test_the_owner_stays_until_the_organization_is_handed_over(
    client: httpx.AsyncClient, ada: dict[str, str], bob: dict[str, str], acme: str
) -> None:
    assert code(await client.delete(f"{acme}/members/me", headers=ada), 409) == "owner_must_stay"
    assert code(await client.delete("/v1/users/me", headers=ada), 409) == "owns_organizations"
    heir = {"user_id": await user_id(client, bob)}
    assert code(await client.post(f"{acme}/owner-offer", json=heir, headers=ada), 409) == "new_owner_is_no_member"
    await client.put(f"{acme}/members/{heir['user_id']}", json={}, headers=ada)
    assert code(await client.put(f"{acme}/owner", json=heir, headers=ada), 403) == "consent_needed"
    handed = await give_over_http(client, acme, ada, bob, heir["user_id"])
    assert (handed.status_code, handed.json()["owner_id"]) == (200, heir["user_id"])
    own_id = await user_id(client, ada)
    assert (await client.delete(f"{acme}/members/{own_id}", headers=ada)).status_code == 204
    assert (await client.delete("/v1/users/me", headers=ada)).status_code == 204


async def test_projects_are_listed_newest_first_page_by_page(
    client: httpx.AsyncClient, ada: dict[str, str], acme: str
) -> None:
    for number in range(5):
        await client.post(f"{acme}/projects", json={"name": f"Project {number}"}, headers=ada)
    names, path = [], f"{acme}/projects?limit=2&include=total"
    while path:
        answer = await client.get(path, headers=ada)
        assert answer.json()["total"] == 5
        assert "etag" not in answer.headers
        names += [project["name"] for project in answer.json()["data"]]
        assert bool(answer.json()["next_cursor"]) == ("link" in answer.headers)
        path = answer.links.get("next", {}).get("url", "")
    assert names == ["Project 4", "Project 3", "Project 2", "Project 1", "Project 0"]
    assert "total" not in (await client.get(f"{acme}/projects", headers=ada)).json()


async def test_a_cursor_is_good_for_its_own_list(client: httpx.AsyncClient, ada: dict[str, str], acme: str) -> None:
    for name in ("One", "Two"):
        await client.post(f"{acme}/projects", json={"name": name}, headers=ada)
    cursor = (await client.get(f"{acme}/projects?limit=1", headers=ada)).json()["next_cursor"]
    foreign = await client.get("/v1/sessions", params={"cursor": cursor}, headers=ada)
    altered = await client.get(f"{acme}/projects", params={"cursor": f"A{cursor[1:]}"}, headers=ada)
    for answer in (foreign, altered):
        assert code(answer, 409) == "invalid_cursor"
        assert answer.json()["errors"][0]["pointer"] == "/cursor"


async def test_a_public_project_is_seen_by_anyone_and_a_private_one_is_not(
    client: httpx.AsyncClient, ada: dict[str, str], acme: str
) -> None:
    assert code(await client.get(f"{acme}/projects"), 404) == "not_found"
    made: dict[str, str] = {}
    for visibility in ("public", "private"):
        body = {"name": visibility, "settings": {"visibility": visibility, "features": ["beta.search"]}}
        answer = await client.post(f"{acme}/projects", json=body, headers=ada)
        made[visibility] = answer.headers["location"]
    assert (await client.get(made["public"])).json()["settings"] == {
        "visibility": "public",
        "features": ["beta.search"],
    }
    assert code(await client.get(made["private"]), 404) == "not_found"
    assert [p["id"] for p in (await client.get(f"{acme}/projects")).json()["data"]] == [
        made["public"].rpartition("/")[2]
    ]
    assert code(await client.patch(made["public"], json={"name": "Mine"}), 401) == "unauthenticated"


async def test_a_merge_patch_changes_what_it_names(client: httpx.AsyncClient, ada: dict[str, str]) -> None:
    patch = {"profile": {"first_name": "Ada", "last_name": "Lovelace"}}
    await client.patch("/v1/users/me", json=patch, headers=ada)
    user = (await client.patch("/v1/users/me", json={"profile": {"last_name": None}}, headers=ada)).json()
    assert user["profile"] == {"first_name": "Ada", "last_name": None, "avatar_url": None}
    assert user["username"] == "ada"


async def test_a_user_comes_with_their_organizations(client: httpx.AsyncClient, ada: dict[str, str], acme: str) -> None:
    answer = await client.get("/v1/users/me?include=organizations", headers=ada)
    assert [organization["id"] for organization in answer.json()["organizations"]] == [acme.rpartition("/")[2]]
    assert "members" not in answer.json()["organizations"][0]
    assert "etag" not in answer.headers
    listed = await client.get("/v1/users/me/organizations", headers=ada)
    assert listed.json() == (await client.get("/v1/organizations", headers=ada)).json()


async def test_all_users_and_organizations_are_for_administrators(
    client: httpx.AsyncClient, platform: Platform, ada: dict[str, str], acme: str
) -> None:
    for path in ("/v1/users", "/v1/organizations?all=true"):
        assert code(await client.get(path, headers=ada), 403) == "forbidden"
    root = NewUser(username="root1", email="root@example.com", password=PASSWORD)
    await platform.users.create(root, is_admin=True)
    token = (await platform.sessions.create(NewSession(login="root1", password=PASSWORD))).token
    admin = {"Authorization": f"Bearer {token}"}
    users = (await client.get("/v1/users", headers=admin)).json()
    assert [user["username"] for user in users["data"]] == ["root1", "ada"]
    organizations = (await client.get("/v1/organizations?all=true", headers=admin)).json()
    assert [organization["id"] for organization in organizations["data"]] == [acme.rpartition("/")[2]]


async def test_the_process_tells_whether_it_is_ready(client: httpx.AsyncClient, connection: Any) -> None:
    assert (await client.get("/healthz")).json() == (await client.get("/readyz")).json() == {"status": "ok"}
    await connection.execute("DELETE FROM freehold_migrate.applied")
    answer = await client.get("/readyz")
    assert code(answer, 503) == "schema_pending"
    assert "freehold migrate apply" in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) > 0
    assert (await client.get("/healthz")).status_code == 200


async def test_a_database_that_takes_too_long_is_a_problem_to_wait_for(database_url: str, connection: Any) -> None:
    settings = Settings(statement_timeout_seconds=0.2)
    async with Platform.open(database_url, settings=settings) as platform, connection.transaction():
        await connection.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        transport = httpx.ASGITransport(create_application(platform))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = await client.post("/v1/sessions", json={"login": "ada", "password": PASSWORD})
    assert code(answer, 503) == "unavailable"
    assert int(answer.headers["retry-after"]) > 0
    assert "users" not in answer.text


async def test_the_documentation_is_served_from_here(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "http" not in policy
    for file, kind in (
        ("swagger-ui-bundle.js", "text/javascript"),
        ("swagger-ui.css", "text/css"),
        ("start.js", "text/javascript"),
        ("favicon-32x32.png", "image/png"),
    ):
        answer = await client.get(f"/docs/{file}")
        assert answer.headers["content-type"].startswith(kind)
        assert f"docs/{file}" in page.text
    assert "<script>" not in page.text
    assert "//" not in page.text.replace("<!DOCTYPE", "")
    for other in ("swagger-ui.js", "..%2F__init__.py", "__init__.py", "%00"):
        assert code(await client.get(f"/docs/{other}"), 404) == "no_such_path"
    assert code(await client.post("/docs"), 405) == "method_not_allowed"


async def test_the_application_mounts_under_a_prefix(platform: Platform, sign_up: SignUp) -> None:
    await sign_up("ada")
    host = Starlette(routes=[Mount("/core", create_application(platform))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(host), base_url="http://test") as client:
        session = await client.post("/core/v1/sessions", json={"login": "ada", "password": PASSWORD})
        assert session.headers["location"] == "/core/v1/sessions/current"
        client.headers["Authorization"] = f"Bearer {session.json()['token']}"
        for name in ("One", "Two"):
            await client.post("/core/v1/organizations", json={"name": name})
        page = await client.get("/core/v1/organizations?limit=1")
        assert (await client.get(page.links["next"]["url"])).json()["data"][0]["name"] == "One"
        assert (await client.get("/core/openapi.json")).json()["servers"] == [{"url": "http://test/core"}]
        assert (await client.get("/core/docs/start.js")).status_code == 200
        assert code(await client.get("/core/v1"), 404) == "no_such_path"


async def test_the_documented_way_to_mount_it_works(database_url: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "http-api.md").read_text("utf-8")
    source = page.partition("```python\n")[2].partition("```")[0]
    assert "postgresql:///app" in source
    names: dict[str, Any] = {}
    exec(source.replace("postgresql:///app", database_url), names)  # noqa: S102 - our own page
    app = names["app"]
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        assert (await client.get("/freehold/readyz")).json() == {"status": "ok"}


class Lifespan:
    """The server's side of the lifespan protocol."""

    def __init__(self, settings: Settings) -> None:
        self.application = create_application(settings)
        self._to: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from: asyncio.Queue[Any] = asyncio.Queue()
        receive: Any = self._to.get
        self._task = asyncio.create_task(self._run(receive))

    async def _run(self, receive: Any) -> None:
        await self.application({"type": "lifespan"}, receive, self._from.put)

    async def tell(self, kind: str) -> dict[str, Any]:
        await self._to.put({"type": kind})
        answer: dict[str, Any] = await asyncio.wait_for(self._from.get(), 20)
        return answer


async def test_the_application_opens_and_closes_its_own_platform(database_url: str) -> None:
    lifespan = Lifespan(Settings(database_url=database_url))
    assert await lifespan.tell("lifespan.startup") == {"type": "lifespan.startup.complete"}
    transport = httpx.ASGITransport(lifespan.application)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/readyz")).status_code == 200
    assert await lifespan.tell("lifespan.shutdown") == {"type": "lifespan.shutdown.complete"}


async def test_a_start_that_fails_says_why_in_one_line(empty_database_url: str) -> None:
    failed = await Lifespan(Settings(database_url=empty_database_url)).tell("lifespan.startup")
    assert failed["type"] == "lifespan.startup.failed"
    assert "freehold migrate apply" in failed["message"]
    assert "\n" not in failed["message"]
