"""API keys and sessions, as HTTP clients see them."""

import httpx
import pytest
from tests.conftest import PASSWORD, SignUp

from freehold import NewOrganization, Organization, Platform, User
from freehold.base.devices import describe

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"


@pytest.fixture
async def ada(sign_up: SignUp) -> User:
    return await sign_up("ada")


@pytest.fixture
async def acme(platform: Platform, ada: User) -> Organization:
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


async def sign_in(client: httpx.AsyncClient, user_agent: str = "curl/8.5.0") -> dict[str, str]:
    body = {"login": "ada", "password": PASSWORD}
    answer = await client.post("/v1/sessions", json=body, headers={"User-Agent": user_agent})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("of", ["/v1/users/me", "/v1/organizations/acme"])
async def test_key_is_made_used_rotated_and_revoked(client: httpx.AsyncClient, acme: Organization, of: str):
    session = await sign_in(client)
    made = await client.post(f"{of}/api-keys", json={"name": "deploy", "actions": ["project.read"]}, headers=session)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    key = made.json()
    assert made.headers["location"] == f"{of}/api-keys/{key['id']}"
    projects = f"/v1/organizations/{acme.slug}/projects"
    assert (await client.get(projects, headers=bearing(key["key"]))).status_code == 200
    refused = await client.post(projects, json={"name": "Rocket"}, headers=bearing(key["key"]))
    assert refused.status_code == 403
    rotated = await client.post(f"{of}/api-keys/{key['id']}/rotate", headers=session)
    assert rotated.status_code == 201
    assert rotated.headers["location"] == f"{of}/api-keys/{rotated.json()['id']}"
    again = await client.post(
        f"{of}/api-keys/{rotated.json()['id']}/rotate", json={"overlap_seconds": 604_801}, headers=session
    )
    assert [error["pointer"] for error in again.json()["errors"]] == ["/overlap_seconds"]
    assert (await client.get(projects, headers=bearing(key["key"]))).status_code == 200
    listed = await client.get(f"{of}/api-keys", headers=session)
    assert [entry["id"] for entry in listed.json()["data"]] == [rotated.json()["id"], key["id"]]
    assert all("key" not in entry and entry["hint"] for entry in listed.json()["data"])
    assert (await client.delete(f"{of}/api-keys/{key['id']}", headers=session)).status_code == 204
    ended = await client.get(projects, headers=bearing(key["key"]))
    assert ended.status_code == 401
    assert ended.json()["code"] == "unauthenticated"
    gone = await client.get(f"{of}/api-keys/{key['id']}", headers=session)
    assert (gone.status_code, gone.json()["code"]) == (404, "no_such_api_key")


async def test_organizations_key_is_no_user(client: httpx.AsyncClient, acme: Organization):
    made = await client.post("/v1/organizations/acme/api-keys", json={"name": "k"}, headers=await sign_in(client))
    key = bearing(made.json()["key"])
    assert (await client.get(f"/v1/organizations/{acme.id}", headers=key)).status_code == 200
    for path in ("/v1/users/me", "/v1/sessions", "/v1/users/me/api-keys", "/v1/users/me/organizations"):
        answer = await client.get(path, headers=key)
        assert answer.status_code == 403
        assert "belongs to an organization" in answer.json()["detail"]


@pytest.mark.usefixtures("acme")
async def test_all_that_is_wrong_with_a_key_is_said_at_once(client: httpx.AsyncClient):
    body = {
        "name": " ",
        "actions": ["all", "project.read", "project.read"],
        "project_ids": ["x"],
        "expires_at": "2020-01-01T00:00:00Z",
        "scope": 1,
    }
    answer = await client.post("/v1/organizations/acme/api-keys", json=body, headers=await sign_in(client))
    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/name", "/actions/0", "/project_ids/0", "/expires_at", "/scope"}


async def test_list_names_the_devices_and_the_others_end_at_once(client: httpx.AsyncClient, ada: User):
    await sign_in(client)
    session = await sign_in(client, FIREFOX)
    listed = (await client.get("/v1/sessions", headers=session)).json()["data"]
    assert [(entry["device"], entry["current"]) for entry in listed] == [("Firefox on Linux", True), ("curl", False)]
    assert describe(listed[0]["user_agent"]) == listed[0]["device"]
    assert (await client.delete("/v1/sessions", headers=session)).status_code == 204
    left = (await client.get("/v1/sessions", headers=session)).json()["data"]
    assert [entry["current"] for entry in left] == [True]
    assert ada.username == "ada"
