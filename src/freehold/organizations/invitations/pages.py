"""Invitations and signing up in a browser. Opening an invitation's link asks; only the button uses its token."""

from types import MappingProxyType
from typing import Final

from freehold.base.errors import FreeholdError, InvalidToken
from freehold.mail.links import HOSTED
from freehold.organizations.invitations import operations
from freehold.organizations.invitations.errors import InvitationForAnother
from freehold.organizations.invitations.types import InvitationAcceptance
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.sessions import operations as sessions
from freehold.sessions.types import NewSession
from freehold.users import operations as users
from freehold.users.errors import EmailTaken, UsernameTaken
from freehold.users.types import NewUser
from freehold.users.verification.errors import EmailUnverified
from freehold.web.answers import Answer

pages = Pages(__package__)

PATH: Final = HOSTED["invitation"]
_SIGN_UP_FIELDS: Final = MappingProxyType[type[FreeholdError], str](
    {UsernameTaken: "username", EmailTaken: "email", InvitationForAnother: "email"}
)


@pages.shows("/sign-up")
async def show_sign_up(visit: Visit) -> Answer:
    """Ask for what a new account needs, or say who can have one."""
    if visit.is_signed_in and not visit.form:
        return visit.go(visit.return_to or "/")
    is_invited = visit.given("invitation_token") != ""
    open_to = visit.settings.sign_up
    if open_to == "closed" or (open_to == "invitation" and not is_invited):
        return visit.show("closed.html", "Sign-up is not open")
    return visit.show("sign_up.html", "Create your account", is_invited=is_invited)


@pages.acts("/sign-up", limit="sign-ups", fields=_SIGN_UP_FIELDS)
async def sign_up(visit: Visit) -> Answer:
    """Make the account, and sign in if that needs no confirmed address."""
    new = visit.read(NewUser, "username", "email", "password", "invitation_token")
    user = await operations.sign_up(visit.context, new)
    try:
        signed_in = await sessions.sign_in(visit.context, NewSession(login=user.username, password=new.password))
    except EmailUnverified:
        return visit.show("look.html", "Look into your mail", email=user.email)
    done = "joined" if new.invitation_token else "signed-up"
    return visit.go(visit.return_to or f"/?done={done}", visit.keep(signed_in.token))


@pages.shows(PATH)
async def show_invitation(visit: Visit) -> Answer:
    """Ask whether to join; whoever is not signed in signs in or up first."""
    token = visit.given("token")
    if not token or (visit.trouble is not None and visit.trouble.code == InvalidToken.code):
        return visit.show("no_link.html", "This invitation does not work")
    username = (await users.get(visit.context, "me")).username if visit.is_signed_in else None
    return visit.show("invitation.html", "You are invited", username=username)


@pages.acts(PATH, limit="sign-ins")
async def accept_invitation(visit: Visit) -> Answer:
    """Join the organization."""
    await operations.accept(visit.context, visit.read(InvitationAcceptance, "token"))
    return visit.go("/?done=joined")
