"""Typed stubs of the invitations' statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement
from freehold.organizations.invitations.types import InvitationStatus, Membership


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who sent an invitation, and what they may do now."""

    invited_by: UUID | None
    invited_by_key: UUID | None
    sender_role: str | None
    sender_actions: tuple[str, ...] | None
    sender_is_admin: bool
    sender_is_suspended: bool
    key_actions: tuple[str, ...] | None


class InvitationRow(Sender, frozen=True, kw_only=True):
    """An invitation as it is stored, and who sent it."""

    id: UUID
    email: str
    role: str
    created_at: datetime
    expires_at: datetime
    role_id: UUID | None
    status: InvitationStatus
    ended_at: datetime | None
    promised_actions: tuple[str, ...] | None


class ReceivedRow(InvitationRow, frozen=True, kw_only=True):
    """An invitation as it is stored, who sent it, and to which organization."""

    organization_id: UUID
    organization_name: str
    organization_slug: str
    inviter: str | None


class Sponsor(msgspec.Struct, frozen=True):
    """Who answers for what is sent, if anybody can."""

    id: UUID
    is_confirmed: bool
    is_suspended: bool


class Known(msgspec.Struct, frozen=True):
    """Whether an address is that of a member, or of somebody who is invited."""

    is_member: bool
    is_open: bool


class Declined(msgspec.Struct, frozen=True):
    """An invitation that is not wanted."""

    organization_id: UUID
    id: UUID


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that was just sent."""

    id: UUID
    email: str
    role: str
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime


class Taken(msgspec.Struct, frozen=True):
    """An invitation that is used up."""

    organization_id: UUID
    id: UUID
    role: str
    role_id: UUID | None
    invited_by: UUID | None
    invited_by_key: UUID | None


class Renewed(msgspec.Struct, frozen=True):
    """An invitation that is to be sent again, and the id of the role that it promises (None: a built-in one)."""

    invitation: Made
    role_id: UUID | None


class Letterhead(msgspec.Struct, frozen=True):
    """Who writes."""

    organization: str
    username: str | None


@statement
async def page(
    db: Executor,
    *,
    organization_id: UUID,
    statuses: Sequence[str],
    is_over: bool | None,
    before_id: UUID,
    limit: int,
) -> list[InvitationRow]: ...


@statement
async def page_oldest(
    db: Executor,
    *,
    organization_id: UUID,
    statuses: Sequence[str],
    is_over: bool | None,
    after_id: UUID,
    limit: int,
) -> list[InvitationRow]: ...


@statement
async def count_all(db: Executor, *, organization_id: UUID, statuses: Sequence[str], is_over: bool | None) -> int: ...


@statement
async def by_id(db: Executor, *, organization_id: UUID, id: UUID) -> InvitationRow | None: ...


@statement
async def survey(db: Executor, *, organization_id: UUID, emails: Sequence[str]) -> list[Known]: ...


@statement
async def lock_organization(db: Executor, *, organization_id: UUID) -> UUID | None: ...


@statement
async def count_open(db: Executor, *, organization_id: UUID) -> int: ...


@statement
async def sponsor(db: Executor, *, organization_id: UUID, user_id: UUID | None, key_id: UUID | None) -> Sponsor: ...


@statement
async def letterhead(db: Executor, *, organization_id: UUID, user_id: UUID | None) -> Letterhead: ...


@statement
async def make_room(db: Executor, *, organization_id: UUID, emails: Sequence[str]) -> None: ...


@statement
async def insert_all(
    db: Executor,
    *,
    organization_id: UUID,
    ids: Sequence[UUID],
    emails: Sequence[str],
    roles: Sequence[str],
    role_ids: Sequence[UUID | None],
    token_hashes: Sequence[bytes],
    invited_by: UUID | None,
    invited_by_key: UUID | None,
    lifetime_seconds: float,
) -> list[Made]: ...


@statement
async def renew(
    db: Executor,
    *,
    organization_id: UUID,
    id: UUID,
    token_hash: bytes,
    invited_by: UUID | None,
    invited_by_key: UUID | None,
    lifetime_seconds: float,
) -> Renewed | None: ...


@statement
async def revoke(db: Executor, *, organization_id: UUID, id: UUID) -> UUID | None: ...


@statement
async def take(db: Executor, *, token_hash: bytes, user_id: UUID) -> Taken | None: ...


@statement
async def by_token(db: Executor, *, token_hash: bytes) -> ReceivedRow | None: ...


@statement
async def page_of_user(db: Executor, *, user_id: UUID, before_id: UUID, limit: int) -> list[ReceivedRow]: ...


@statement
async def count_of_user(db: Executor, *, user_id: UUID) -> int: ...


@statement
async def decline(db: Executor, *, token_hash: bytes) -> Declined | None: ...


@statement
async def decline_of_user(db: Executor, *, user_id: UUID, id: UUID) -> Declined | None: ...


@statement
async def sender(
    db: Executor, *, organization_id: UUID, invited_by: UUID | None, invited_by_key: UUID | None
) -> Sender: ...


@statement
async def is_for_address(db: Executor, *, token_hash: bytes, email: str) -> bool | None: ...


@statement
async def membership(db: Executor, *, organization_id: UUID, user_id: UUID) -> Membership | None: ...


@statement
async def drop_old(db: Executor, *, kept: list[str]) -> None: ...
