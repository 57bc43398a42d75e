from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from tests.conftest import PASSWORD, SignUp

from freehold import NewOrganization, Platform
from freehold.serve.application import create_application

Enter = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def enter(platform: Platform, sign_up: SignUp) -> AsyncIterator[Enter]:
    """Open a browser, as far as the server can tell, in which a new user is signed in."""
    application = create_application(platform)
    opened: list[httpx.AsyncClient] = []

    async def open_(username: str) -> httpx.AsyncClient:
        user = await sign_up(username)
        await platform.users.mark_verified(user.id)
        headers = {"Accept": "text/html", "Origin": "http://test", "Sec-Fetch-Site": "same-origin"}
        browser = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test", headers=headers)
        opened.append(browser)
        answer = await browser.post("/sign-in", data={"login": username, "password": PASSWORD})
        assert answer.status_code == 303
        return browser

    yield open_
    for browser in opened:
        await browser.aclose()


@pytest.fixture
async def ada(enter: Enter, platform: Platform) -> httpx.AsyncClient:
    """The owner of Acme, at their browser."""
    browser = await enter("ada")
    user = await platform.users.find("ada")
    await platform.acting_as(user.id).organizations.create(NewOrganization(name="Acme"))
    return browser


@pytest.fixture
async def root(enter: Enter, platform: Platform) -> httpx.AsyncClient:
    """An administrator of the platform, at their browser."""
    browser = await enter("root")
    await platform.users.grant_admin((await platform.users.find("root")).id)
    return browser


@pytest.fixture
async def browser(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    """A second browser, in which nobody is signed in."""
    headers = {"Accept": "text/html", "Origin": "http://test", "Sec-Fetch-Site": "same-origin"}
    transport = httpx.ASGITransport(create_application(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as opened:
        yield opened
