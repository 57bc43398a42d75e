"""Asking for a name or an address that may be taken tells no more than signing up does, and costs no less."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.users.administrators import administrator
from tests.users.people import Headers, arrive, code, sign_up

from freehold import Platform, Settings
from freehold.serve.application import create_application

HOME, AWAY, OTHER = "192.0.2.1", "198.51.100.7", "203.0.113.9"
QUOTA: Final = 4
PEOPLE: Final = ("bob", "cyd", "dan", "eve")
Ask = Callable[[httpx.AsyncClient, Headers, str, str], Awaitable[httpx.Response]]


async def patching_the_address(client: httpx.AsyncClient, by: Headers, _who: str, wanted: str) -> httpx.Response:
    return await client.patch("/v1/users/me", json={"email": f"{wanted}@example.com"}, headers=by)


async def patching_the_name(client: httpx.AsyncClient, by: Headers, _who: str, wanted: str) -> httpx.Response:
    return await client.patch("/v1/users/me", json={"username": wanted}, headers=by)


async def patching_both(client: httpx.AsyncClient, by: Headers, _who: str, wanted: str) -> httpx.Response:
    body = {"username": wanted, "email": f"{wanted}@example.com"}
    return await client.patch("/v1/users/me", json=body, headers=by)


async def correcting_the_address(client: httpx.AsyncClient, _by: Headers, who: str, wanted: str) -> httpx.Response:
    body = {"login": who, "password": PASSWORD, "email": f"{wanted}@example.com"}
    return await client.post("/v1/email-corrections", json=body)


async def on_the_page(client: httpx.AsyncClient, _by: Headers, who: str, wanted: str) -> httpx.Response:
    origin = {"Origin": "http://test"}
    await client.post("/sign-in", data={"login": who, "password": PASSWORD}, headers=origin)
    body = {"do": "email", "email": f"{wanted}@example.com", "current_password": PASSWORD}
    answer = await client.post("/account", data=body, headers=origin)
    client.cookies.clear()
    return answer


WAYS: Final[list[Ask]] = [
    patching_the_address,
    patching_the_name,
    patching_both,
    correcting_the_address,
    on_the_page,
]


@pytest.fixture(autouse=True)
def long_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute ends within a test."""
    for module in ("counter", "charging"):
        monkeypatch.setattr(f"freehold.limits.{module}.WINDOW_SECONDS", 10_000_000)


@pytest.mark.parametrize("way", WAYS)
async def test_asking_whether_something_is_taken_uses_up_the_sign_ups_of_ones_address(way: Ask, database_url: str):
    """With however many accounts: names that are taken and names that are free, and sign-ups, are counted together."""
    settings = Settings(sign_ups_per_minute=QUOTA, sign_ins_per_minute=100)
    async with Platform.open(database_url, settings=settings) as platform:
        application = create_application(platform)

        def at(ip: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(application, client=(ip, 1))
            return httpx.AsyncClient(transport=transport, base_url="http://test")

        async with at(HOME) as home, at(AWAY) as away, at(OTHER) as other:
            await sign_up(other, "ada")
            people = [await arrive(home, name) for name in PEOPLE]
            for number, (who, by) in enumerate(zip(PEOPLE, people, strict=True)):
                wanted = "ada" if number % 2 else f"free{number}"
                answer = await way(away, by, who, wanted)
                assert answer.status_code in ({409, 422} if number % 2 else {200, 204, 303}), answer.text
            who = "free0" if way in {patching_the_name, patching_both} else "bob"
            for wanted in ("ada", "free9"):
                assert (await way(away, people[0], who, wanted)).status_code == 429
            assert code(await sign_up(away, "new"), 429) == "limit_reached"
            assert (await way(other, people[0], who, "free9")).status_code in {200, 204, 303}


async def test_other_changes_and_administrators_use_up_no_sign_ups(database_url: str, connection: Any):
    async with Platform.open(database_url, settings=Settings(sign_ups_per_minute=2)) as platform:
        transport = httpx.ASGITransport(create_application(platform))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            bob, root = await arrive(client, "bob"), await administrator(client, connection)
            for other in ({"locale": "de"}, {"username": "bob", "locale": "en"}):  # as a form sends what it shows
                assert (await client.patch("/v1/users/me", json=other, headers=bob)).status_code == 200
            for name in ("groot", "root"):
                answer = await client.patch("/v1/users/me", json={"username": name}, headers=root)
                assert answer.status_code == 200
            assert code(await patching_the_name(client, bob, "bob", "cyd"), 429) == "limit_reached"
