"""Each journey in each way: by keyboard alone, without scripts, on a phone, at 200 % zoom, in the dark.

A few of them, with each journey and each way among them, run with the quick tests; the whole matrix runs with the long.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest
from playwright.async_api import expect
from tests.conftest import PASSWORD, SignUp

from freehold import NewInvitation, NewOrganization, Platform
from freehold.console.first import link as first_link

from .conftest import OpenPage, Serve, link_to
from .hands import WAYS, Hand
from .test_console import fill_acme

NEW_PASSWORD = "Analytical1"


class Stage(NamedTuple):
    """What a journey begins with: nobody, nothing, and a browser."""

    hand: Hand
    platform: Platform
    sign_up: SignUp
    serve: Serve


async def says(hand: Hand, words: str) -> None:
    await expect(hand.page.get_by_role("status").first).to_contain_text(words)


async def is_at(hand: Hand, heading: str) -> None:
    await expect(hand.page.get_by_role("heading", level=1)).to_have_text(heading)


async def sign_in(hand: Hand, password: str = PASSWORD) -> None:
    await hand.open("/sign-in")
    await hand.fill(login="ada", password=password)
    await hand.press("Sign in")
    await is_at(hand, "Hello ada")


async def in_acme(stage: Stage, path: str) -> Hand:
    """Sign in as the owner of an organization, and go to one of its pages."""
    await fill_acme(stage.platform, stage.sign_up)
    await stage.hand.open("/sign-in")
    await stage.hand.fill(login="ada", password=PASSWORD)
    await stage.hand.press("Sign in")
    await is_at(stage.hand, "Hello Ada")
    await stage.hand.open(f"/organizations/acme{path}")
    return stage.hand


async def sign_up_and_confirm(stage: Stage) -> None:
    hand = stage.hand
    await hand.open("/")
    await hand.follow("Create an account")
    await hand.fill(username="ada", email="ada@example.com", password=PASSWORD)
    await hand.press("Create account")
    await is_at(hand, "Hello ada")
    await hand.open(await link_to(stage.platform, "ada@example.com"))
    await hand.press("Confirm this address")
    await says(hand, "Your e-mail address is confirmed.")


async def reset(stage: Stage) -> None:
    hand = stage.hand
    await stage.sign_up("ada")
    await hand.open("/sign-in")
    await hand.follow("Forgot your password?")
    await hand.fill(email="ada@example.com")
    await hand.press("Mail me a link")
    await is_at(hand, "Look into your mail")
    await hand.open(await link_to(stage.platform, "ada@example.com"))
    await hand.fill(new_password=NEW_PASSWORD)
    await hand.press("Set this password")
    await says(hand, "Your new password is set")
    await sign_in(hand, NEW_PASSWORD)


async def invitation_of_a_stranger(stage: Stage) -> None:
    ada = await stage.sign_up("ada")
    await stage.platform.users.mark_verified(ada.id)
    mine = stage.platform.acting_as(ada.id)
    await mine.organizations.create(NewOrganization(name="Acme Rockets"))
    await mine.organizations.invitations.create("acme-rockets", NewInvitation(email="bob@example.com"))
    hand = stage.hand
    await hand.open(await link_to(stage.platform, "bob@example.com"))
    await hand.follow("Create an account")
    await hand.fill(username="bob", email="bob@example.com", password=PASSWORD)
    await hand.press("Create account")
    await is_at(hand, "Hello bob")
    await hand.follow("Acme Rockets")


async def first_five_minutes(stage: Stage) -> None:
    hand = stage.hand
    # On a server of its own: the link is made with a key of the database, and the shared one has that of an earlier.
    await hand.open(stage.serve().url + first_link(stage.platform.context))
    await hand.fill(username="admin", email="admin@example.com", password=PASSWORD)
    await hand.press("Create administrator")
    await says(hand, "You administer this platform now")
    await hand.fill(name="Acme Rockets")
    await hand.press("Create organization")
    await hand.follow("Create the first project")
    await hand.fill(name="Guidance")
    await hand.press("Create project")
    await is_at(hand, "Guidance")


async def project(stage: Stage) -> None:
    hand = await in_acme(stage, "")
    await hand.follow("Create a project")
    await hand.fill(name="Boosters", description="What lifts it")
    await hand.pick("Public")
    await hand.fill(features="issues, wiki")
    await hand.press("Create project")
    await is_at(hand, "Boosters")
    await hand.fill(typed_name="Boosters")
    await hand.press("Delete project")
    await says(hand, "The project is deleted.")


async def members_and_invitations(stage: Stage) -> None:
    hand = await in_acme(stage, "/members")
    await hand.fill(email="lise@example.com")
    await hand.choose(hand.page.locator("#role"), "admin")
    await hand.press("Send invitation")
    await says(hand, "The invitation is on its way.")
    await hand.press("Revoke the invitation of mary@example.com")
    await hand.choose(hand.page.get_by_label("New role of grace"), "member")
    await hand.press("Change the role of grace")
    await expect(hand.page.get_by_role("row", name="grace").locator(".chip")).to_have_text("member")
    await hand.press("Remove grace")
    await expect(hand.page.get_by_role("row", name="grace")).to_have_count(0)


async def roles(stage: Stage) -> None:
    hand = await in_acme(stage, "/roles")
    await hand.follow("Create a role")
    await hand.fill(name="launcher")
    await hand.pick("project.create")
    await hand.press("Create role")
    await hand.open("/organizations/acme/roles")
    await hand.follow("launcher")
    await hand.press("Delete role")
    await expect(hand.page.get_by_role("link", name="launcher")).to_have_count(0)


async def keys(stage: Stage) -> None:
    hand = await in_acme(stage, "/api-keys")
    await hand.fill(name="deploy")
    await hand.pick("Limit it to the actions picked below")
    await hand.unfold(hand.page.get_by_text("Pick actions"))
    await hand.pick("project.read")
    await hand.press("Create key")
    await says(hand, "Copy the key now")
    await hand.press("Revoke deploy")
    await expect(hand.page.get_by_role("button", name="Revoke deploy")).to_have_count(0)


async def audit_log(stage: Stage) -> None:
    hand = await in_acme(stage, "/audit-log")
    await hand.type(hand.page.get_by_label("Action", exact=True), "project.create")
    await hand.choose(hand.page.get_by_label("Who"), "ada")
    await hand.press("Find")
    await expect(hand.page.locator("main tbody tr")).to_have_count(5)
    await hand.unfold(hand.page.locator("main tbody summary").first)
    await hand.follow("Show all")
    assert await hand.page.locator("main tbody tr").count() > 5


async def webhooks(stage: Stage) -> None:
    hand = await in_acme(stage, "/webhook-endpoints")
    await hand.follow("Create an endpoint")
    await hand.fill(url="https://hooks.acme.example/freehold")
    await hand.pick("Everything")
    await hand.press("Create endpoint")
    await says(hand, "Copy the secret now")
    await hand.press("Disable endpoint")
    await hand.press("Enable endpoint")
    await hand.follow("Deliveries")
    await hand.follow("Endpoint")
    await hand.fill(typed_name="hooks.acme.example")
    await hand.press("Delete endpoint")
    await is_at(hand, "Webhooks")


async def platform_pages(stage: Stage) -> None:
    await fill_acme(stage.platform, stage.sign_up)
    await stage.platform.users.grant_admin((await stage.platform.users.find("ada")).id)
    hand = stage.hand
    await hand.open("/sign-in")
    await hand.fill(login="ada", password=PASSWORD)
    await hand.press("Sign in")
    mine = hand.page.locator(".me")
    await hand.unfold(mine.locator("summary"))
    await hand.follow("The platform", mine)
    await hand.type(hand.page.get_by_role("searchbox"), "gra")
    await hand.press("Find")
    await hand.follow("grace")
    await hand.fill(reason="Looks odd")
    await hand.press("Suspend")
    await hand.press("Resume")
    side = hand.page.get_by_role("navigation", name="Platform")
    for title in await side.get_by_role("link").all_text_contents():
        await hand.follow(title, side)


Journey = Callable[[Stage], Awaitable[None]]
JOURNEYS: tuple[Journey, ...] = (
    sign_up_and_confirm,
    reset,
    invitation_of_a_stranger,
    first_five_minutes,
    project,
    members_and_invitations,
    roles,
    keys,
    audit_log,
    webhooks,
    platform_pages,
)


def matrix() -> list[Any]:
    """Each journey in each way, all but a diagonal of them marked long."""
    return [
        pytest.param(
            journey,
            way,
            id=f"{journey.__name__}-{way}",
            marks=() if number % len(WAYS) == place else pytest.mark.long,
        )
        for number, journey in enumerate(JOURNEYS)
        for place, way in enumerate(WAYS)
    ]


@pytest.fixture
async def stage(open_page: OpenPage, platform: Platform, sign_up: SignUp, serve: Serve, way: str) -> Stage:
    return Stage(await Hand.take(open_page, WAYS[way]), platform, sign_up, serve)


@pytest.mark.parametrize(("journey", "way"), matrix())
async def test_journey(stage: Stage, journey: Journey):
    await journey(stage)
