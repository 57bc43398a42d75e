"""Pages are hosted, or not; a mail links to a page that is there, or to none."""

import re
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import PASSWORD, SignUp
from tests.mail.letters import letters_to

from freehold import NewPasswordReset, NewUser, Platform, Settings
from freehold.base.settings import SettingError
from freehold.mail.links import HOSTED, Mailed, link_to
from freehold.pages.brand import MOST_LOGO_BYTES, Brand, contrast, readable
from freehold.serve.hosted import PAGES

from .test_sessions_in_a_browser import opened

OWN: dict[Mailed, dict[str, Any]] = {
    "verify": {"verify_path": "/welcome"},
    "reset": {"reset_path": "/app?view=reset"},
    "invitation": {"invitation_path": "/#/join"},
    "undo": {"undo_path": "/oops"},
    "ownership": {"ownership_path": "/owner"},
}


def test_every_link_of_a_mail_leads_to_a_page():
    assert set(HOSTED.values()) <= {page.path for page in PAGES if page.show and page.form}


@pytest.mark.parametrize("page", HOSTED)
def test_link_leads_to_the_hosted_page_or_ones_own_or_nowhere(page: Mailed):
    base: dict[str, Any] = {"public_url": "https://acme.example/"}
    assert link_to(Settings(**base), page, "T") == f"https://acme.example{HOSTED[page]}?token=T"
    assert link_to(Settings(**base, hosted_pages="off"), page, "T") == ""
    (path,) = OWN[page].values()
    for hosted in ("on", "off"):
        link = link_to(Settings(**base, **OWN[page], hosted_pages=hosted), page, "T")
        assert link == f"https://acme.example{path}{'&' if '?' in path else '?'}token=T"


async def test_without_pages_mails_have_their_token_and_no_link(platform: Platform):
    settings = Settings(hosted_pages="off", rate_limits="off")
    tools = msgspec.structs.replace(platform.context.tools, settings=settings)
    bare = Platform(msgspec.structs.replace(platform.context, tools=tools))
    ada = await bare.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    await bare.users.mark_verified(ada.id)
    await bare.users.request_password_reset(NewPasswordReset(email="ada@example.com"))
    await bare.users.set_password(ada.id, "Analytical1")
    letters = await letters_to(bare, "ada@example.com")
    assert len(letters) == 3
    for letter in letters:
        assert "://" not in letter.text
        assert "link:" not in letter.text
    assert [bool(re.search(r"token: fh[vr]_", letter.text)) for letter in letters] == [False, True, True]


async def test_without_pages_there_are_none(platform: Platform):
    async with opened(platform, hosted_pages="off") as client:
        for page in PAGES:
            answer = await client.get(page.path, headers={"Accept": "text/html"})
            assert (answer.status_code, answer.json()["code"]) == (404, "no_such_path")


async def test_browser_gets_a_page_where_nothing_stands_and_a_program_a_problem(browser: httpx.AsyncClient):
    page = await browser.get("/nowhere", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 404
    assert 'href="/"' in page.text
    for path, accept in (("/nowhere", "*/*"), ("/v1/nowhere", "text/html"), ("/v1", "text/html")):
        problem = await browser.get(path, headers={"Accept": accept})
        assert problem.json()["code"] == "no_such_path"


async def test_pages_stand_under_the_prefix_that_they_are_mounted_at(platform: Platform, sign_up: SignUp):
    from starlette.applications import Starlette  # noqa: PLC0415 - for this test alone
    from starlette.routing import Mount  # noqa: PLC0415

    from freehold.serve.application import create_application  # noqa: PLC0415

    await sign_up("ada")
    host = Starlette(routes=[Mount("/core", create_application(platform))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(host), base_url="http://test") as client:
        page = await client.get("/core/sign-in")
        addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text)
        assert addresses
        assert {address.split("/")[1] for address in addresses} == {"core"}
        for address in addresses:
            assert (await client.get(address, headers={"Accept": "text/html"})).status_code == 200
        form = {"login": "ada", "password": PASSWORD}
        assert (await client.post("/core/sign-in", data=form, headers={"Origin": "http://test"})).headers[
            "location"
        ] == "/core/"


async def test_form_that_is_none_is_refused_and_a_method_too(browser: httpx.AsyncClient):
    assert (await browser.post("/sign-in", json={"login": "ada"})).status_code == 415
    assert (await browser.post("/sign-in", data={"login": "x" * 2_000_000})).status_code == 413
    refused = await browser.put("/sign-in")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, POST")
    assert (await browser.post("/")).headers["allow"] == "GET, HEAD"
    head = await browser.head("/sign-in")
    assert (head.status_code, head.content) == (200, b"")


async def test_page_is_limited_as_the_route_is(platform: Platform, sign_up: SignUp):
    await sign_up("ada")
    settings = Settings(sign_ins_per_minute=1)
    tools = msgspec.structs.replace(platform.context.tools, settings=settings)
    limited = Platform(msgspec.structs.replace(platform.context, tools=tools))
    from freehold.serve.application import create_application  # noqa: PLC0415 - for this test alone

    transport = httpx.ASGITransport(create_application(limited))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        client.headers["Origin"] = "http://test"
        form = {"login": "ada", "password": "Wrong1234"}
        assert (await client.post("/sign-in", data=form)).status_code == 401
        second = await client.post("/sign-in", data={**form, "password": PASSWORD})
        assert second.status_code == 429
        assert int(second.headers["retry-after"]) > 0
        assert "You may send 1 sign-ins" in second.text


@pytest.mark.parametrize(("sign_up", "says"), [("closed", "Administrators create"), ("invitation", "an invitation")])
async def test_sign_up_that_is_not_open_says_who_can_have_an_account(platform: Platform, sign_up: str, says: str):
    async with opened(platform, sign_up=sign_up) as client:
        page = await client.get("/sign-up")
        assert says in page.text
        assert "<form" not in page.text
        assert "Create an account" not in (await client.get("/")).text
        invited = await client.get("/sign-up?invitation_token=fhi_x")
        assert ("<form" in invited.text) is (sign_up == "invitation")


async def test_unconfirmed_address_is_told_where_it_may_not_sign_in(platform: Platform):
    async with opened(platform, unverified_may_sign_in=False) as client:
        client.headers["Origin"] = "http://test"
        new = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
        made = await client.post("/sign-up", data=new)
        assert "Look into your mail" in made.text
        assert "set-cookie" not in made.headers
        refused = await client.post("/sign-in", data={"login": "ada", "password": PASSWORD})
        assert refused.status_code == 403
        assert "Confirm your e-mail address first" in refused.text


@given(st.integers(0, 0xFFFFFF))
def test_any_accent_can_be_read_in_both_schemes(number: int):
    accent = f"#{number:06x}"
    for scheme, ground in (("light", "#ffffff"), ("dark", "#1b1e1a")):
        shown = readable(accent, scheme)
        assert contrast(shown, ground) >= 4.5
        assert max(contrast(shown, "#ffffff"), contrast(shown, "#0d1a14")) >= 4.5


def test_accent_that_can_be_read_stays_as_it_is():
    assert readable("#1f6b4d", "light") == "#1f6b4d"


@pytest.mark.parametrize("content", [b"hello", b"\x89PNG\r\n\x1a\n" + b"x" * MOST_LOGO_BYTES, None])
def test_logo_that_cannot_be_used_is_refused_at_the_start(tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "logo").write_bytes(content)
    with pytest.raises(SettingError, match="FREEHOLD_BRAND_LOGO is "):
        Brand.of(Settings(brand_logo=tmp_path / "logo"))
