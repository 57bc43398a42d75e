"""All that is kept about one person."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.api_keys.types import ApiKey
from freehold.audit.types import AuditEvent
from freehold.base.metadata import KeptOfUser
from freehold.base.scalars import Email, Locale, Name, RoleText, Secret, Slug
from freehold.base.validation import Input
from freehold.organizations.invitations.types import InvitationStatus
from freehold.users.types import User


class AccountDeletion(Input, frozen=True, kw_only=True):
    """The password of whoever removes the account, unless their session gave it lately."""

    current_password: Secret | None = None


class Account(User, frozen=True, kw_only=True):
    """A user, with what nobody else sees of them. ``new_email`` is an address that they have not confirmed yet.

    ``private_metadata`` is there when an administrator exports: what they keep for themselves is theirs to look
    through, before they hand it out.
    """

    is_admin: bool
    suspended_at: datetime | None
    new_email: Email | None
    locale: Locale | None


class KeptAccount(msgspec.Struct, frozen=True):
    """A user with all that they keep. Never leaves the operations."""

    account: Account
    kept: KeptOfUser


class SessionData(msgspec.Struct, frozen=True, kw_only=True):
    """Where the user is signed in, without the token, of which only a hash is stored."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    user_agent: str | None
    ip: str | None


class MembershipData(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that a user belongs to, with the user's role. One with ``deleted_at`` can still be restored."""

    organization_id: UUID
    name: Name
    slug: Slug
    role: RoleText
    joined_at: datetime
    deleted_at: datetime | None


class InvitationData(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that the user has accepted, or one to their confirmed address, of the last 90 days."""

    id: UUID
    organization_id: UUID
    organization: Name
    email: Email
    role: RoleText
    created_at: datetime
    expires_at: datetime
    status: InvitationStatus
    ended_at: datetime | None


class OwnerOfferData(msgspec.Struct, frozen=True, kw_only=True):
    """An open offer to the user of an organization's ownership."""

    organization_id: UUID
    organization: Name
    created_at: datetime
    expires_at: datetime


class FormerEmail(msgspec.Struct, frozen=True, kw_only=True):
    """An address that the user had before a change, which whoever reads it can take back until ``expires_at``."""

    email: Email
    created_at: datetime
    expires_at: datetime


class MailData(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to the user or about them, without its text: that can hold a token, which only its recipient may have."""

    id: UUID
    to: Email
    subject: str
    created_at: datetime
    sent_at: datetime | None


class PersonalData(msgspec.Struct, frozen=True, kw_only=True):
    """Everything stored about a user, without secrets. Times are UTC."""

    exported_at: datetime
    user: Account
    sessions: list[SessionData]
    organizations: list[MembershipData]
    invitations: list[InvitationData]
    owner_offers: list[OwnerOfferData]
    api_keys: list[ApiKey]
    former_emails: list[FormerEmail]
    mails: list[MailData]
    audit_events: list[AuditEvent]
