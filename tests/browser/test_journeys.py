"""What people do on the hosted pages, each without a script; and what a script adds."""

import pytest
from playwright.async_api import Page, expect
from tests.conftest import PASSWORD, SignUp

from freehold import NewInvitation, NewOrganization, NewOwner, NewRole, PageRequest, Platform, UserPatch
from freehold.data.context import Actor

from .conftest import OpenPage, link_to

NEW_PASSWORD = "Analytical1"
_ALL = PageRequest(limit=100)


async def fill(page: Page, button: str, **fields: str) -> None:
    """Fill in a form, and send it."""
    for name, value in fields.items():
        await page.locator(f"#{name}").fill(value)
    await page.get_by_role("button", name=button).click()


async def sign_in(page: Page, login: str = "ada", password: str = PASSWORD) -> None:
    await page.goto("/sign-in")
    await fill(page, "Sign in", login=login, password=password)


async def sign_out(page: Page) -> None:
    await page.locator(".me > summary").click()
    await page.get_by_role("button", name="Sign out").click()


async def shows(page: Page, heading: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)


@pytest.mark.parametrize("scripts", [False, True])
async def test_somebody_signs_up_confirms_signs_out_and_in(open_page: OpenPage, platform: Platform, *, scripts: bool):
    page = await open_page(scripts=scripts)
    await page.get_by_role("link", name="Create an account").click()
    await fill(page, "Create account", email="ada@example.com", username="ada", password=PASSWORD)
    await shows(page, "Hello ada")
    await expect(page.get_by_role("status")).to_contain_text("Your account is ready")
    before = await link_to(platform, "ada@example.com")
    await page.get_by_role("button", name="Mail me the link again").click()
    await expect(page.get_by_role("status")).to_contain_text("is on its way")
    link = await link_to(platform, "ada@example.com")
    assert link.startswith("/verify?token=fhv_")
    assert link != before
    for _ in range(2):  # as a mail scanner, which opens it first
        await page.goto(link)
        await shows(page, "Confirm your address")
    await page.get_by_role("button", name="Confirm this address").click()
    await expect(page.get_by_role("status")).to_have_text("Your e-mail address is confirmed.")
    await sign_out(page)
    await expect(page.get_by_role("status")).to_have_text("You are signed out.")
    await page.go_back()
    await shows(page, "Welcome to Freehold")
    await sign_in(page, "ada@example.com")
    await shows(page, "Hello ada")
    assert [user.email_verified for user in (await platform.users.list(_ALL)).data] == [True]


async def test_form_that_is_not_right_comes_back_with_what_was_typed(open_page: OpenPage, sign_up: SignUp):
    await sign_up("ada")
    page = await open_page("/sign-up", scripts=False)
    await fill(page, "Create account", email="new@example.com", username="ADA", password="short")
    assert await page.get_by_label("Username").input_value() == "ADA"
    assert await page.get_by_label("Password").input_value() == ""
    await expect(page.locator("#password-wrong")).to_contain_text("Must have 8 to 128 characters")
    await fill(page, "Create account", password=PASSWORD)
    await expect(page.locator("#username-wrong")).to_contain_text("This username is taken")
    assert await page.get_by_label("Username").get_attribute("aria-describedby") == "username-wrong"
    assert await page.get_by_label("E-mail").input_value() == "new@example.com"
    assert (await page.title()).startswith("Check the form")


async def test_wrong_password_is_told_and_the_login_kept(open_page: OpenPage, sign_up: SignUp):
    await sign_up("ada")
    page = await open_page("/sign-in", scripts=False)
    await fill(page, "Sign in", login="ada", password="Wrong1234")
    await expect(page.get_by_role("alert")).to_have_text("The username, address or password is wrong")
    assert await page.get_by_label("Username").input_value() == "ada"
    await fill(page, "Sign in", password=PASSWORD)
    await shows(page, "Hello ada")


async def test_new_password_is_set_through_the_mailed_link(open_page: OpenPage, sign_up: SignUp, platform: Platform):
    await sign_up("ada")
    page = await open_page("/sign-in", scripts=False)
    await page.get_by_role("link", name="Forgot your password?").click()
    await fill(page, "Mail me a link", email="ada@example.com")
    await shows(page, "Look into your mail")
    link = await link_to(platform, "ada@example.com")
    for _ in range(2):
        await page.goto(link)
        await shows(page, "Set a new password")
    await fill(page, "Set this password", new_password="weak")
    await expect(page.locator("#new_password-wrong")).to_be_visible()
    await fill(page, "Set this password", new_password=NEW_PASSWORD)
    await expect(page.get_by_role("status")).to_contain_text("Your new password is set")
    await sign_in(page, password=NEW_PASSWORD)
    await shows(page, "Hello ada")
    await page.goto(link)
    await fill(page, "Set this password", new_password=PASSWORD)
    await expect(page.get_by_role("alert")).to_contain_text("This link was used already")


async def test_asking_for_a_password_looks_the_same_for_an_address_that_nobody_has(open_page: OpenPage):
    page = await open_page("/reset", scripts=False)
    await fill(page, "Mail me a link", email="nobody@example.com")
    await shows(page, "Look into your mail")


async def test_address_is_confirmed_with_the_password_when_nobody_is_signed_in(
    open_page: OpenPage, sign_up: SignUp, platform: Platform
):
    await sign_up("ada")
    page = await open_page(await link_to(platform, "ada@example.com"), scripts=False)
    await fill(page, "Confirm this address", password="Wrong1234")
    await expect(page.locator("#password-wrong")).to_be_visible()
    await fill(page, "Confirm this address", password=PASSWORD)
    await expect(page.get_by_role("status")).to_contain_text("Your e-mail address is confirmed")
    await sign_in(page)
    await shows(page, "Hello ada")


async def test_address_is_confirmed_without_a_password_and_the_account_closed_to_who_made_it(
    open_page: OpenPage, sign_up: SignUp, platform: Platform
):
    await sign_up("ada")
    page = await open_page(await link_to(platform, "ada@example.com"), scripts=False)
    await page.get_by_role("button", name="Confirm without a password").click()
    await shows(page, "Set a password to finish")
    await page.goto(await link_to(platform, "ada@example.com"))
    await fill(page, "Set this password", new_password=NEW_PASSWORD)
    await sign_in(page, password=NEW_PASSWORD)
    await shows(page, "Hello ada")


async def test_session_of_somebody_else_does_not_confirm_without_being_asked(
    open_page: OpenPage, sign_up: SignUp, platform: Platform
):
    await sign_up("ada")
    await sign_up("bob")
    page = await open_page(scripts=False)
    await sign_in(page, "bob")
    await page.goto(await link_to(platform, "ada@example.com"))
    await expect(page.get_by_label("Password")).to_be_visible()
    await page.get_by_label("Password").evaluate("input => input.required = false")
    await page.get_by_role("button", name="Confirm this address").click()
    await expect(page.locator("#password-wrong")).to_have_text("Fill this in")


async def test_invited_stranger_signs_up_and_is_a_member(open_page: OpenPage, sign_up: SignUp, platform: Platform):
    ada = await sign_up("ada")
    await platform.users.mark_verified(ada.id)
    mine = platform.acting_as(ada.id)
    await mine.organizations.create(NewOrganization(name="Acme Rockets"))
    await mine.organizations.invitations.create("acme-rockets", NewInvitation(email="bob@example.com"))
    page = await open_page(await link_to(platform, "bob@example.com"), scripts=False)
    await page.get_by_role("link", name="Create an account").click()
    await fill(page, "Create account", email="eve@example.com", username="bob", password=PASSWORD)
    await expect(page.locator("#email-wrong")).to_contain_text("sent to another e-mail address")
    await fill(page, "Create account", email="bob@example.com", password=PASSWORD)
    await shows(page, "Hello bob")
    await expect(page.get_by_role("link", name="Acme Rockets", exact=True)).to_be_visible()


async def test_invited_user_signs_in_and_accepts(open_page: OpenPage, sign_up: SignUp, platform: Platform):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    for user in (ada, bob):
        await platform.users.mark_verified(user.id)
    mine = platform.acting_as(ada.id)
    await mine.organizations.create(NewOrganization(name="Acme Rockets"))
    await mine.organizations.invitations.create("acme-rockets", NewInvitation(email="bob@example.com"))
    link = await link_to(platform, "bob@example.com")
    page = await open_page(link, scripts=False)
    await page.get_by_role("link", name="Sign in").click()
    await fill(page, "Sign in", login="bob", password=PASSWORD)
    await shows(page, "Join Acme Rockets")
    assert page.url.endswith(link)
    await page.get_by_role("button", name="Accept and join").click()
    await expect(page.get_by_role("status")).to_have_text("You joined the organization.")
    await page.goto(link)
    await shows(page, "This invitation does not work")


async def test_invitation_is_declined_by_a_button_alone(open_page: OpenPage, sign_up: SignUp, platform: Platform):
    ada = await sign_up("ada")
    await platform.users.mark_verified(ada.id)
    mine = platform.acting_as(ada.id)
    await mine.organizations.create(NewOrganization(name="Acme Rockets"))
    await mine.organizations.invitations.create("acme-rockets", NewInvitation(email="bob@example.com"))
    link = await link_to(platform, "bob@example.com")
    page = await open_page(link, scripts=False)
    for _ in range(2):
        await page.goto(link)
        await expect(page.locator(".card")).to_contain_text("ada invites you as member")
    await page.get_by_role("button", name="Decline").click()
    await shows(page, "You declined the invitation")
    assert (await mine.organizations.invitations.list("acme-rockets", _ALL)).data == []


async def test_offered_ownership_is_accepted(open_page: OpenPage, sign_up: SignUp, platform: Platform):
    ada, bob = await sign_up("ada"), await sign_up("bob")
    for user in (ada, bob):
        await platform.users.mark_verified(user.id)
    mine = platform.acting_as(ada.id)
    await mine.organizations.create(NewOrganization(name="Acme Rockets"))
    await platform.organizations.members.put("acme-rockets", bob.id, NewRole())
    await mine.organizations.owner_offers.create("acme-rockets", NewOwner(user_id=bob.id))
    page = await open_page(await link_to(platform, "bob@example.com"), scripts=False)
    await fill(page, "Sign in", login="bob", password=PASSWORD)
    await shows(page, "Become the owner of Acme Rockets")
    await page.get_by_role("button", name="Become the owner").click()
    await expect(page.get_by_role("status")).to_have_text("You are the owner of the organization now.")
    assert (await platform.organizations.get("acme-rockets")).owner_id == bob.id


async def test_change_of_address_is_taken_back(open_page: OpenPage, sign_up: SignUp, platform: Platform):
    ada = await sign_up("ada")
    await platform.users.mark_verified(ada.id)
    thief = platform.acting_as(Actor(user_id=ada.id))
    await thief.users.update("me", UserPatch(email="thief@example.com", current_password=PASSWORD))
    page = await open_page(await link_to(platform, "thief@example.com"), scripts=False)
    await fill(page, "Confirm this address", password=PASSWORD)
    link = await link_to(platform, "ada@example.com")
    assert link.startswith("/undo-email-change?token=fhu_")
    for _ in range(2):
        await page.goto(link)
        await shows(page, "Take back the change of address")
    await fill(page, "Take back the change", new_password=NEW_PASSWORD)
    await expect(page.get_by_role("status")).to_contain_text("Your address is as before")
    await sign_in(page, "ada@example.com", NEW_PASSWORD)
    await shows(page, "Hello ada")


async def tab_to(page: Page, ends: str) -> None:
    """Press Tab until what has the focus ends with a text."""
    for _ in range(20):
        await page.keyboard.press("Tab")
        if (await page.evaluate("document.activeElement.textContent")).strip().endswith(ends):
            return
    raise AssertionError(f"Tab never came to {ends}")


async def test_whole_way_in_by_keyboard(open_page: OpenPage, sign_up: SignUp):
    await sign_up("ada")
    page = await open_page("/sign-in")
    await page.keyboard.type("ada")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    assert await page.locator("#password").get_attribute("type") == "text"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await shows(page, "Hello ada")
    await tab_to(page, "ada")
    await page.keyboard.press("Enter")
    await tab_to(page, "Sign out")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("You are signed out.")


async def test_old_links_of_mails_lead_on(open_page: OpenPage):
    page = await open_page("/reset-password?token=fhr_x", scripts=False)
    assert page.url.endswith("/reset?token=fhr_x")
    await page.goto("/accept-invitation?token=fhi_x")
    assert page.url.endswith("/invitation?token=fhi_x")
