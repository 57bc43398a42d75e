"""The console in a browser: without a script, in both schemes, on a phone, with hostile texts; and its pictures."""

import asyncio
import base64
import os
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Page, expect
from tests.conftest import SignUp

from freehold import (
    NewApiKey,
    NewCustomRole,
    NewInvitation,
    NewOrganization,
    NewProject,
    NewProjectSettings,
    NewRole,
    NewSuspension,
    NewWebhookEndpoint,
    Platform,
    ProfilePatch,
    UserPatch,
)
from freehold.access import Action

from .conftest import OpenPage
from .test_journeys import fill, shows, sign_in
from .test_looks import HOSTILE, NAMES, violations

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MOST_BYTES = 60_000
IN_ACME = (
    "",
    "/projects/new",
    "/members",
    "/roles",
    "/roles/new",
    "/roles/tester",
    "/api-keys",
    "/webhook-endpoints",
    "/webhook-endpoints/new",
    "/webhook-endpoints/{hook}",
    "/webhook-endpoints/{hook}/deliveries",
    "/webhook-endpoints/{hook}/deliveries/{delivery}",
    "/audit-log",
    "/settings",
)
OF_PLATFORM = (
    "/platform/users",
    "/platform/users/{ada}",
    "/platform/users/{grace}",
    "/platform/organizations",
    "/platform/webhook-endpoints",
    "/platform/webhook-endpoints/new",
    "/platform/webhook-endpoints/{hook}",
    "/platform/webhook-endpoints/{hook}/deliveries",
    "/platform/webhook-endpoints/{hook}/deliveries/{delivery}",
    "/platform/mail",
    "/platform/growth",
    "/platform/health",
    "/platform/migrations",
    "/platform/data-model",
    "/platform/data-model?section=relationships",
    "/platform/data-model?section=tables",
    "/platform/data-model?section=rules",
    "/platform/data-model?section=queries",
)
OF_ACCOUNT = ("/", "/organizations/new", "/account", "/account/security", "/account/api-keys", "/account/data")


async def fill_acme(platform: Platform, sign_up: SignUp, name: str = "Acme Rockets", project: str = "Guidance") -> None:
    """Make an organization with some of everything."""
    ada = await sign_up("ada")
    await platform.users.mark_verified(ada.id)
    grace = await sign_up("grace")
    mine = platform.acting_as(ada.id)
    for user, first, last in ((ada, "Ada", "Lovelace"), (grace, "Grace", "Hopper")):
        names = ProfilePatch(first_name=first, last_name=last)
        await platform.users.update(user.id, UserPatch(profile=names))
    await mine.organizations.create(NewOrganization(name=name, slug="acme"))
    await platform.organizations.members.put("acme", grace.id, NewRole(role="admin"))
    await mine.organizations.invitations.create("acme", NewInvitation(email="mary@example.com"))
    await mine.organizations.roles.create("acme", NewCustomRole(name="tester", actions=(Action.PROJECT_READ,)))
    await mine.organizations.api_keys.create("acme", NewApiKey(name=project))
    for number, each in enumerate(("Telemetry", "Launch pad", "Fuel cells", "Mission control", project)):
        settings = NewProjectSettings(
            visibility=("private", "public")[number % 2], features=("issues", "wiki")[number % 3 :]
        )
        await mine.projects.create("acme", NewProject(name=each, description=f"About {each}", settings=settings))


async def fill_hooks(platform: Platform, connection: Any, *, of_platform: bool) -> dict[str, UUID]:
    """Make an endpoint that fails, with a delivery that was answered; tells their ids."""
    new = NewWebhookEndpoint(
        url=f"https://hooks.acme.example/{'w' * 300}", events=("project.*", "member.add"), description=NAMES[0]
    )
    webhooks = platform.webhooks if of_platform else None
    made = await (webhooks.create(new) if webhooks else platform.organizations.webhooks.create("acme", new))
    for name in (NAMES[1], "Boosters"):
        await platform.projects.create("acme", NewProject(name=name))
    await connection.execute("UPDATE webhook_endpoints SET failing_since = now()")
    delivery = await connection.fetchval(
        "UPDATE webhook_deliveries SET attempts = 2, attempted_at = now(), url = $1, response_status = 500, "
        "response_body = $2, error = 'answered 500', duration_ms = 12 WHERE endpoint_id = $3 RETURNING id",
        made.url,
        "".join(HOSTILE),
        made.id,
    )
    await connection.execute("UPDATE webhook_queues SET due_at = now() + interval '1 hour'")
    return {"hook": made.id, "delivery": delivery}


async def width_of(page: Page) -> int:
    return int(await page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.long  # a page takes a second, most of which is axe
@pytest.mark.parametrize(
    "paths",
    [[f"/organizations/acme{each}" for each in IN_ACME], OF_ACCOUNT, OF_PLATFORM],
    ids=["org", "own", "platform"],
)
async def test_everybody_can_use_each_page_and_no_text_becomes_markup(
    open_page: OpenPage, sign_up: SignUp, platform: Platform, connection: Any, paths: list[str]
):
    """One visit of each page for all of it."""
    await fill_acme(platform, sign_up, name="W" * 60 + NAMES[0], project=NAMES[1])
    ids = {name: (await platform.users.find(name)).id for name in ("ada", "grace")}
    if paths[0] == OF_PLATFORM[0]:
        await platform.users.grant_admin(ids["ada"])
        await platform.users.suspend(ids["grace"], NewSuspension(reason=NAMES[0]))
    ids |= await fill_hooks(platform, connection, of_platform=paths[0] == OF_PLATFORM[0])
    page = await open_page()
    await sign_in(page)
    found: dict[str, object] = {}
    for path in paths:
        await page.set_viewport_size({"width": 1200, "height": 800})
        await page.emulate_media(color_scheme="light")
        await page.goto(path.format(**ids))
        await page.evaluate("document.querySelectorAll('details:not(.menu-of)').forEach(each => each.open = true)")
        wrong = [("light", each) for each in await violations(page)]
        await page.emulate_media(color_scheme="dark")
        wrong += [("dark", each) for each in await violations(page, "color-contrast")]
        await page.set_viewport_size({"width": 320, "height": 568})
        if await width_of(page) > 320:
            wrong.append(("wide", await width_of(page)))
        if await page.locator("img, svg:not(.model-diagram, .chart svg), style, main script").count():
            wrong.append(("markup", await page.content()))
        if wrong:
            found[path] = wrong
    assert found == {}


@pytest.mark.parametrize("scripts", [False, True])
async def test_organization_and_project_are_made_found_and_deleted(
    open_page: OpenPage, sign_up: SignUp, *, scripts: bool
):
    await sign_up("ada")
    page = await open_page(scripts=scripts)
    await sign_in(page)
    await page.locator("#main").get_by_role("link", name="Create an organization").click()
    await page.get_by_label("Name").fill("Acme Rockets")
    if scripts:
        await expect(page.get_by_role("status")).to_have_text("Its address: /organizations/acme-rockets")
        await page.get_by_label("Slug").fill("acme-two")
        await expect(page.get_by_role("status")).to_have_text("/organizations/acme-two is free")
        await page.get_by_label("Slug").fill("")
    await page.get_by_role("button", name="Create organization").click()
    await expect(page.get_by_role("status")).to_contain_text("The organization is ready")
    await page.get_by_role("link", name="Create the first project").click()
    await page.get_by_label("Public").check()
    await fill(page, "Create project", name="Guidance", features="issues, Wi Ki")
    await expect(page.locator("#features-wrong")).to_be_visible()
    assert await page.get_by_label("Public").is_checked()
    await fill(page, "Create project", features="issues, wiki")
    await shows(page, "Guidance")
    await page.get_by_role("navigation", name="Work").get_by_role("link", name="Projects").click()
    await page.get_by_role("searchbox").fill("gui")
    await page.get_by_role("button", name="Find").click()
    await page.get_by_role("link", name="Guidance").click()
    await fill(page, "Delete project", typed_name="Guidance")
    await expect(page.get_by_role("status")).to_have_text("The project is deleted.")


async def test_somebody_is_invited_by_keyboard_on_a_phone(open_page: OpenPage, sign_up: SignUp, platform: Platform):
    await fill_acme(platform, sign_up)
    page = await open_page(viewport={"width": 320, "height": 568})
    await sign_in(page)
    await page.goto("/organizations/acme/members")
    await page.get_by_label("E-mail address").focus()
    await page.keyboard.type("lise@example.com")
    await page.keyboard.press("Tab")
    await page.keyboard.press("a")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("The invitation is on its way.")
    await expect(page.get_by_role("cell", name="lise@example.com until")).to_be_visible()


async def test_key_is_copied_and_menus_close_with_escape(open_page: OpenPage, sign_up: SignUp):
    await sign_up("ada")
    page = await open_page(permissions=["clipboard-read", "clipboard-write"])
    await sign_in(page)
    await page.goto("/account/api-keys")
    await fill(page, "Create key", name="deploy")
    await page.get_by_role("status").get_by_role("button", name="Copy").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied == await page.locator(".secret code").text_content()
    await page.locator(".me > summary").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("link", name="Your account")).not_to_be_visible()


@pytest.mark.renews
async def test_pictures_of_the_documentation_are_there(open_page: OpenPage, sign_up: SignUp, platform: Platform):
    """They are made with RENEW=1. Elsewhere fonts differ, so that it is enough that they are there and small."""
    wanted = {
        "members-light": ("light", 1120, 760),
        "members-dark": ("dark", 1120, 760),
        "members-narrow": ("light", 320, 700),
    }
    if os.environ.get("RENEW"):
        await fill_acme(platform, sign_up)
        page = await open_page()
        await sign_in(page)
        for name, (scheme, width, height) in wanted.items():
            await page.set_viewport_size({"width": width, "height": height})
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.goto("/organizations/acme/members")
            session = await page.context.new_cdp_session(page)
            shot = await session.send("Page.captureScreenshot", {"format": "webp", "quality": 70})
            await asyncio.to_thread(_write, IMAGES / f"{name}.webp", shot["data"])
    for name in wanted:
        assert 2_000 < (IMAGES / f"{name}.webp").stat().st_size < MOST_BYTES


def _write(path: Path, encoded: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(base64.b64decode(encoded))
