"""What can go wrong with invitations, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, Forbidden, Meaning, Missing, failing
from freehold.organizations.errors import OrganizationGone
from freehold.users.errors import IdTaken


class AlreadyInvited(Conflict):
    """The address has an open invitation to this organization."""

    code = "already_invited"
    title = "This address already has an invitation: resend it, or revoke it first"
    constraints = ("invitations_email_lower_key",)


class NoSuchInvitation(Missing):
    """The organization has no such invitation: it was never made, or it ended more than 90 days ago."""

    code = "no_such_invitation"
    title = "This invitation does not exist"
    explanation = "This invitation does not exist: it was never created, or it ended more than 90 days ago"


class InvitationEnded(Conflict):
    """The invitation was accepted, declined or revoked, or another one has taken the place of an expired one."""

    code = "invitation_ended"
    title = "This invitation has ended: to invite this address again, create another"


class InvitationForAnother(Forbidden):
    """The invitation was mailed to another address than the one of whoever accepts it."""

    code = "invitation_for_another"
    title = "This invitation was sent to another e-mail address: sign in or sign up with that address"


class InvitedTwice(Conflict):
    """The same address comes twice in one list."""

    code = "invited_twice"
    title = "This address is in the list twice: the first one counts"


class TooManyInvitations(Conflict):
    """The organization has as many open invitations as it can have (see the setting ``open_invitations``)."""

    code = "too_many_invitations"
    title = "This organization has too many open invitations: revoke some first, or wait until they expire"


class InviterLacksRight(Conflict):
    """Whoever sent the invitation has left, or holds less than it promises."""

    code = "inviter_lacks_right"
    title = "The sender of this invitation can no longer invite to this role: ask the organization to send it again"


MEANINGS: Final[dict[str, Meaning]] = {
    "invitations_pkey": IdTaken,
    "invitations_organization_id_fkey": OrganizationGone,
    "invitations_status_check": failing("/status", "invalid_choice", "must go with the token and with when it ended"),
    "invitations_token_hash_check": failing("/token", "invalid_token", "must be a SHA-256 hash"),
}
