"""People hear by mail what happened to their account; strangers whose address somebody claims do not."""

from collections.abc import Awaitable, Callable
from typing import Final

import httpx
import pytest
from tests.conftest import PASSWORD, trusting
from tests.mail.letters import letters_to, token_to
from tests.organizations.conftest import OpenClient
from tests.organizations.handing import give_over_http
from tests.users.people import Headers, arrive, confirm, headers_of, me, sign_in

from freehold import Platform, Settings
from freehold.base.settings import SettingError
from freehold.mail.jobs import check_settings
from freehold.mail.news import ALL_NEWS

ACME: Final = "/v1/organizations/acme"
BOB: Final = "bob@example.com"


class Scene:
    """Bob, a member of Ada's acme, on a platform with settings."""

    def __init__(self, client: httpx.AsyncClient, platform: Platform) -> None:
        self.client, self.platform = client, platform
        self.ada: Headers = {}
        self.bob: Headers = {}
        self.bob_id = ""

    async def begin(self, *, confirmed: bool) -> None:
        self.ada = await arrive(self.client, "ada")
        await self.client.post("/v1/organizations", json={"name": "Acme"}, headers=self.ada)
        self.bob = await arrive(self.client, "bob")
        if confirmed:
            assert (await confirm(self.client, await token_to(self.platform, BOB))).status_code == 204
        self.bob_id = str((await me(self.client, self.bob))["id"])
        added = await self.client.put(f"{ACME}/members/{self.bob_id}", json={"role": "member"}, headers=self.ada)
        assert added.status_code == 200


async def password_changed(scene: Scene) -> httpx.Response:
    body = {"current_password": PASSWORD, "new_password": "Analytical2"}
    return await scene.client.put("/v1/users/me/password", json=body, headers=scene.bob)


async def email_changed(scene: Scene) -> httpx.Response:
    await scene.client.patch("/v1/users/me", json={"email": "new@example.com"}, headers=scene.bob)
    token = await token_to(scene.platform, "new@example.com")
    return await scene.client.post("/v1/email-verifications", json={"token": token}, headers=scene.bob)


async def api_key_created(scene: Scene) -> httpx.Response:
    return await scene.client.post("/v1/users/me/api-keys", json={"name": "robot"}, headers=scene.bob)


async def new_device(scene: Scene) -> httpx.Response:
    # Every request of the test comes from one address: forget that Bob was here.
    await scene.platform.context.db.fetch("DELETE FROM sign_in_budgets", ())
    return await sign_in(scene.client, "bob")


async def member_removed(scene: Scene) -> httpx.Response:
    return await scene.client.delete(f"{ACME}/members/{scene.bob_id}", headers=scene.ada)


async def ownership_received(scene: Scene) -> httpx.Response:
    return await give_over_http(scene.client, ACME, scene.ada, scene.bob, scene.bob_id)


async def user_deleted(scene: Scene) -> httpx.Response:
    return await scene.client.delete("/v1/users/me", headers=scene.bob)


Event = Callable[[Scene], Awaitable[httpx.Response]]
EVENTS: Final[dict[str, tuple[Event, str]]] = {
    "password_changed": (password_changed, "Your password was changed"),
    "email_changed": (email_changed, "Your e-mail address was changed"),
    "api_key_created": (api_key_created, "An API key was created"),
    "new_device": (new_device, "You signed in from a new device"),
    "member_removed": (member_removed, "You are no longer a member of an organization"),
    "ownership_received": (ownership_received, "You own an organization now"),
    "user_deleted": (user_deleted, "Your account was deleted"),
}


def test_all_news_are_tried():
    assert set(EVENTS) == {*ALL_NEWS}


@pytest.mark.parametrize("news", ALL_NEWS)
@pytest.mark.parametrize("case", ["told", "muted", "never confirmed"])
async def test_news_go_to_a_confirmed_address_unless_they_are_muted(
    news: str, case: str, open_client: OpenClient, platform: Platform
):
    client = await open_client(trusting(muted_news=f"{news}, " if case == "muted" else ""))
    scene = Scene(client, platform)
    await scene.begin(confirmed=case != "never confirmed")
    event, subject = EVENTS[news]
    before = {each.id for each in await letters_to(platform, BOB)}
    answer = await event(scene)
    assert answer.is_success, answer.text
    new = [each.subject for each in await letters_to(platform, BOB) if each.id not in before]
    assert (subject in new) is (case == "told")
    if case == "never confirmed":
        assert new == []


async def test_device_that_is_known_is_no_news(open_client: OpenClient, platform: Platform):
    scene = Scene(await open_client(trusting()), platform)
    await scene.begin(confirmed=True)
    for login in ("bob", BOB, "BOB"):
        await headers_of(scene.client, login)
    assert {each.subject for each in await letters_to(platform, BOB)} == {"Confirm your e-mail address"}


async def test_who_leaves_and_who_takes_are_not_told_what_they_did(open_client: OpenClient, platform: Platform):
    scene = Scene(await open_client(trusting()), platform)
    await scene.begin(confirmed=True)
    assert (await scene.client.delete(f"{ACME}/members/me", headers=scene.bob)).status_code == 204
    assert len(await letters_to(platform, BOB)) == 1


async def test_address_that_somebody_claims_gets_five_mails_in_an_hour_whatever_they_do(
    open_client: OpenClient, platform: Platform
):
    client = await open_client(trusting(rate_limits="off"))
    scene = Scene(client, platform)
    await scene.begin(confirmed=False)
    for _ in range(4):
        await client.post("/v1/users/me/email-verification", headers=scene.bob)
        await client.post("/v1/password-resets", json={"email": BOB})
        await client.patch("/v1/users/me", json={"email": "other@example.com"}, headers=scene.bob)
        await new_device(scene)
        await api_key_created(scene)
    await ownership_received(scene)
    for _ in range(2):
        await client.post("/v1/users/me/email-verification", headers=scene.bob)
        await client.patch("/v1/users/me", json={"email": BOB}, headers=scene.bob)
        await client.post("/v1/users/me/email-verification", headers=scene.bob)
    assert len(await letters_to(platform, BOB)) == 5


@pytest.mark.parametrize("value", ["password", "api_key_created,no_such"])
def test_news_that_do_not_exist_are_named(value: str):
    with pytest.raises(SettingError, match="FREEHOLD_MUTED_NEWS"):
        check_settings(Settings(muted_news=value))


async def test_keys_of_an_organization_are_told_to_who_made_them(open_client: OpenClient, platform: Platform):
    scene = Scene(await open_client(trusting()), platform)
    await scene.begin(confirmed=True)
    await scene.client.put(f"{ACME}/members/{scene.bob_id}", json={"role": "admin"}, headers=scene.ada)
    await scene.client.post(f"{ACME}/api-keys", json={"name": "robot"}, headers=scene.bob)
    letter = (await letters_to(platform, BOB))[0]
    assert letter.subject == "An API key was created"
    assert "robot" in letter.text
