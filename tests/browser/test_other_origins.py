"""A page of another origin does everything through the API, in a browser that holds it to the rules."""

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page
from tests.conftest import PASSWORD
from tests.mail.letters import token_to

from freehold import NewInvitation, NewOrganization, NewUser, Platform

from .conftest import Serve

CALL = """async ([url, method, body, headers, credentials]) => {
    const options = {method, headers: {...headers}, credentials};
    if (body !== null) { options.body = JSON.stringify(body); options.headers["Content-Type"] = "application/json"; }
    try {
        const answer = await fetch(url, options);
        const text = await answer.text();
        const body = text ? JSON.parse(text) : null;
        return {status: answer.status, body, headers: Object.fromEntries(answer.headers)};
    } catch (error) { return {status: 0}; }
}"""


class Empty(http.server.BaseHTTPRequestHandler):
    """An application of somebody else's: one empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>App</title>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def app() -> Iterator[str]:
    """The address of a page on a port of its own, which makes it another origin of the same site."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Api:
    """Calls of a page's script."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.headers: dict[str, str] = {}

    async def call(self, method: str, path: str, body: object = None, *, cookie: bool = False) -> dict[str, object]:
        credentials = "include" if cookie else "omit"
        sent = [f"{self.url}{path}", method, body, self.headers, credentials]
        return dict(await self.page.evaluate(CALL, sent))


async def test_application_elsewhere_signs_up_confirms_accepts_resets_and_lists(
    chromium: Browser, serve: Serve, app: str, platform: Platform
):
    server = serve(FREEHOLD_ALLOWED_ORIGINS=f"https://other.example, {app}")
    page = await chromium.new_page()
    await page.goto(app)
    api = Api(page, server.url)
    new = {"username": "bob", "email": "bob@example.com", "password": PASSWORD}
    api.headers["Idempotency-Key"] = "one"
    assert (await api.call("POST", "/v1/users", new))["status"] == 201
    again = await api.call("POST", "/v1/users", new)
    assert again["headers"]["idempotency-replayed"] == "true"  # type: ignore[index]
    del api.headers["Idempotency-Key"]
    token = await token_to(platform, "bob@example.com")
    confirmed = await api.call("POST", "/v1/email-verifications", {"token": token, "password": PASSWORD})
    assert confirmed["status"] == 204
    ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    await platform.users.mark_verified(ada.id)
    mine = platform.acting_as(ada.id)
    await mine.organizations.create(NewOrganization(name="Acme"))
    await mine.organizations.invitations.create("acme", NewInvitation(email="bob@example.com"))
    session = await api.call("POST", "/v1/sessions", {"login": "bob", "password": PASSWORD})
    api.headers["Authorization"] = f"Bearer {session['body']['token']}"  # type: ignore[index]
    invitation = await token_to(platform, "bob@example.com")
    assert (await api.call("POST", "/v1/invitations/accept", {"token": invitation}))["status"] == 201
    listed = await api.call("GET", "/v1/users/me/organizations?limit=1")
    assert [each["slug"] for each in listed["body"]["data"]] == ["acme"]  # type: ignore[index]
    read = await api.call("GET", "/v1/organizations/acme")
    assert "etag" in read["headers"]  # type: ignore[operator]
    assert "x-request-id" in read["headers"]  # type: ignore[operator]
    api.headers["If-None-Match"] = read["headers"]["etag"]  # type: ignore[index]
    assert (await api.call("GET", "/v1/organizations/acme"))["status"] == 304
    api.headers.clear()
    assert (await api.call("POST", "/v1/password-resets", {"email": "bob@example.com"}))["status"] == 202
    reset = {"token": await token_to(platform, "bob@example.com"), "new_password": "Analytical1"}
    assert (await api.call("POST", "/v1/password-resets/complete", reset))["status"] == 204
    await page.close()


async def test_application_elsewhere_sends_people_to_sign_in_and_uses_their_session(
    chromium: Browser, serve: Serve, app: str, platform: Platform
):
    server = serve(FREEHOLD_ALLOWED_ORIGINS=app)
    await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    page = await chromium.new_page()
    await page.goto(f"{server.url}/sign-in?return_to={app}/inside")
    await page.locator("#login").fill("ada")
    await page.locator("#password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{app}/inside")
    api = Api(page, server.url)
    me = await api.call("GET", "/v1/users/me", cookie=True)
    assert me["body"]["username"] == "ada"  # type: ignore[index]
    assert (await api.call("POST", "/v1/organizations", {"name": "Acme"}, cookie=True))["status"] == 201
    assert (await api.call("GET", "/v1/users/me"))["status"] == 401
    assert await page.evaluate("document.cookie") == ""
    await page.context.close()


async def test_application_that_nobody_named_gets_nothing(
    chromium: Browser, serve: Serve, app: str, platform: Platform
):
    server = serve(FREEHOLD_ALLOWED_ORIGINS="https://other.example")
    await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    page = await chromium.new_page()
    await page.goto(f"{server.url}/sign-in?return_to={app}/inside")
    await page.locator("#login").fill("ada")
    await page.locator("#password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{server.url}/")
    await page.goto(app)
    api = Api(page, server.url)
    for cookie in (True, False):
        assert await api.call("GET", "/v1/users/me", cookie=cookie) == {"status": 0}
        assert await api.call("POST", "/v1/users", {"username": "x"}, cookie=cookie) == {"status": 0}
    form = "<form method=post action='{}/sign-out'><button>Win</button></form>"
    await page.evaluate("html => { document.body.innerHTML = html }", form.format(server.url))
    await page.get_by_role("button").click()
    await page.get_by_text("came from a page of another site").wait_for()
    await page.goto(server.url)
    assert await page.get_by_role("heading", level=1).text_content() == "Hello ada"
    await page.context.close()
