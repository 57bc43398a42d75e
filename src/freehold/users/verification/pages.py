"""Confirming an address in a browser. Opening the link asks; only the button uses its token."""

from freehold.base.errors import FieldError, Invalid, InvalidToken
from freehold.mail.links import HOSTED
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.users.errors import EmailTaken, WrongPassword
from freehold.users.verification import operations
from freehold.users.verification.types import EmailVerification
from freehold.web.answers import Answer

pages = Pages(__package__)

PATH = HOSTED["verify"]


@pages.shows(PATH)
async def show_verify(visit: Visit) -> Answer:
    """Ask to confirm; for the password too, unless the session is of the account."""
    token = visit.given("token")
    if not token or (visit.trouble is not None and visit.trouble.code == InvalidToken.code):
        return visit.show("no_link.html", "This link does not work", is_signed_in=visit.is_signed_in)
    is_own = await operations.is_own_token(visit.context, token)
    return visit.show("verify.html", "Confirm your address", is_own=is_own)


@pages.acts(PATH, limit="sign-ins", fields={WrongPassword: "password", EmailTaken: "token"})
async def verify(visit: Visit) -> Answer:
    """Confirm it. Without a password, when somebody else's session is here, it is as if nobody was signed in."""
    without = "without" in visit.form
    is_own = await operations.is_own_token(visit.context, visit.given("token"))
    names = ("token",) if without or is_own else ("token", "password")
    if "password" in names and not visit.form.get("password"):
        raise Invalid([FieldError("/password", "missing", "is required")])
    needed = await operations.confirm(visit.context, visit.read(EmailVerification, *names))
    if needed is not None:
        return visit.show("locked.html", "Set a password to finish", email=needed.email)
    return visit.go("/?done=confirmed" if is_own else "/sign-in?done=confirmed")


@pages.shows(f"{PATH}/again", for_user=True)
async def show_again(visit: Visit) -> Answer:
    """Offer to mail the link again."""
    return visit.show("again.html", "Get the link again")


@pages.acts(f"{PATH}/again", limit="mails")
async def again(visit: Visit) -> Answer:
    """Mail it again."""
    await operations.send_again(visit.context, "me")
    return visit.go("/?done=mailed")
