"""Pictures of people in a browser without a script: the letters stay where one does not come."""

import re

from playwright.async_api import Browser, Route
from tests.conftest import PASSWORD, SignUp

from freehold import NewOrganization, NewRole, Platform, ProfilePatch, UserPatch

from .conftest import Serve
from .test_journeys import fill, shows

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
ALLOWED = "https://pictures.example"
ADDRESSES = {
    "ada": f"{ALLOWED}/ada.png",
    "grace": f"{ALLOWED}/gone.png",
    "mary": f"{ALLOWED}/moved.png",
    "lise": "https://tracker.example/x",
}


async def test_letters_stay_where_a_picture_does_not_load_or_may_not(
    serve: Serve, chromium: Browser, sign_up: SignUp, platform: Platform
):
    server = serve(FREEHOLD_PICTURE_ORIGINS=ALLOWED)
    for name, address in ADDRESSES.items():
        user = await sign_up(name)
        await platform.users.update(user.id, UserPatch(profile=ProfilePatch(avatar_url=address)))
        if name == "ada":
            await platform.acting_as(user.id).organizations.create(NewOrganization(name="Acme"))
        else:
            await platform.organizations.members.put("acme", user.id, NewRole())
    context = await chromium.new_context(base_url=server.url, java_script_enabled=False)
    page = await context.new_page()
    asked: list[tuple[str, str | None]] = []
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)

    async def picture(route: Route) -> None:
        asked.append((route.request.url, route.request.headers.get("referer")))
        if route.request.url.endswith("moved.png"):
            await route.fulfill(status=302, headers={"Location": "https://tracker.example/moved"})
        elif route.request.url.endswith("ada.png"):
            await route.fulfill(status=200, content_type="image/svg+xml", body=DRAWING)
        else:
            await route.fulfill(status=404)

    await context.route(re.compile("^https:"), picture)
    await page.goto("/sign-in")
    await fill(page, "Sign in", login="ada", password=PASSWORD)
    await shows(page, "Hello ada")
    await page.goto("/organizations/acme/members", wait_until="networkidle")
    shown = {
        await row.locator(".who b").inner_text(): await row.locator(".mark").evaluate(
            "mark => [mark.textContent, mark.querySelector('img')?.naturalWidth ?? null]"
        )
        for row in await page.get_by_role("row").filter(has=page.locator(".who")).all()
    }
    assert shown == {"ada": ["A", 4], "grace": ["G", 0], "mary": ["M", 0], "lise": ["L", None]}
    assert {url for url, _ in asked} == {f"{ALLOWED}/{name}.png" for name in ("ada", "gone", "moved")}
    assert {referrer for _, referrer in asked} == {None}
    assert ["https://tracker.example/moved" in each for each in refused] == [True]
    await context.close()
