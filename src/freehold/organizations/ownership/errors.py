"""What can go wrong with ownership, and the constraints that say so."""

from freehold.base.errors import Conflict, Forbidden, Missing


class NewOwnerIsNoMember(Conflict):
    """Only a member can own an organization."""

    code = "new_owner_is_no_member"
    title = "The new owner must be a member: add or invite them first"
    constraints = ("owner_offers_user_is_member_fkey",)


class AlreadyOwner(Conflict):
    """There is nothing to hand over."""

    code = "already_owner"
    title = "This user already owns the organization"


class ConsentNeeded(Forbidden):
    """Nobody becomes the owner without being asked."""

    code = "consent_needed"
    title = "The new owner must agree: offer it to them instead (POST /v1/organizations/ORGANIZATION/owner-offer)"


class NoSuchOwnerOffer(Missing):
    """There is no open offer that the actor may see or answer."""

    code = "no_such_owner_offer"
    title = "There is no open offer of ownership for you here"
    explanation = "There is no open offer of ownership for you here: it was answered or withdrawn, or it has expired"


class OwnerOfferVoid(Conflict):
    """Whoever made the offer could not hand the organization over now."""

    code = "owner_offer_void"
    title = "The person who offered this can no longer hand the organization over: ask its owner for a new offer"
    constraints = ("owner_offers_pkey",)
