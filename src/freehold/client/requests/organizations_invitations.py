"""Operations on the invitations to an organization, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from typing import Literal
from uuid import UUID

from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest
from freehold.organizations.invitations.types import (
    EarlierMembership,
    Invitation,
    InvitationAcceptance,
    InvitationResults,
    InvitationToken,
    Membership,
    NewInvitation,
    NewInvitations,
    ReceivedInvitation,
)


def invitations_list(organization: UUID | str, /, request: PageRequest) -> Request[Page[Invitation]]:
    """List the open and expired invitations of an organization, newest first; with a ``status``, those that have it.

    ``GET /v1/organizations/{organization}/invitations``.

    An ``InvitationsPageRequest`` has a ``status`` and a ``sort``. With ``all``, you get all that are kept: those that
    are open, and those that ended in the last 90 days.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/invitations", (Page[Invitation],), query=request)


def invitations_get(organization: UUID | str, /, invitation_id: UUID) -> Request[Invitation]:
    """Read an invitation: an open one, or one that ended in the last 90 days.

    ``GET /v1/organizations/{organization}/invitations/{invitation}``.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/invitations/{part(invitation_id)}", (Invitation,))


def invitations_create(organization: UUID | str, /, new: NewInvitation) -> Request[Invitation]:
    """Invite somebody to an organization by mail, with or without an account.

    ``POST /v1/organizations/{organization}/invitations``.

    Raises:
        UnknownRole: ``unknown_role``: the role does not exist.
        Forbidden: the role includes actions that the actor lacks.
        AlreadyMember: ``already_member``: a member has this address.
        AlreadyInvited: ``already_invited``.
        TooManyInvitations: ``too_many_invitations``: the organization has too many open ones.
        EmailUnverified: ``email_unverified``: the actor must confirm their own address first.
        MailedTooOften: ``mailed_too_often``: too many invitations to this address in the last hour.
        SentTooMany: ``sent_too_many``: the actor has sent too many in the last hour.
    """
    return Request("POST", f"/v1/organizations/{part(organization)}/invitations", (Invitation,), body=new)


def invitations_resend(organization: UUID | str, /, invitation_id: UUID) -> Request[Invitation]:
    """Send an invitation again, with a new token and a new expiry. The old token stops working.

    ``POST /v1/organizations/{organization}/invitations/{invitation}/resend``.

    It is the actor's from now on: it works for as long as they could send it, whatever becomes of who sent it before.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
        InvitationEnded: ``invitation_ended``: it was accepted, declined or revoked, or replaced.
        RoleGone: ``role_gone``.
        Forbidden: the role includes actions that the actor lacks.
        EmailUnverified: ``email_unverified``: the actor must confirm their own address first.
        MailedTooOften: ``mailed_too_often``: too many invitations to this address in the last hour.
        SentTooMany: ``sent_too_many``: the actor has sent too many in the last hour.
    """
    return Request(
        "POST", f"/v1/organizations/{part(organization)}/invitations/{part(invitation_id)}/resend", (Invitation,)
    )


def invitations_revoke(organization: UUID | str, /, invitation_id: UUID) -> Request[None]:
    """Revoke an invitation, so that its token no longer works.

    ``DELETE /v1/organizations/{organization}/invitations/{invitation}``.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
        InvitationEnded: ``invitation_ended``: it was accepted, declined or revoked before, or replaced.
    """
    return Request("DELETE", f"/v1/organizations/{part(organization)}/invitations/{part(invitation_id)}", (type(None),))


def invitations_create_many(organization: UUID | str, /, new: NewInvitations) -> Request[InvitationResults]:
    """Invite up to 100 people at once. Each is answered for themselves, with the code that ``create`` would raise.

    ``POST /v1/organizations/{organization}/invitations/batch``.

    Raises:
        EmailUnverified: ``email_unverified``: the actor must confirm their own address first.
    """
    return Request("POST", f"/v1/organizations/{part(organization)}/invitations/batch", (InvitationResults,), body=new)


def invitations_preview(invitation: InvitationToken) -> Request[ReceivedInvitation]:
    """Look at an invitation with the token that was mailed, before you answer it.

    ``POST /v1/invitations/preview``.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
    """
    return Request("POST", "/v1/invitations/preview", (ReceivedInvitation,), body=invitation)


def invitations_list_of_user(user: UUID | Literal["me"], /, request: PageRequest) -> Request[Page[ReceivedInvitation]]:
    """List the open invitations to the address that a user has confirmed, newest first.

    ``GET /v1/users/{user}/invitations``.

    Raises:
        Missing: ``not_found``: the user does not exist, or the actor cannot see them.
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/users/{part(user)}/invitations", (Page[ReceivedInvitation],), query=request)


def invitations_decline_of_user(user: UUID | Literal["me"], /, invitation_id: UUID) -> Request[None]:
    """Decline an invitation to the address that a user has confirmed, by its id.

    ``DELETE /v1/users/{user}/invitations/{invitation}``.

    Raises:
        NoSuchInvitation: ``no_such_invitation``.
    """
    return Request("DELETE", f"/v1/users/{part(user)}/invitations/{part(invitation_id)}", (type(None),))


def invitations_decline(invitation: InvitationToken) -> Request[None]:
    """Decline an invitation with the token that was mailed. A second time is answered as the first.

    ``POST /v1/invitations/decline``.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
    """
    return Request("POST", "/v1/invitations/decline", (type(None),), body=invitation)


def invitations_accept(acceptance: InvitationAcceptance) -> Request[Membership]:
    """Accept an invitation and join the organization. Works once.

    ``POST /v1/invitations/accept``.

    The same token from the same person again gives the membership that they have, as an ``EarlierMembership``.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced, revoked or changed, or has expired.
        InvitationForAnother: ``invitation_for_another``: the invitation was sent to another address.
        EmailUnverified: ``email_unverified``: the actor has not confirmed the invited address yet.
        AccountSuspended: ``account_suspended``: the actor was suspended meanwhile.
        AlreadyMember: ``already_member``.
        RoleGone: ``role_gone``: the role no longer exists.
        InviterLacksRight: ``inviter_lacks_right``: whoever sent it could not send it now.
        NotWhileActing: ``not_while_acting``: an administrator acts for the user, and cannot consent for them.
    """
    return Request("POST", "/v1/invitations/accept", (Membership,), again=EarlierMembership, body=acceptance)
