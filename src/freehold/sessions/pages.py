"""Signing in and out in a browser."""

from contextlib import suppress
from typing import Final

from freehold.base.errors import Missing, Unauthenticated
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.sessions import operations
from freehold.sessions.errors import WrongCredentials
from freehold.sessions.types import NewSession
from freehold.users.verification.errors import EmailUnverified
from freehold.web.answers import Answer

pages = Pages(__package__)

DONE: Final = {
    "signed-out": "You are signed out.",
    "confirmed": "Your e-mail address is confirmed. Sign in to go on.",
    "password-set": "Your new password is set, and every session has ended. Sign in with it.",
    "account-deleted": "Your account is deleted, and everything stored about you with it.",
    "undone": "Your address is as before, and every session has ended. Sign in with your new password.",
}
"""What was done on the page before, which led here."""


@pages.shows("/sign-in")
async def show_sign_in(visit: Visit) -> Answer:
    """Ask for the login and the password, unless somebody is signed in."""
    if visit.is_signed_in and not visit.form:
        return visit.go(visit.return_to or "/")
    if not visit.form and (own := visit.be_oneself()):  # the hour of acting for somebody is over
        return visit.go(visit.return_to or "/", *own)
    unconfirmed = visit.trouble is not None and visit.trouble.code == EmailUnverified.code
    return visit.show("sign_in.html", "Sign in", done=DONE, unconfirmed=unconfirmed)


@pages.acts("/sign-in", limit="sign-ins")
async def sign_in(visit: Visit) -> Answer:
    """Begin a session, whose token the browser keeps."""
    try:
        signed_in = await operations.sign_in(visit.context, visit.read(NewSession, "login", "password"))
    except WrongCredentials:
        raise WrongCredentials("The username, address or password is wrong") from None
    return visit.go(visit.return_to or "/", visit.keep(signed_in.token))


@pages.shows("/sign-out")
async def show_sign_out(visit: Visit) -> Answer:
    """Ask whether to sign out: following a link does nothing yet."""
    if not visit.is_signed_in:
        return visit.go("/sign-in?done=signed-out")
    return visit.show("sign_out.html", "Sign out")


@pages.acts("/sign-out")
async def sign_out(visit: Visit) -> Answer:
    """End the session, and have the browser forget it. Who acted for somebody is themselves again."""
    acted_for = visit.context.actor_id if visit.is_acting else None
    with suppress(Missing, Unauthenticated):  # it had ended already
        await operations.end(visit.context, "current")
    if acted_for and (own := visit.be_oneself()):
        return visit.go(f"/platform/users/{acted_for}?done=stopped", *own)
    return visit.go(visit.return_to or "/sign-in?done=signed-out", visit.drop())
