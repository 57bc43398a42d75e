"""The cookie of a session, where its requests may come from, and where people go afterwards."""

from typing import Any

import httpx
import msgspec
import pytest
from tests.conftest import PASSWORD, SignUp

from freehold import Platform, Settings
from freehold.pages.returning import safe_return
from freehold.serve.application import create_application

ADA = {"login": "ada", "password": PASSWORD}
APP = "https://app.acme.example"


def opened(platform: Platform, base_url: str = "http://test", **settings: Any) -> httpx.AsyncClient:
    """A client of the same database under other settings."""
    tools = msgspec.structs.replace(platform.context.tools, settings=Settings(rate_limits="off", **settings))
    changed = Platform(msgspec.structs.replace(platform.context, tools=tools))
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_application(changed)), base_url=base_url)


async def sign_in(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/sign-in", data={**ADA, **fields}, headers={"Origin": str(client.base_url).rstrip("/")})


@pytest.mark.parametrize(
    ("base_url", "public_url", "name"),
    [
        ("http://localhost:8000", None, "freehold"),
        ("https://acme.example", None, "__Host-freehold"),
        ("http://acme.example", "https://acme.example", "__Host-freehold"),  # behind a proxy that ends TLS
    ],
)
async def test_cookie_is_out_of_reach_of_scripts_and_of_other_hosts(
    platform: Platform, sign_up: SignUp, base_url: str, public_url: str | None, name: str
):
    await sign_up("ada")
    async with opened(platform, base_url, public_url=public_url) as client:
        answer = await client.post("/sign-in", data=ADA, headers={"Origin": public_url or base_url})
    assert answer.status_code == 303
    cookie, *attributes = answer.headers["set-cookie"].split("; ")
    assert cookie.startswith(f"{name}=fh_")
    secure = ["Secure"] if name.startswith("__Host-") else []
    assert attributes == ["Path=/", "Max-Age=2592000", "HttpOnly", "SameSite=Lax", *secure]


async def test_session_of_the_cookie_is_one_like_any_other(browser: httpx.AsyncClient, sign_up: SignUp):
    await sign_up("ada")
    await sign_in(browser)
    listed = (await browser.get("/v1/sessions")).json()["data"]
    assert [session["current"] for session in listed] == [True]
    ended = await browser.delete(f"/v1/sessions/{listed[0]['id']}")
    assert ended.status_code == 204
    assert "Sign in" in (await browser.get("/")).text
    assert (await browser.get("/v1/sessions")).status_code == 401


async def test_session_that_ended_keeps_nobody_from_signing_in_again(browser: httpx.AsyncClient, sign_up: SignUp):
    await sign_up("ada")
    browser.cookies.set("freehold", "fh_" + "x" * 51)
    assert (await browser.post("/v1/sessions", json=ADA)).status_code == 201
    assert (await sign_in(browser)).status_code == 303


async def test_signing_out_ends_the_session_and_its_cookie(browser: httpx.AsyncClient, sign_up: SignUp):
    await sign_up("ada")
    await sign_in(browser)
    token = browser.cookies["freehold"]
    answer = await browser.post("/sign-out", data={"return_to": ""})
    assert answer.headers["location"] == "/sign-in?done=signed-out"
    assert "freehold" not in browser.cookies
    assert (await browser.get("/v1/sessions", headers={"Authorization": f"Bearer {token}"})).status_code == 401


SENDERS = [
    ({"Origin": "http://test"}, True),
    ({"Origin": "http://test", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "http://evil.example"}, False),
    ({"Origin": "http://test.evil.example"}, False),
    ({"Origin": "http://test:8080"}, False),
    ({"Origin": "ftp://test"}, False),
    ({"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}, False),
    ({"Origin": "http://sub.test", "Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "http://test", "Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Origin": APP}, False),
]


@pytest.mark.parametrize(("headers", "may"), SENDERS)
async def test_form_is_taken_from_pages_of_this_server_alone(
    platform: Platform, sign_up: SignUp, headers: dict[str, str], *, may: bool
):
    await sign_up("ada")
    async with opened(platform, allowed_origins=APP) as client:
        answer = await client.post("/sign-in", data=ADA, headers=headers)
        assert (answer.status_code == 303) is may
        assert ("set-cookie" in answer.headers) is may
        if not may:
            assert answer.status_code == 403
            assert "came from a page of another site" in answer.text


@pytest.mark.parametrize(("headers", "may"), [*SENDERS[:-1], ({"Origin": APP, "Sec-Fetch-Site": "same-site"}, True)])
async def test_change_by_cookie_is_taken_from_this_server_and_allowed_origins_alone(
    platform: Platform, sign_up: SignUp, headers: dict[str, str], *, may: bool
):
    await sign_up("ada")
    async with opened(platform, allowed_origins=APP) as client:
        await sign_in(client)
        answer = await client.post("/v1/organizations", json={"name": "Acme"}, headers=headers)
        assert answer.status_code == (201 if may else 403)
        if not may:
            assert answer.json()["code"] == "origin_refused"
        assert (await client.get("/v1/sessions", headers=headers)).status_code == 200  # reading changes nothing


async def test_bearer_token_needs_no_origin_and_counts_before_the_cookie(browser: httpx.AsyncClient, sign_up: SignUp):
    await sign_up("ada")
    await sign_up("bob")
    await sign_in(browser)
    token = (await browser.post("/v1/sessions", json={"login": "bob", "password": PASSWORD})).json()["token"]
    headers = {"Authorization": f"Bearer {token}", "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    made = await browser.post("/v1/organizations", json={"name": "Acme"}, headers=headers)
    assert made.status_code == 201
    assert (await browser.get("/v1/users/me", headers=headers)).json()["username"] == "bob"


@pytest.mark.parametrize(
    ("given", "may"),
    [
        ("/", True),
        ("/organizations/acme?tab=1#x", True),
        (f"{APP}/welcome?x=1", True),
        ("https://APP.acme.example:443/", True),
        ("https://app.acme.example.evil.example/", False),
        ("https://app.acme.example@evil.example/", False),
        ("https://user@app.acme.example/", False),
        ("http://app.acme.example/", False),
        ("https://evil.example/", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("/a\\b", False),
        ("/%0a\n", False),
        (" /x", False),
        ("/x y", False),
        ("/\t/evil.example", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https:evil.example", False),
        ("https://[", False),
        ("/" + "x" * 3000, False),
        ("", False),
    ],
)
def test_return_leads_to_this_server_or_to_allowed_origins_alone(given: str, *, may: bool):
    assert safe_return(given, Settings(allowed_origins=APP)) == (given if may else None)


@pytest.mark.parametrize(("wanted", "goes"), [(f"{APP}/x", f"{APP}/x"), ("/docs", "/docs"), ("//evil.example", "/")])
async def test_signing_in_goes_where_it_may(platform: Platform, sign_up: SignUp, wanted: str, goes: str):
    await sign_up("ada")
    async with opened(platform, allowed_origins=APP) as client:
        page = await client.get("/sign-in", params={"return_to": wanted})
        assert ("return_to" in page.text) is (wanted == goes)
        assert f"form-action 'self' {APP};" in page.headers["content-security-policy"]
        assert (await sign_in(client, return_to=wanted)).headers["location"] == goes
        assert (await client.get("/sign-in", params={"return_to": wanted})).headers["location"] == goes


async def test_pages_are_kept_nowhere_and_load_nothing_from_elsewhere(browser: httpx.AsyncClient):
    for path in ("/", "/sign-in", "/sign-up", "/reset", "/verify?token=x", "/nowhere"):
        page = await browser.get(path)
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert page.headers["x-frame-options"] == "DENY"
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; ")
        assert "unsafe" not in policy
        assert page.headers.get_list("content-security-policy") == [policy]
        assert len(page.content) < 10_000
