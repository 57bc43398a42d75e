"""Who administers the platform, and that somebody always does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.conftest import PASSWORD, SignUp
from tests.users.administrators import administrator
from tests.users.people import Headers, arrive, code, me

from freehold import Platform
from freehold.users.rights.errors import LastAdministrator

ADMINS = "SELECT count(*) FROM users WHERE is_admin AND suspended_at IS NULL"


@pytest.fixture
async def root(client: httpx.AsyncClient, connection: Any) -> Headers:
    return await administrator(client, connection)


async def test_rights_are_granted_and_revoked_with_the_next_request(client: httpx.AsyncClient, root: Headers):
    bob = await arrive(client, "bob")
    path = f"/v1/users/{(await me(client, bob))['id']}/admin"
    assert (await client.get("/v1/users", headers=bob)).status_code == 403
    assert (await client.put(path, headers=root)).status_code == 200
    assert (await client.get("/v1/users", headers=bob)).status_code == 200
    assert (await client.delete(path, headers=root)).status_code == 200
    assert (await client.get("/v1/users", headers=bob)).status_code == 403


async def test_granting_needs_the_password_lately(client: httpx.AsyncClient, root: Headers, connection: Any):
    bob = await arrive(client, "bob")
    path = f"/v1/users/{(await me(client, bob))['id']}/admin"
    await connection.execute("UPDATE sessions SET authenticated_at = now() - interval '1 hour'")
    assert code(await client.put(path, headers=root), 403) == "fresh_sign_in_needed"
    given = {"current_password": PASSWORD}
    assert (await client.put(path, json=given, headers=root)).status_code == 200


async def test_both_are_written_down(client: httpx.AsyncClient, root: Headers):
    bob = str((await me(client, await arrive(client, "bob")))["id"])
    await client.put(f"/v1/users/{bob}/admin", headers=root)
    await client.delete(f"/v1/users/{bob}/admin", headers=root)
    log = await client.get("/v1/audit-events", params={"user_id": bob, "limit": 2}, headers=root)
    root_id = (await me(client, root))["id"]
    events = [(each["action"], each["actor_id"]) for each in log.json()["data"]]
    assert events == [("user.revoke_admin", root_id), ("user.grant_admin", root_id)]


async def test_nobody_is_there_to_be_made_an_administrator(client: httpx.AsyncClient, root: Headers):
    for method in ("PUT", "DELETE"):
        answer = await client.request(method, f"/v1/users/{UUID(int=7)}/admin", headers=root)
        assert code(answer, 404) == "not_found"


Taking = Callable[[Platform, UUID], Awaitable[object]]
WAYS: dict[str, Taking] = {
    "revoked": lambda platform, user_id: platform.users.revoke_admin(user_id),
    "suspended": lambda platform, user_id: platform.users.suspend(user_id),
    "deleted": lambda platform, user_id: platform.users.delete(user_id),
}


@pytest.mark.parametrize("way", WAYS)
async def test_last_active_administrator_stays(way: str, platform: Platform, sign_up: SignUp, connection: Any):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    await platform.users.grant_admin(ada.id)
    with pytest.raises(LastAdministrator):
        await WAYS[way](platform, ada.id)
    await platform.users.grant_admin(bob.id)
    await platform.users.suspend(bob.id)
    with pytest.raises(LastAdministrator):  # who is suspended does not count
        await WAYS[way](platform, ada.id)
    await platform.users.resume(bob.id)
    await WAYS[way](platform, ada.id)
    assert await connection.fetchval(ADMINS) == 1


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS)
async def test_of_administrators_who_take_it_from_each_other_one_stays(
    first: str, second: str, platform: Platform, sign_up: SignUp, connection: Any
):
    people = [(await sign_up(f"user_{number}")).id for number in range(4)]
    for user_id in people:
        await platform.users.grant_admin(user_id)
    ways = [WAYS[first], WAYS[second]] * 2
    outcomes = await asyncio.gather(
        *(way(platform, user_id) for way, user_id in zip(ways, people, strict=True)), return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert [type(each) for each in refused] == [LastAdministrator]
    assert await connection.fetchval(ADMINS) == 1


async def test_others_go_while_nobody_administers(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    await platform.users.suspend(ada.id)
    await platform.users.revoke_admin(ada.id)
    await platform.users.delete(ada.id)
