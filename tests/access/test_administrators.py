"""What is for platform administrators alone: refused over HTTP for everybody else, however they ask."""

import re
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.users.administrators import administrator
from tests.users.people import Headers, arrive, headers_of, me

from freehold import Platform
from freehold.serve.application import ENDPOINTS
from freehold.web.routing import Endpoint

FOR_OTHERS: Final = [each for each in ENDPOINTS if each.tag in {"administrators", "suspension"}]
"""Every route that helps somebody else."""
LISTS: Final = [
    *("/v1/users", "/v1/users?q=bob", "/v1/users?admin=true"),
    *("/v1/organizations?all=true", "/v1/audit-events"),
]
BY_KEY: Final = {"suspend_user", "resume_user", "get_suspension"}
"""What a program of an administrator may do, with a key without limits."""
FINE: Final = {200, 202, 204, 404, 409}
"""What an administrator is answered: it is done, or there was nothing to do."""


class Scene:
    """Bob, whom it is about, and what is his."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.ids: dict[str, str] = {}

    async def prepare(self) -> None:
        bob = await arrive(self.client, "bob")
        key = await self.client.post("/v1/users/me/api-keys", json={"name": "k"}, headers=bob)
        sessions = await self.client.get("/v1/sessions", headers=bob)
        self.ids = {
            "user": str((await me(self.client, bob))["id"]),
            "api_key": key.json()["id"],
            "session": sessions.json()["data"][0]["id"],
        }

    async def ask(self, name: str, by: Headers) -> httpx.Response:
        endpoint = next(each for each in FOR_OTHERS if each.name == name)
        return await self.client.request(endpoint.method, endpoint.path.format(**self.ids), headers=by)


@pytest.fixture
async def scene(client: httpx.AsyncClient) -> Scene:
    made = Scene(client)
    await made.prepare()
    return made


async def _key(client: httpx.AsyncClient, by: Headers, **limits: Any) -> Headers:
    made = await client.post("/v1/users/me/api-keys", json={"name": "k", **limits}, headers=by)
    assert made.status_code == 201, made.text
    return {"Authorization": f"Bearer {made.json()['key']}"}


async def _others(
    client: httpx.AsyncClient, platform: Platform, connection: Any
) -> dict[str, tuple[Headers, set[int]]]:
    """Everybody who may not, with what they are answered."""
    stranger, fellow = await arrive(client, "stranger"), await arrive(client, "fellow")
    made = await client.post("/v1/organizations", json={"name": "Acme"}, headers=fellow)
    for name in ("bob", "root"):
        if await connection.fetchval("SELECT count(*) FROM users WHERE username = $1", name):
            user_id = await connection.fetchval("SELECT id FROM users WHERE username = $1", name)
            put = f"/v1/organizations/{made.json()['id']}/members/{user_id}"
            assert (await client.put(put, json={"role": "member"}, headers=fellow)).status_code == 200
    root = await headers_of(client, "root")
    organizations_key = await client.post(
        f"/v1/organizations/{made.json()['id']}/api-keys", json={"name": "k"}, headers=fellow
    )
    gone = await administrator(client, connection, "gone")
    gone_key = await _key(client, gone)
    await platform.users.suspend((await platform.users.find("gone")).id)
    demoted = await administrator(client, connection, "demoted")
    demoted_key = await _key(client, demoted)
    await platform.users.revoke_admin((await platform.users.find("demoted")).id)
    return {
        "nobody": ({}, {401}),
        "a stranger": (stranger, {403, 404}),
        "a fellow member": (fellow, {403}),
        "the user": (await headers_of(client, "bob"), {403}),
        "the key of an organization": ({"Authorization": f"Bearer {organizations_key.json()['key']}"}, {403}),
        "a limited key of an administrator": (await _key(client, root, actions=["organization.read"]), {403}),
        "a suspended administrator": (gone, {401}),
        "the key of a suspended administrator": (gone_key, {401}),
        "who was an administrator": (demoted, {403, 404}),
        "the key of who was an administrator": (demoted_key, {403, 404}),
    }


OWN: Final = {
    "list_sessions_of_user",
    "delete_sessions_of_user",
    "delete_session_of_user",
    "list_api_keys_of_user",
    "delete_api_key_of_user",
    "export_data_of_user",
    "send_email_verification_to_user",
}
"""What a user does for themselves by their own id, too."""


async def test_administrators_alone_do_what_is_theirs(
    client: httpx.AsyncClient, platform: Platform, connection: Any, scene: Scene, subtests: pytest.Subtests
):
    root = await administrator(client, connection)
    assert len(FOR_OTHERS) >= 13
    people = await _others(client, platform, connection)
    for who, (headers, expected) in people.items():
        for endpoint in FOR_OTHERS:
            if who == "the user" and endpoint.name in OWN:
                continue
            with subtests.test(who=who, name=endpoint.name):
                answer = await scene.ask(endpoint.name, headers)
                assert answer.status_code in expected, answer.text
        for path in LISTS:
            with subtests.test(who=who, path=path):
                assert (await client.get(path, headers=headers)).status_code in {401, 403}
    by_key = await _key(client, root)
    for endpoint in FOR_OTHERS:
        with subtests.test(name=endpoint.name):
            if endpoint.name not in BY_KEY and endpoint.method != "GET":
                assert (await scene.ask(endpoint.name, by_key)).status_code == 403
            assert (await scene.ask(endpoint.name, root)).status_code in FINE
    for path in LISTS:
        with subtests.test(path=path):
            assert (await client.get(path, headers=root)).status_code == 200


async def test_administrator_ends_sessions_and_keys_of_a_user(client: httpx.AsyncClient, connection: Any, scene: Scene):
    root = await administrator(client, connection)
    listed = await scene.ask("list_sessions_of_user", root)
    assert [each["id"] for each in listed.json()["data"]] == [scene.ids["session"]]
    assert (await scene.ask("delete_session_of_user", root)).status_code == 204
    assert (await scene.ask("list_sessions_of_user", root)).json()["data"] == []
    await headers_of(client, "bob", PASSWORD)
    assert (await scene.ask("delete_sessions_of_user", root)).status_code == 204
    assert (await scene.ask("list_sessions_of_user", root)).json()["data"] == []
    listed = await scene.ask("list_api_keys_of_user", root)
    assert [each["id"] for each in listed.json()["data"]] == [scene.ids["api_key"]]
    assert (await scene.ask("delete_api_key_of_user", root)).status_code == 204
    assert (await scene.ask("list_api_keys_of_user", root)).json()["data"] == []


async def test_administrator_helps_a_user_back_in(client: httpx.AsyncClient, connection: Any, scene: Scene):
    root = await administrator(client, connection)
    mails = "SELECT count(*) FROM mail_messages WHERE recipient = 'bob@example.com'"
    before = await connection.fetchval(mails)
    assert (await scene.ask("send_email_verification_to_user", root)).status_code == 202
    assert (await scene.ask("send_password_reset", root)).status_code == 202
    assert await connection.fetchval(mails) == before + 2
    marked = await scene.ask("mark_email_verified", root)
    assert marked.json()["email_verified"] is True
    again = await scene.ask("send_email_verification_to_user", root)
    assert (again.status_code, again.json()["code"]) == (409, "email_verified")
    exported = await scene.ask("export_data_of_user", root)
    assert exported.json()["user"]["username"] == "bob"
    assert (await scene.ask("suspend_user", root)).status_code == 200
    for name in ("send_email_verification_to_user", "send_password_reset"):
        refused = await scene.ask(name, root)
        assert (refused.status_code, refused.json()["code"]) == (409, "user_suspended")


OF_A_USER: Final = [
    each for each in ENDPOINTS if each.path.startswith("/v1/users/{user}") and each.method in {"GET", "DELETE"}
]


@pytest.mark.parametrize("endpoint", OF_A_USER, ids=lambda each: each.name)
async def test_user_who_does_not_exist_has_no_empty_list(
    endpoint: Endpoint, client: httpx.AsyncClient, connection: Any
):
    root = await administrator(client, connection)
    path = re.sub(r"\{\w+\}", lambda _: str(uuid4()), endpoint.path)
    answer = await client.request(endpoint.method, path, headers=root)
    assert answer.status_code == 404, answer.text
