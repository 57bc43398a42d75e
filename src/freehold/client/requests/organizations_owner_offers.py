"""Operations on the offer of an organization's ownership to a member, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from uuid import UUID

from freehold.client.request import Request, part
from freehold.organizations.ownership.types import OwnerOffer
from freehold.organizations.types import NewOwner, Organization


def owner_offers_create(organization: UUID | str, /, new: NewOwner) -> Request[OwnerOffer]:
    """Offer the ownership to a member, who can accept it within 7 days. An earlier offer ends. They get a mail.

    ``POST /v1/organizations/{organization}/owner-offer``.

    Raises:
        NewOwnerIsNoMember: ``new_owner_is_no_member``.
        AlreadyOwner: ``already_owner``.
        UserSuspended: ``user_suspended``: they can answer nothing until a platform administrator resumes them.
        MailedTooOften: ``mailed_too_often``: too many offers to this person in the last hour.
    """
    return Request("POST", f"/v1/organizations/{part(organization)}/owner-offer", (OwnerOffer,), body=new)


def owner_offers_get(organization: UUID | str, /) -> Request[OwnerOffer]:
    """Read the open offer of an organization's ownership, for whoever can hand it over and for whom it is made to.

    ``GET /v1/organizations/{organization}/owner-offer``.

    Raises:
        NoSuchOwnerOffer: ``no_such_owner_offer``.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/owner-offer", (OwnerOffer,))


def owner_offers_withdraw(organization: UUID | str, /) -> Request[None]:
    """Withdraw the offer of an organization's ownership.

    ``DELETE /v1/organizations/{organization}/owner-offer``.

    Raises:
        NoSuchOwnerOffer: ``no_such_owner_offer``.
    """
    return Request("DELETE", f"/v1/organizations/{part(organization)}/owner-offer", (type(None),))


def owner_offers_accept(organization: UUID | str, /) -> Request[Organization]:
    """Accept the ownership of an organization. The previous owner becomes an admin.

    ``POST /v1/organizations/{organization}/owner-offer/accept``.

    Raises:
        NoSuchOwnerOffer: ``no_such_owner_offer``.
        OwnerOfferVoid: ``owner_offer_void``: whoever offered it could not hand the organization over now.
        Forbidden: the actor is an API key.
        NotWhileActing: ``not_while_acting``: an administrator acts for the user, and cannot consent for them.
        AccountSuspended: ``account_suspended``: the actor was suspended meanwhile.
    """
    return Request("POST", f"/v1/organizations/{part(organization)}/owner-offer/accept", (Organization,))


def owner_offers_decline(organization: UUID | str, /) -> Request[None]:
    """Decline the ownership of an organization.

    ``POST /v1/organizations/{organization}/owner-offer/decline``.

    Raises:
        NoSuchOwnerOffer: ``no_such_owner_offer``.
        Forbidden: the actor is an API key.
    """
    return Request("POST", f"/v1/organizations/{part(organization)}/owner-offer/decline", (type(None),))
