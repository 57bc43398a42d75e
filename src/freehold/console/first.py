"""The first visit: whoever has the link that the server printed makes the administrator."""

import hmac
from types import MappingProxyType
from typing import Final

import msgspec

from freehold.base.errors import FreeholdError, Missing
from freehold.data.context import OPERATOR, Context
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.sessions import operations as sessions
from freehold.sessions.types import NewSession
from freehold.users import operations as users
from freehold.users.errors import EmailTaken, UsernameTaken
from freehold.users.types import NewUser
from freehold.users.verification import operations as verification
from freehold.web.answers import Answer

first = Pages(__package__)

PATH: Final = "/first-steps"
_PURPOSE: Final = "first administrator"
_FIELDS: Final = MappingProxyType[type[FreeholdError], str]({UsernameTaken: "username", EmailTaken: "email"})


def link(context: Context) -> str:
    """Write the path of the link with which the first administrator is made; it works until there is one."""
    return f"{PATH}?token={context.tools.cursors.secret(_PURPOSE)}"


async def _operator_of(visit: Visit) -> Context:
    """Let whoever has the link act as the operator, who printed it, as long as there is no administrator.

    Raises:
        Missing: there is one, or the link is another: nobody learns which.
    """
    right = visit.context.tools.cursors.secret(_PURPOSE)
    operator = msgspec.structs.replace(visit.context, actor=OPERATOR)
    is_right = hmac.compare_digest(visit.given("token").encode("utf-8", "replace"), right.encode())
    if not is_right or await users.any_admin(operator):
        raise Missing("This link works once, for the first administrator. Sign in, or ask whoever runs this server")
    return operator


@first.shows(PATH)
async def show_first_steps(visit: Visit) -> Answer:
    """Ask for the account of the administrator."""
    await _operator_of(visit)
    return visit.show("first_steps.html", f"Welcome to {visit.settings.brand_name}")


@first.acts(PATH, limit="sign-ins", fields=_FIELDS)
async def make_administrator(visit: Visit) -> Answer:
    """Make it, sign in, and go on to the first organization."""
    operator = await _operator_of(visit)
    new = visit.read(NewUser, "username", "email", "password")
    user = await users.create(operator, new, is_admin=True)
    await verification.mark_verified(operator, user.id)  # the operator vouches: mail may not be set up yet
    signed_in = await sessions.sign_in(visit.context, NewSession(login=user.username, password=new.password))
    return visit.go("/organizations/new?done=administrator", visit.keep(signed_in.token))
