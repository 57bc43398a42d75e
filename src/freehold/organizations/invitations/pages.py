"""Invitations and signing up in a browser. Opening an invitation's link asks; only the button uses its token."""

from contextlib import suppress
from types import MappingProxyType
from typing import Final

from freehold.base.errors import FreeholdError, InvalidToken
from freehold.mail.links import HOSTED
from freehold.organizations.invitations import operations
from freehold.organizations.invitations.errors import InvitationForAnother
from freehold.organizations.invitations.types import InvitationAcceptance, InvitationToken
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
    if is_invited and not visit.form:
        await _fill_in_address(visit)
    open_to = visit.settings.sign_up
    if open_to == "closed" or (open_to == "invitation" and not is_invited):
        return visit.show("closed.html", "Sign-up is not open")
    return visit.show("sign_up.html", "Create your account", is_invited=is_invited)


async def _fill_in_address(visit: Visit) -> None:
    """Write the address that was invited into the form: no other would do."""
    with suppress(InvalidToken):
        wanted = InvitationToken(token=visit.given("invitation_token"))
        visit.query["email"] = (await operations.preview(visit.context, wanted)).email


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
    """Say who invites to what, and ask whether to join; whoever is not signed in signs in or up first."""
    token = visit.given("token")
    if not token or (visit.trouble is not None and visit.trouble.code == InvalidToken.code):
        return visit.show("no_link.html", "This invitation does not work")
    try:
        found = await operations.preview(visit.context, InvitationToken(token=token))
    except InvalidToken:
        return visit.show("no_link.html", "This invitation does not work")
    user = await users.get(visit.context, "me") if visit.is_signed_in else None
    is_for_user = user is not None and user.email.lower() == found.email.lower()
    title = f"Join {found.organization.name}"
    return visit.show("invitation.html", title, user=user, is_for_user=is_for_user, found=found)


@pages.acts(PATH, limit="sign-ins")
async def accept_invitation(visit: Visit) -> Answer:
    """Join the organization, or decline."""
    if "decline" in visit.form:
        await operations.decline(visit.context, visit.read(InvitationToken, "token"))
        return visit.show("declined.html", "You declined the invitation")
    await operations.accept(visit.context, visit.read(InvitationAcceptance, "token"))
    return visit.go("/?done=joined")
