"""An invitation, and what is sent to make or accept one."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from freehold.base.scalars import AssignableRole, Email, Name, RoleText, Slug, Token, TypedEmail, TypedRole
from freehold.base.validation import Input
from freehold.data.paging import PageRequest
from freehold.users.types import OrganizationSummary

InvitationStatus = Literal["open", "accepted", "declined", "revoked", "expired"]
"""What became of an invitation."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation to an organization. Times are UTC.

    ``invited_by`` is the user who sent it; None for the operator and for an organization's API key. After
    ``expires_at`` it can no longer be accepted, but it can be sent again. ``needs_resending`` says that the sender
    could not send it now, so it does not work until somebody who can sends it again, who then becomes the sender.

    ``status`` is ``open`` until somebody accepts, declines or revokes it, or it expires; ``ended_at`` says when that
    was. 90 days later, it is removed. Somebody who becomes a member in another way has their invitation revoked.
    """

    id: UUID
    email: Email
    role: RoleText
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime
    needs_resending: bool = False
    status: InvitationStatus = "open"
    ended_at: datetime | None = None


class InvitationsPageRequest(PageRequest, frozen=True, kw_only=True):
    """A list of invitations with this status, or of ``all``; by default, those that are open and those that expired.

    Newest first by default.
    """

    status: Literal[InvitationStatus, "all"] | None = None
    sort: Literal["newest", "oldest"] | None = None


class NewInvitation(Input, frozen=True, kw_only=True):
    """A new invitation: the e-mail address, and the role (admin, member or a custom role)."""

    email: Email
    role: AssignableRole = "member"


class InvitationEntry(Input, frozen=True, kw_only=True):
    """One of many invitations. What is wrong with it is answered for itself."""

    email: TypedEmail
    role: TypedRole = "member"


class NewInvitations(Input, frozen=True, kw_only=True):
    """Up to 100 invitations."""

    invitations: Annotated[
        tuple[InvitationEntry, ...], msgspec.Meta(max_length=100, description="up to 100 invitations")
    ]


class InvitationRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why somebody was not invited: a stable code, and what to do."""

    code: str
    detail: str


class InvitationResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one of many invitations: the invitation, or why there is none."""

    email: str
    role: str
    invitation: Invitation | None
    error: InvitationRefusal | None


class InvitationResults(msgspec.Struct, frozen=True, kw_only=True):
    """What came of many invitations, in the order in which they came; ``invited`` counts those that were mailed."""

    data: tuple[InvitationResult, ...]
    invited: int


class InvitingOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization as somebody sees it who is invited to it."""

    id: UUID
    name: Name
    slug: Slug


class ReceivedInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An open invitation as its receiver sees it. Times are UTC.

    ``inviter`` is the username of who sent it; None for the operator and for an organization's API key. With
    ``needs_resending``, it does not work until the organization sends it again.
    """

    id: UUID
    organization: InvitingOrganization
    role: RoleText
    email: Email
    inviter: str | None
    created_at: datetime
    expires_at: datetime
    needs_resending: bool


class InvitationToken(Input, frozen=True, kw_only=True):
    """The token from the mail of an invitation, to look at it or to decline it."""

    token: Token


class InvitationAcceptance(Input, frozen=True, kw_only=True):
    """The token from the mail of an invitation."""

    token: Token


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that a user belongs to, with the user's role."""

    organization: OrganizationSummary
    role: RoleText
    joined_at: datetime


class EarlierMembership(Membership, frozen=True, kw_only=True):
    """A membership that the same person has got with the same token before."""
