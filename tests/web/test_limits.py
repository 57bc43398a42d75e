"""Limits over HTTP: 429 with Retry-After, headers that say what is left, and who counts as whom."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from tests.conftest import PASSWORD

from freehold import Platform, Settings
from freehold.serve.application import create_application

Open = Callable[..., Awaitable[httpx.AsyncClient]]
HOME, AWAY = "192.0.2.1", "198.51.100.7"
LONG = 10_000_000
TIGHT = Settings(
    reads_per_minute=3, writes_per_minute=2, sign_ins_per_minute=2, sign_ups_per_minute=2, mails_per_minute=1
)


@pytest.fixture(autouse=True)
def long_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute ends within a test."""
    monkeypatch.setattr("freehold.limits.counter.WINDOW_SECONDS", LONG)


@asynccontextmanager
async def serving(database_url: str, settings: Settings) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Serve with these settings, and give a function that opens a client at an address."""
    async with Platform.open(database_url, settings=settings) as platform:
        application = create_application(platform)

        def at(ip: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(application, client=(ip, 1234))
            return httpx.AsyncClient(transport=transport, base_url="http://test")

        yield at


def new_user(name: str) -> dict[str, str]:
    return {"username": name, "email": f"{name}@example.com", "password": PASSWORD}


async def ask(
    client: httpx.AsyncClient, path: str = "/v1/organizations/acme/projects", **headers: str
) -> httpx.Response:
    return await client.get(path, headers=headers)


async def test_answers_say_what_is_left_and_then_when_to_come_back(database_url: str):
    async with serving(database_url, TIGHT) as at:
        client = at(HOME)
        answers = [await ask(client) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
        assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"reads";q=3;w=60'}
        left = [re.fullmatch(r'"reads";r=(\d);t=(\d+)', answer.headers["ratelimit"]) for answer in answers]
        assert [match and match[1] for match in left] == ["2", "1", "0", "0"]
        refused = answers[-1]
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "limit_reached"
        assert 1 <= int(refused.headers["retry-after"]) <= LONG
        assert (await ask(at(AWAY))).status_code == 404


async def test_users_count_apart_wherever_they_are(database_url: str):
    async with serving(database_url, TIGHT) as at:
        tokens = []
        for name, ip in (("ada", HOME), ("bob", AWAY)):
            await at(ip).post("/v1/users", json=new_user(name))
            signed_in = await at(ip).post("/v1/sessions", json={"login": name, "password": PASSWORD})
            tokens.append(f"Bearer {signed_in.json()['token']}")
        ada, bob = tokens
        for ip in (HOME, AWAY, HOME):
            assert (await ask(at(ip), "/v1/users/me", Authorization=ada)).status_code == 200
        assert (await ask(at(AWAY), "/v1/users/me", Authorization=ada)).status_code == 429
        assert (await ask(at(HOME), "/v1/users/me", Authorization=bob)).status_code == 200
        # What changes something is counted apart from what reads.
        made = await at(HOME).post("/v1/organizations", json={"name": "Acme"}, headers={"Authorization": ada})
        assert (made.status_code, made.headers["ratelimit-policy"]) == (201, '"writes";q=2;w=60')


@pytest.mark.parametrize(
    ("path", "body", "kind", "quota"),
    [
        ("/v1/sessions", {"login": "nobody", "password": "Wrong1234"}, "sign-ins", 2),
        ("/v1/password-resets", {"email": "nobody@example.com"}, "mails", 1),
        ("/v1/users", {"username": "x"}, "sign-ups", 2),
    ],
)
async def test_costly_requests_have_their_own_quota(
    database_url: str, path: str, body: dict[str, str], kind: str, quota: int
):
    async with serving(database_url, TIGHT) as at:
        for _ in range(quota):
            answer = await at(HOME).post(path, json=body)
            assert answer.status_code != 429
            assert answer.headers["ratelimit-policy"] == f'"{kind}";q={quota};w=60'
        assert (await at(HOME).post(path, json=body)).status_code == 429
        assert (await at(AWAY).post(path, json=body)).status_code != 429


async def test_wrong_tokens_count_against_the_address(database_url: str):
    async with serving(database_url, TIGHT) as at:
        codes = [(await ask(at(HOME), "/v1/users/me", Authorization="Bearer wrong")).status_code for _ in range(5)]
        assert codes == [401, 401, 401, 429, 429]


async def test_two_nodes_share_an_exact_quota(database_url: str):
    async with serving(database_url, TIGHT) as first, serving(database_url, TIGHT) as second:
        body = {"login": "nobody", "password": "Wrong1234"}
        codes = [(await at(HOME).post("/v1/sessions", json=body)).status_code for at in (first, second, first, second)]
        assert codes == [401, 401, 429, 429]


async def test_health_is_not_limited_and_says_nothing_of_limits(database_url: str):
    async with serving(database_url, TIGHT) as at:
        answers = [await ask(at(HOME), "/healthz") for _ in range(5)]
        assert {answer.status_code for answer in answers} == {200}
        assert "ratelimit" not in answers[0].headers


async def test_limits_can_be_switched_off(database_url: str):
    settings = Settings.from_environment({"FREEHOLD_RATE_LIMITS": "off", "FREEHOLD_READS_PER_MINUTE": "1"})
    async with serving(database_url, settings) as at:
        answers = [await ask(at(HOME)) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {404}
        assert "ratelimit" not in answers[0].headers


async def test_forwarded_address_is_not_believed_by_default(database_url: str):
    async with serving(database_url, TIGHT) as at:
        codes = [(await ask(at(HOME), **{"X-Forwarded-For": f"203.0.113.{n}"})).status_code for n in range(4)]
        assert codes == [404, 404, 404, 429]


@pytest.mark.parametrize("proxies", ["1", "192.0.2.0/24"])
async def test_address_that_a_trusted_proxy_forwards_is_the_caller(database_url: str, proxies: str):
    async with serving(database_url, Settings(reads_per_minute=1, trusted_proxies=proxies)) as at:
        client = at(HOME)
        codes = [(await ask(client, **{"X-Forwarded-For": f"203.0.113.{n}"})).status_code for n in range(3)]
        assert codes == [404, 404, 404]
        # What the caller itself put before the proxy's word is made up.
        forged = [(await ask(client, **{"X-Forwarded-For": f"10.9.8.{n}, 203.0.113.0"})).status_code for n in range(2)]
        assert forged == [429, 429]
