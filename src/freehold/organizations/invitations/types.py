"""An invitation, and what is sent to make or accept one."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.base.scalars import AssignableRole, Email, RoleText, Token
from freehold.base.validation import Input
from freehold.users.types import OrganizationSummary


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody was asked to join, and has not answered. Times are UTC.

    ``invited_by`` is the user who asked; None for the operator and for an organization's API key. After ``expires_at``
    it can no longer be accepted, but sent again. ``needs_resending`` says that whoever sent it could not send it now,
    as after they have left: it cannot be accepted until somebody who may sends it again, who is then the one who asked.
    """

    id: UUID
    email: Email
    role: RoleText
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime
    needs_resending: bool = False


class NewInvitation(Input, frozen=True, kw_only=True):
    """Whom to ask, and what they are to be: a built-in role or one that the organization made."""

    email: Email
    role: AssignableRole = "member"


class InvitationAcceptance(Input, frozen=True, kw_only=True):
    """The token that was mailed with the invitation."""

    token: Token


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that the user belongs to, and as what."""

    organization: OrganizationSummary
    role: RoleText
    joined_at: datetime
