"""The first visitor makes the administrator with the link that the server printed, and nobody else does."""

import httpx
import pytest
from tests.conftest import PASSWORD

from freehold import Platform
from freehold.console.first import PATH, link

NEW = {"username": "admin", "email": "admin@example.com", "password": PASSWORD}


def token_of(platform: Platform) -> str:
    return link(platform.context).partition("token=")[2]


async def test_first_visitor_makes_the_administrator_and_goes_on(browser: httpx.AsyncClient, platform: Platform):
    assert "Create administrator" in (await browser.get(link(platform.context))).text
    answer = await browser.post(PATH, data={**NEW, "token": token_of(platform)})
    assert answer.headers["location"] == "/organizations/new?done=administrator"
    assert "You administer this platform now" in (await browser.get(answer.headers["location"])).text
    assert (await browser.get("/v1/users/me")).json()["is_admin"] is True
    made = await browser.post("/organizations/new", data={"name": "Acme"})
    assert "Create the first project" in (await browser.get(made.headers["location"])).text
    assert (await browser.get(link(platform.context))).status_code == 404
    again = {**NEW, "username": "other", "email": "other@example.com", "token": token_of(platform)}
    assert (await browser.post(PATH, data=again)).status_code == 404
    assert await platform.users.any_admin()


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 43])
async def test_nobody_without_the_link_makes_one(browser: httpx.AsyncClient, platform: Platform, token: str):
    assert (await browser.get(PATH, params={"token": token})).status_code == 404
    assert (await browser.post(PATH, data={**NEW, "token": token})).status_code == 404
    assert not await platform.users.any_admin()


@pytest.mark.parametrize(
    ("typed", "field"), [({"username": "?"}, "username"), ({"email": "no"}, "email"), ({"password": "x"}, "password")]
)
async def test_what_is_not_right_is_told_beside_the_field(
    browser: httpx.AsyncClient, platform: Platform, typed: dict[str, str], field: str
):
    answer = await browser.post(PATH, data={**NEW, **typed, "token": token_of(platform)})
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert token_of(platform) in answer.text, "the form goes on working"
    assert f'value="{ {**NEW, **typed}["username"] }"' in answer.text
