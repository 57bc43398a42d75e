"""A new password in a browser: asking for the link, and setting it. Opening the link uses nothing up."""

from collections.abc import Mapping

from freehold.base.errors import InvalidToken
from freehold.limits.policies import Limited
from freehold.mail.links import HOSTED
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.users.recovery import operations
from freehold.users.recovery.types import NewPasswordReset, PasswordResetCompletion
from freehold.web.answers import Answer

pages = Pages(__package__)

PATH = HOSTED["reset"]


def _limit(form: Mapping[str, str]) -> Limited:
    return "sign-ins" if form.get("token") else "mails"


@pages.shows(PATH)
async def show_reset(visit: Visit) -> Answer:
    """Ask for the address, or for the new password when the link has a token."""
    dead = visit.trouble is not None and visit.trouble.code == InvalidToken.code
    if visit.given("token") and not dead:
        return visit.show("set.html", "Set a new password")
    return visit.show("ask.html", "Get a new password", dead=dead)


@pages.acts(PATH, limit=_limit)
async def reset(visit: Visit) -> Answer:
    """Mail the link, or set the password."""
    if visit.form.get("token"):
        await operations.complete(visit.context, visit.read(PasswordResetCompletion, "token", "new_password"))
        return visit.go("/sign-in?done=password-set", visit.drop())
    wanted = visit.read(NewPasswordReset, "email")
    await operations.request(visit.context, wanted)
    return visit.show("asked.html", "Look into your mail", email=wanted.email)
