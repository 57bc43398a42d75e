"""An invitation, and what is sent to make or accept one."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.base.scalars import AssignableRole, Email, RoleText, Token
from freehold.base.validation import Input
from freehold.users.types import OrganizationSummary


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An open invitation to an organization. Times are UTC.

    ``invited_by`` is the user who sent it; None for the operator and for an organization's API key. After
    ``expires_at`` it can no longer be accepted, but it can be sent again. ``needs_resending`` says that the sender
    could not send it now, so it does not work until somebody who can sends it again, who then becomes the sender.
    """

    id: UUID
    email: Email
    role: RoleText
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime
    needs_resending: bool = False


class NewInvitation(Input, frozen=True, kw_only=True):
    """A new invitation: the e-mail address, and the role (admin, member or a custom role)."""

    email: Email
    role: AssignableRole = "member"


class InvitationAcceptance(Input, frozen=True, kw_only=True):
    """The token from the mail of an invitation."""

    token: Token


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that a user belongs to, with the user's role."""

    organization: OrganizationSummary
    role: RoleText
    joined_at: datetime
