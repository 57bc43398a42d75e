"""A session is not a password: what takes an account over asks for it again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.users.conftest import OpenClient
from tests.users.people import Headers, arrive, code, headers_of, me

from freehold import NewApiKey, NewOrganization, Platform, Settings, UserPatch

REFRESH: Final = "/v1/sessions/current/refresh"
Call = Callable[..., Awaitable[httpx.Response]]


async def hour_later(connection: Any) -> None:
    """As if everybody had signed in an hour ago."""
    await connection.execute("UPDATE sessions SET authenticated_at = now() - interval '1 hour'")


async def change_address(client: httpx.AsyncClient, ada: Headers, **proof: str) -> httpx.Response:
    return await client.patch("/v1/users/me", json={"email": "new@example.com", **proof}, headers=ada)


async def make_key(client: httpx.AsyncClient, ada: Headers, **proof: str) -> httpx.Response:
    return await client.post("/v1/users/me/api-keys", json={"name": "k", **proof}, headers=ada)


async def make_key_of_acme(client: httpx.AsyncClient, ada: Headers, **proof: str) -> httpx.Response:
    return await client.post("/v1/organizations/acme/api-keys", json={"name": "k", **proof}, headers=ada)


async def rotate_key(client: httpx.AsyncClient, ada: Headers, **proof: str) -> httpx.Response:
    listed = (await client.get("/v1/users/me/api-keys", headers=ada)).json()["data"]
    return await client.post(f"/v1/users/me/api-keys/{listed[-1]['id']}/rotate", json=proof, headers=ada)


async def rotate_key_of_acme(client: httpx.AsyncClient, ada: Headers, **proof: str) -> httpx.Response:
    listed = (await client.get("/v1/organizations/acme/api-keys", headers=ada)).json()["data"]
    path = f"/v1/organizations/acme/api-keys/{listed[-1]['id']}/rotate"
    return await client.post(path, json=proof, headers=ada)


async def delete_account(client: httpx.AsyncClient, ada: Headers, **proof: str) -> httpx.Response:
    return await client.request("DELETE", "/v1/users/me", json=proof or None, headers=ada)


CALLS: Final[list[Call]] = [
    change_address,
    make_key,
    make_key_of_acme,
    rotate_key,
    rotate_key_of_acme,
    delete_account,
]


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> Headers:
    """Ada, an admin of acme, with a key of hers and one of acme."""
    headers = await arrive(client)
    owner = await arrive(client, "owner")
    await client.post("/v1/organizations", json={"name": "Acme"}, headers=owner)
    user_id = (await me(client, headers))["id"]
    await client.put(f"/v1/organizations/acme/members/{user_id}", json={"role": "admin"}, headers=owner)
    for make in (make_key, make_key_of_acme):
        assert (await make(client, headers)).status_code == 201
    return headers


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
@pytest.mark.parametrize("proof", ["fresh", "refreshed", "password", "wrong", "none"])
async def test_it_takes_the_password_in_the_request_or_given_lately(
    call: Call, proof: str, client: httpx.AsyncClient, ada: Headers, connection: Any
):
    sent: dict[str, str] = {"password": {"current_password": PASSWORD}, "wrong": {"current_password": "Wrong1234"}}.get(
        proof, {}
    )
    if proof != "fresh":
        await hour_later(connection)
    if proof == "refreshed":
        assert (await client.post(REFRESH, json={"password": PASSWORD}, headers=ada)).status_code == 200
    answer = await call(client, ada, **sent)
    if proof == "none":
        assert code(answer, 403) == "fresh_sign_in_needed"
    elif proof == "wrong":
        assert code(answer, 409) == "wrong_password"
        assert answer.json()["errors"][0]["pointer"] == "/current_password"
    else:
        assert answer.is_success, answer.text


async def test_what_takes_over_nothing_needs_no_password(client: httpx.AsyncClient, ada: Headers, connection: Any):
    await hour_later(connection)
    assert (await client.patch("/v1/users/me", json={"username": "countess"}, headers=ada)).status_code == 200
    keys = (await client.get("/v1/users/me/api-keys", headers=ada)).json()["data"]
    revoked = await client.delete(f"/v1/users/me/api-keys/{keys[0]['id']}", headers=ada)
    assert revoked.status_code == 204  # closing a door is always right


async def test_administrator_gives_their_own_password(client: httpx.AsyncClient, ada: Headers, connection: Any):
    root = await arrive(client, "root")
    await connection.execute("UPDATE users SET is_admin = true WHERE username = 'root'")
    await connection.execute("UPDATE users SET password_hash = '!' WHERE username = 'ada'")
    await hour_later(connection)
    path = f"/v1/users/{(await me(client, ada))['id']}"
    assert code(await client.delete(path, headers=root), 403) == "fresh_sign_in_needed"
    proven = await client.request("DELETE", path, json={"current_password": PASSWORD}, headers=root)
    assert proven.status_code == 204


async def test_how_long_a_sign_in_is_fresh_is_a_setting(open_client: OpenClient, connection: Any):
    client = await open_client(Settings(fresh_sign_in_minutes=90))
    headers = await arrive(client)
    await hour_later(connection)
    assert (await make_key(client, headers)).status_code == 201


async def test_refreshing_shows_the_session_and_is_in_the_log(client: httpx.AsyncClient, ada: Headers, connection: Any):
    await hour_later(connection)
    (before,) = (await client.get("/v1/sessions", headers=ada)).json()["data"]
    answer = await client.post(REFRESH, json={"password": PASSWORD}, headers=ada)
    assert answer.json() | {"authenticated_at": before["authenticated_at"]} == before
    assert answer.json()["authenticated_at"] > before["authenticated_at"]
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'session.refresh'") == 1


async def test_refreshing_takes_the_password_and_a_session(client: httpx.AsyncClient, ada: Headers, connection: Any):
    await hour_later(connection)
    wrong = await client.post(REFRESH, json={"password": "Wrong1234"}, headers=ada)
    assert code(wrong, 409) == "wrong_password"
    assert code(await make_key(client, ada), 403) == "fresh_sign_in_needed"
    key = (await make_key(client, ada, current_password=PASSWORD)).json()["key"]
    by_key = {"Authorization": f"Bearer {key}"}
    assert code(await client.post(REFRESH, json={"password": PASSWORD}, headers=by_key), 403) == "forbidden"


async def test_refreshing_one_session_leaves_the_others(client: httpx.AsyncClient, ada: Headers, connection: Any):
    other = await headers_of(client)
    await hour_later(connection)
    await client.post(REFRESH, json={"password": PASSWORD}, headers=other)
    assert code(await make_key(client, ada), 403) == "fresh_sign_in_needed"


async def test_guessing_the_password_of_an_open_session_is_slowed_down_in_every_way(
    client: httpx.AsyncClient, ada: Headers
):
    answers = [await make_key(client, ada, current_password="Wrong1234") for _ in range(4)]
    answers += [await client.post(REFRESH, json={"password": "Wrong1234"}, headers=ada) for _ in range(4)]
    assert answers[-1].json()["code"] == "sign_in_delayed"


async def test_operator_and_programs_that_act_for_a_user_are_not_asked(platform: Platform, client: httpx.AsyncClient):
    await arrive(client)
    user = await platform.users.find("ada")
    acting = platform.acting_as(user.id)
    assert (await acting.users.update("me", UserPatch(email="new@example.com"))).id == user.id
    await acting.organizations.create(NewOrganization(name="Acme"))
    issued = await platform.api_keys.create(user.id, NewApiKey(name="k"))
    assert issued.user_id == user.id


async def test_key_of_a_session_that_ends_meanwhile_is_not_made(
    client: httpx.AsyncClient, platform: Platform, ada: Headers, connection: Any
):
    """Whoever has stolen a session must not get a key in just when its owner closes every door."""
    user_id = (await platform.users.find("ada")).id
    async with connection.transaction():
        await connection.execute("UPDATE users SET password_hash = '!' WHERE id = $1", user_id)
        waiting = asyncio.create_task(make_key(client, ada))
        await _blocked(connection)
        await connection.execute("DELETE FROM sessions WHERE user_id = $1", user_id)
    assert code(await waiting, 401) == "unauthenticated"


async def _blocked(connection: Any) -> int:
    """Wait until somebody waits for the lock of this connection, and tell their backend's id."""
    async with asyncio.timeout(10):
        while True:
            pid: int | None = await connection.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if pid is not None:
                return pid
            await asyncio.sleep(0.01)
