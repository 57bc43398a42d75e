"""The start: what one can do next."""

from typing import Final

from freehold.data.paging import PageRequest
from freehold.organizations import operations
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.users import operations as users
from freehold.web.answers import Answer

pages = Pages(__package__)

DONE: Final = {
    "confirmed": "Your e-mail address is confirmed.",
    "mailed": "The link is on its way. Earlier links no longer work.",
    "owner": "You are the owner of the organization now.",
    "ownership-declined": "You declined. Nothing has changed.",
    "joined": "You joined the organization.",
    "signed-up": "Your account is ready. We mailed you a link to confirm your address.",
}
_MOST_SHOWN: Final = 10


@pages.shows("/")
async def show_start(visit: Visit) -> Answer:
    """Lead whoever is signed in to their organizations, and everybody else to signing in or up."""
    if not visit.is_signed_in:
        return visit.show("welcome.html", f"Welcome to {visit.settings.brand_name}")
    user = await users.get(visit.context, "me")
    listed = await operations.list_of_user(visit.context, "me", PageRequest(limit=_MOST_SHOWN))
    return visit.show(
        "start.html", f"Hello {user.profile.first_name or user.username}", user=user, listed=listed, done=DONE
    )
