"""Pages of allowed origins may call the API from a browser; others are answered as by a server without CORS."""

import httpx
import pytest
from tests.conftest import SignUp

from freehold import Platform
from freehold.base.addresses import origin_of

from .test_sessions_in_a_browser import APP, opened, sign_in

PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
ALLOWED = f"{APP}, http://localhost:3000"


def said(answer: httpx.Response) -> set[str]:
    return {name for name in answer.headers if name.startswith("access-control-")}


@pytest.mark.parametrize("origin", [APP, "http://localhost:3000"])
async def test_allowed_origin_may_ask_read_and_send_its_cookie(platform: Platform, origin: str):
    async with opened(platform, allowed_origins=ALLOWED) as client:
        asked = await client.options("/v1/users", headers={"Origin": origin, **PREFLIGHT})
        assert asked.status_code == 204
        assert asked.headers["access-control-allow-methods"] == "GET, HEAD, POST, PUT, PATCH, DELETE"
        sent = asked.headers["access-control-allow-headers"].lower()
        for name in ("authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "x-request-id"):
            assert name in sent
        answer = await client.get("/v1/users/me", headers={"Origin": origin})
        for each in (asked, answer):
            assert each.headers["access-control-allow-origin"] == origin
            assert each.headers["access-control-allow-credentials"] == "true"
            assert "Origin" in each.headers.get_list("vary")
        exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
        assert exposed >= {
            "ETag",
            "Link",
            "Location",
            "Retry-After",
            "RateLimit",
            "X-Request-Id",
            "Idempotency-Replayed",
        }


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{APP}.evil.example", f"{APP}:8443", "http://app.acme.example", "*", ""]
)
async def test_other_origins_get_nothing(platform: Platform, origin: str):
    async with opened(platform, allowed_origins=ALLOWED) as client:
        asked = await client.options("/v1/users", headers={"Origin": origin, **PREFLIGHT})
        assert asked.status_code == 405
        answer = await client.get("/v1/users/me", headers={"Origin": origin})
        assert said(asked) | said(answer) == set()
        assert "Origin" in answer.headers.get_list("vary")  # what a cache keeps for them is not for an allowed one


async def test_by_default_there_is_no_cors(browser: httpx.AsyncClient):
    answer = await browser.get("/v1/users/me", headers={"Origin": APP})
    assert said(answer) == set()
    assert "Origin" not in answer.headers.get_list("vary")


async def test_pages_are_for_nobody_elsewhere(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    async with opened(platform, allowed_origins=ALLOWED) as client:
        await sign_in(client)
        for path in ("/", "/sign-in", "/docs"):
            assert said(await client.get(path, headers={"Origin": APP})) == set()


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://App.Acme.example", "https://app.acme.example"),
        ("https://acme.example:443", "https://acme.example"),
        ("http://acme.example:80", "http://acme.example"),
        ("http://acme.example:443", "http://acme.example:443"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_origin_is_written_as_browsers_do(written: str, origin: str):
    assert origin_of(written) == origin
