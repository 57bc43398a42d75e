"""Answering an offer of ownership in a browser: the link of the mail asks, a button answers."""

from uuid import UUID

from freehold.base.errors import Invalid, Missing
from freehold.base.validation import parse_value
from freehold.mail.links import HOSTED
from freehold.organizations import operations as organizations
from freehold.organizations.ownership import operations
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer

pages = Pages(__package__)

PATH = HOSTED["ownership"]


@pages.shows(PATH, for_user=True)
async def show_offer(visit: Visit) -> Answer:
    """Ask whether to become the owner."""
    try:
        reference = _organization(visit)
        offer = await operations.get(visit.context, reference)
        organization = await organizations.get(visit.context, reference)
    except (Missing, Invalid):
        return visit.show("no_offer.html", "This offer is no longer open")
    return visit.show("offer.html", f"Become the owner of {organization.name}", offer=offer)


@pages.acts(PATH)
async def answer_offer(visit: Visit) -> Answer:
    """Accept it, or decline."""
    reference = _organization(visit)
    if "decline" in visit.form:
        await operations.decline(visit.context, reference)
        return visit.go("/?done=ownership-declined")
    await operations.accept(visit.context, reference)
    return visit.go("/?done=owner")


def _organization(visit: Visit) -> UUID:
    read: UUID = parse_value(UUID, visit.given("organization"), "/organization")
    return read
