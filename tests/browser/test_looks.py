"""Every page can be used by everybody: axe-core finds nothing, all fits a phone, and no text becomes markup."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Page, expect
from tests.conftest import PASSWORD, SignUp

from freehold import NewOrganization, Platform, ProfilePatch, UserPatch

from .conftest import OpenPage, Serve
from .test_journeys import fill, shows, sign_in

SIGNED_OUT = (
    "/",
    "/sign-in?done=signed-out",
    "/sign-up",
    "/sign-up?invitation_token=x",
    "/reset",
    "/reset?token=x",
    "/verify",
    "/verify?token=x",
    "/invitation",
    "/invitation?token=x",
    "/undo-email-change",
    "/undo-email-change?token=x",
    "/nowhere",
)
SIGNED_IN = ("/?done=joined", "/verify/again", "/sign-out", "/invitation?token=x")
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HOSTILE = (
    '<script>document.title="pwned"</script>',
    '"><img src=x onerror=alert(1)>',
    "'--></style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "\u202egnp.exe & <b>bold</b>",
)

NAMES = HOSTILE[:-1]
"""Those that a name may be: direction controls are refused."""


async def violations(page: Page, *rules: str) -> list[Any]:
    """What axe-core finds, by all rules or some; it is put in past the page's policy, as a developer's tools are."""
    await page.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    found = await page.evaluate("options => axe.run(options)", {"runOnly": list(rules)} if rules else WCAG)
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


async def every_page(page: Page) -> AsyncIterator[str]:
    """Visit every page, in every state that a link leads to, and with a form that is not right."""
    for path in SIGNED_OUT:
        await page.goto(path)
        yield path
    await page.goto("/sign-up")
    await page.locator("form").first.evaluate("form => form.noValidate = true")
    await fill(page, "Create account", username="?", email="?", password="?")
    yield "/sign-up with what is not right"
    await sign_in(page)
    for path in SIGNED_IN:
        await page.goto(path)
        yield path


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(open_page: OpenPage, sign_up: SignUp, platform: Platform, scheme: str):
    ada = await sign_up("ada")
    await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme Rockets"))
    page = await open_page(color_scheme=scheme)
    found = {path: here async for path in every_page(page) if (here := await violations(page))}
    assert found == {}


async def test_pages_fit_a_phone_of_320_pixels_with_names_of_any_length(
    open_page: OpenPage, sign_up: SignUp, platform: Platform
):
    ada = await sign_up("ada")
    await platform.acting_as(ada.id).organizations.create(NewOrganization(name="W" * 100))
    page = await open_page(viewport={"width": 320, "height": 568})
    wide = {}
    async for path in every_page(page):
        width = await page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[path] = width
    assert wide == {}


async def test_no_text_becomes_markup(open_page: OpenPage, sign_up: SignUp, platform: Platform):
    """The fixture also counts what the policy refuses: nothing."""
    ada = await sign_up("ada")
    mine = platform.acting_as(ada.id)
    for number, text in enumerate(NAMES):
        await mine.organizations.create(NewOrganization(name=text, slug=f"hostile-{number}"))
    await platform.users.update(ada.id, UserPatch(profile=ProfilePatch(first_name=HOSTILE[0], last_name=HOSTILE[1])))
    page = await open_page()
    for text in HOSTILE:
        for path in ("/verify", "/reset", "/invitation", "/undo-email-change", "/sign-in", "/sign-up"):
            query = "&".join(f"{name}={_quoted(text)}" for name in ("token", "invitation_token", "done", "return_to"))
            await page.goto(f"{path}?{query}")
            assert await page.locator("img, svg, main b, style").count() == 0
        await page.goto("/sign-in")
        await fill(page, "Sign in", login=text, password=text)
        assert await page.locator("#login").input_value() == text
    await sign_in(page)
    await shows(page, f"Hello {HOSTILE[0]}")
    for text in NAMES:
        await expect(page.locator("#main").get_by_role("link", name=text, exact=True)).to_be_visible()
    assert "pwned" not in (await page.title()).split(" · ")[-1]
    assert await page.locator("script").count() == 1


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


async def test_operator_puts_their_own_name_logo_and_colour_on_the_pages(
    serve: Serve, open_page: OpenPage, tmp_path: Any
):
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="32"><script>alert(1)</script></svg>')
    name = "Acme <b>& Sons</b>"
    server = serve(FREEHOLD_BRAND_NAME=name, FREEHOLD_BRAND_LOGO=str(logo), FREEHOLD_BRAND_ACCENT="#ffe94d")
    page = await open_page(f"{server.url}/sign-in")
    await expect(page.get_by_role("img", name=name)).to_be_visible()
    assert await page.title() == f"Sign in · {name}"
    assert await page.evaluate("document.querySelector('.brand img').naturalWidth") == 90
    assert await violations(page) == []
    await page.emulate_media(color_scheme="dark")
    assert await violations(page) == []
    served = await page.request.get(await page.evaluate("document.querySelector('link[rel=icon]').href"))
    assert served.headers["content-security-policy"].startswith("default-src 'none';")  # its script would not run
    assert served.headers["content-security-policy"].endswith("sandbox")


async def test_password_is_shown_on_demand_and_never_when_it_is_sent(open_page: OpenPage, sign_up: SignUp):
    await sign_up("ada")
    page = await open_page("/sign-in")
    await page.locator("#password").fill(PASSWORD)
    await page.get_by_role("button", name="Show the password").click()
    assert await page.locator("#password").get_attribute("type") == "text"
    await page.get_by_role("button", name="Hide the password").click()
    assert await page.locator("#password").get_attribute("type") == "password"
