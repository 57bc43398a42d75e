"""The start: what one can do next; and making an organization."""

from types import MappingProxyType
from typing import Final

from freehold.base.errors import FreeholdError
from freehold.console.frame import show
from freehold.data.paging import PageRequest
from freehold.organizations import operations
from freehold.organizations.errors import SlugTaken
from freehold.organizations.invitations import operations as invitations
from freehold.organizations.types import NewOrganization
from freehold.pages.calls import Call
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.users import operations as users
from freehold.web.answers import Answer

start = Pages(__package__)

DONE: Final = {
    "confirmed": "Your e-mail address is confirmed.",
    "mailed": "The link is on its way. Earlier links no longer work.",
    "owner": "You are the owner of the organization now.",
    "ownership-declined": "You declined. Nothing has changed.",
    "joined": "You joined the organization.",
    "signed-up": "Your account is ready. We mailed you a link to confirm your address.",
    "left": "You left the organization.",
}
_MOST_SHOWN: Final = 10
_SLUG: Final = MappingProxyType[type[FreeholdError], str]({SlugTaken: "slug"})


@start.shows("/")
async def show_start(visit: Visit) -> Answer:
    """Lead whoever is signed in to what they can do next, and everybody else to signing in or up."""
    if not visit.is_signed_in:
        return visit.show("welcome.html", f"Welcome to {visit.settings.brand_name}")
    user = await users.get(visit.context, "me")
    page = PageRequest(limit=_MOST_SHOWN)
    listed = await operations.list_of_user(visit.context, "me", page)
    invited = await invitations.list_of_user(visit.context, "me", page)
    return await show(
        visit,
        "start.html",
        f"Hello {user.profile.first_name or user.username}",
        current="",
        user=user,
        listed=listed,
        invited=invited,
        done=DONE,
        calls=[
            Call("List your organizations", "GET", f"/v1/users/me/organizations?limit={_MOST_SHOWN}"),
            Call("List your invitations", "GET", "/v1/users/me/invitations"),
        ],
    )


@start.shows("/organizations/new", for_user=True)
async def show_new_organization(visit: Visit) -> Answer:
    """Ask for what a new organization needs."""
    body = {"name": visit.form.get("name") or "Acme Rockets"}
    if visit.form.get("slug"):
        body["slug"] = visit.form["slug"]
    return await show(
        visit,
        "new_organization.html",
        "Create an organization",
        current="organizations",
        done={"administrator": "You administer this platform now. Make your first organization, or do that later."},
        fields=("name", "slug"),
        calls=[Call("Create an organization", "POST", "/v1/organizations", dict(body))],
    )


@start.acts("/organizations/new", fields=_SLUG)
async def create_organization(visit: Visit) -> Answer:
    """Make it, and go there."""
    made = await operations.create(visit.context, visit.read(NewOrganization, "name", "slug"))
    return visit.go(f"/organizations/{made.slug}?done=created")
