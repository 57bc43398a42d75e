"""One's own account in the console."""

import re

import httpx
import pytest
from tests.conftest import PASSWORD, SignUp
from tests.mail.letters import letters_to

from freehold import NewImpersonation, Platform

from .conftest import Enter


async def test_profile_is_saved(ada: httpx.AsyncClient, platform: Platform):
    typed = {"username": "countess", "first_name": "Ada", "last_name": " ", "avatar_url": "https://example.com/a.png"}
    assert (await ada.post("/account", data=typed)).headers["location"] == "/account?done=saved"
    profile = (await platform.users.find("countess")).profile
    assert (profile.first_name, profile.last_name) == ("Ada", None)
    assert "Hello Ada" in (await ada.get("/")).text


@pytest.mark.parametrize(
    ("typed", "status", "field"),
    [
        ({"username": ""}, 422, "username"),
        ({"username": "bob"}, 409, "username"),
        ({"avatar_url": "no address"}, 422, "avatar_url"),
        ({"first_name": "x" * 101}, 422, "first_name"),
        ({"do": "email", "email": "nothing", "current_password": PASSWORD}, 422, "email"),
        ({"do": "email", "email": "new@example.com", "current_password": "Wrong1234"}, 409, "current_password"),
    ],
)
async def test_profile_that_is_not_right_is_told_beside_the_field(
    ada: httpx.AsyncClient, enter: Enter, typed: dict[str, str], status: int, field: str
):
    await enter("bob")
    answer = await ada.post("/account", data={"username": "ada", **typed})
    assert answer.status_code == status
    assert f'id="{field}-wrong"' in answer.text
    assert "Wrong1234" not in answer.text
    assert typed.get("email", "") in answer.text


async def test_address_is_changed_by_a_mailed_link(ada: httpx.AsyncClient, platform: Platform):
    form = {"do": "email", "email": "countess@example.com", "current_password": PASSWORD}
    assert (await ada.post("/account", data=form)).headers["location"] == "/account?done=mailed"
    assert "countess@example.com. Until then" in (await ada.get("/account")).text
    assert await letters_to(platform, "countess@example.com")


async def test_sessions_show_their_devices_and_are_ended(ada: httpx.AsyncClient, browser: httpx.AsyncClient):
    phone = {"login": "ada", "password": PASSWORD}
    await browser.post("/sign-in", data=phone, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"})
    shown = (await ada.get("/account/security")).text
    assert "Firefox" in shown
    assert shown.count("this one") == 1
    session = re.search(r'name="session" value="([0-9a-f-]{36})"', shown)
    assert session is not None
    assert (await ada.post("/account/security", data={"do": "end", "session": session[1]})).status_code == 303
    assert "/sign-in" in (await browser.get("/account")).headers["location"]
    await browser.post("/sign-in", data=phone)
    assert (await ada.post("/account/security", data={"do": "others"})).status_code == 303
    assert (await browser.get("/account")).status_code == 303
    assert (await ada.post("/account/security", data={"do": "end", "session": "x"})).status_code == 404


async def test_sessions_show_that_an_administrator_acts(ada: httpx.AsyncClient, platform: Platform, sign_up: SignUp):
    root, user = await sign_up("root"), await platform.users.find("ada")
    await platform.users.grant_admin(root.id)
    assert "who acts for you" not in (await ada.get("/account/security")).text
    await platform.sessions.impersonate(user.id, NewImpersonation(reason="Ticket 12"), admin_id=root.id)
    assert (await ada.get("/account/security")).text.count("an administrator, who acts for you") == 1


async def test_password_is_changed(ada: httpx.AsyncClient, browser: httpx.AsyncClient):
    for current, new, field, status in (("Wrong1234", "Analytical1", "current", 409), (PASSWORD, "weak", "new", 422)):
        wrong = await ada.post("/account/security", data={"current_password": current, "new_password": new})
        assert wrong.status_code == status
        assert f'id="{field}_password-wrong"' in wrong.text
    changed = {"current_password": PASSWORD, "new_password": "Analytical1", "end_api_keys": "on"}
    assert (await ada.post("/account/security", data=changed)).headers["location"] == "/account/security?done=password"
    assert (await browser.post("/sign-in", data={"login": "ada", "password": "Analytical1"})).status_code == 303


async def test_everything_stored_is_downloaded(ada: httpx.AsyncClient):
    link = re.search(r'href="([^"]+)" download', (await ada.get("/account/data")).text)
    assert link is not None
    assert (await ada.get(link[1])).json()["user"]["username"] == "ada"


async def test_account_is_deleted_once_its_name_is_typed(ada: httpx.AsyncClient, enter: Enter):
    form = {"typed_name": "ada", "current_password": PASSWORD}
    owner = await ada.post("/account/data", data=form)
    assert owner.status_code == 409
    assert "owns organizations" in owner.text
    bob = await enter("bob")
    for field, typed, status in (("typed_name", "BOB", 422), ("current_password", "x", 409)):
        answer = await bob.post("/account/data", data={**form, "typed_name": "bob", field: typed})
        assert answer.status_code == status
        assert f'id="{field}-wrong"' in answer.text
    gone = await bob.post("/account/data", data={**form, "typed_name": "bob"})
    assert gone.headers["location"] == "/sign-in?done=account-deleted"
    assert "Your account is deleted" in (await bob.get(gone.headers["location"])).text
