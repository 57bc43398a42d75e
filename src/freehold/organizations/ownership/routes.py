"""Ownership over HTTP."""

from datetime import datetime

from freehold.access import OrganizationRef
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.mail.errors import MailedTooOften
from freehold.organizations.ownership import operations
from freehold.organizations.ownership.errors import (
    AlreadyOwner,
    ConsentNeeded,
    NewOwnerIsNoMember,
    NoSuchOwnerOffer,
    OwnerOfferVoid,
)
from freehold.organizations.ownership.types import OwnerOffer
from freehold.organizations.types import NewOwner, Organization
from freehold.users.proving.errors import NotWhileActing
from freehold.users.suspension.errors import UserSuspended
from freehold.web.routing import Routes

routes = Routes("ownership", "Hand an organization over to another owner, who must accept it.")


@routes.post(
    "/v1/organizations/{organization}/owner-offer",
    status=201,
    limit="mails",
    location=".",
    errors=[Missing, Forbidden, NewOwnerIsNoMember, AlreadyOwner, UserSuspended, MailedTooOften],
)
async def offer_ownership(context: Context, organization: OrganizationRef, body: NewOwner) -> OwnerOffer:
    """Offer the ownership of an organization to a member.

    They get a mail, and can accept within 7 days. Until then you stay the owner. A new offer ends the one before.
    """
    return await operations.offer(context, organization, body)


@routes.get("/v1/organizations/{organization}/owner-offer", errors=[Missing, NoSuchOwnerOffer])
async def get_owner_offer(context: Context, organization: OrganizationRef) -> OwnerOffer:
    """Read the open offer of ownership.

    For whoever can hand the organization over, and the member to whom it is offered.
    """
    return await operations.get(context, organization)


@routes.delete("/v1/organizations/{organization}/owner-offer", errors=[Missing, Forbidden, NoSuchOwnerOffer])
async def withdraw_owner_offer(context: Context, organization: OrganizationRef) -> None:
    """Withdraw the offer of ownership."""
    await operations.withdraw(context, organization)


@routes.post(
    "/v1/organizations/{organization}/owner-offer/accept",
    errors=[Missing, Forbidden, NotWhileActing, NoSuchOwnerOffer, OwnerOfferVoid],
)
async def accept_owner_offer(context: Context, organization: OrganizationRef) -> Organization:
    """Accept the ownership of an organization.

    The previous owner becomes an admin.
    """
    return await operations.accept(context, organization)


@routes.post("/v1/organizations/{organization}/owner-offer/decline", errors=[Missing, Forbidden, NoSuchOwnerOffer])
async def decline_owner_offer(context: Context, organization: OrganizationRef) -> None:
    """Decline the ownership of an organization."""
    await operations.decline(context, organization)


@routes.put("/v1/organizations/{organization}/owner", errors=[Missing, Forbidden, ConsentNeeded, NewOwnerIsNoMember])
async def hand_over_organization(
    context: Context, organization: OrganizationRef, body: NewOwner, version: datetime | None
) -> Organization:
    """Become the owner of an organization, as a platform administrator and one of its members.

    Everybody else offers the ownership instead, and the new owner accepts it.
    """
    return await operations.hand_over(context, organization, body, version=version)
