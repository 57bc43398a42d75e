"""Typed stubs of the statements that read and erase what is kept about one person, in every table."""

from uuid import UUID

import msgspec

from freehold.api_keys.types import ApiKey
from freehold.data.sql import Executor, statement
from freehold.personal_data.types import (
    FormerEmail,
    InvitationData,
    KeptAccount,
    MailData,
    MembershipData,
    OwnerOfferData,
    SessionData,
)


class Owned(msgspec.Struct, frozen=True):
    """An organization that somebody owns."""

    slug: str
    is_deleted: bool


@statement
async def account(db: Executor, *, user_id: UUID) -> KeptAccount | None: ...


@statement
async def sessions(db: Executor, *, user_id: UUID, after_id: UUID, limit: int) -> list[SessionData]: ...


@statement
async def memberships(db: Executor, *, user_id: UUID, after_id: UUID, limit: int) -> list[MembershipData]: ...


@statement
async def invitations(
    db: Executor, *, user_id: UUID, email: str | None, after_id: UUID, limit: int
) -> list[InvitationData]: ...


@statement
async def owner_offers(db: Executor, *, user_id: UUID, after_id: UUID, limit: int) -> list[OwnerOfferData]: ...


@statement
async def api_keys(db: Executor, *, user_id: UUID, after_id: UUID, limit: int) -> list[ApiKey]: ...


@statement
async def former_emails(db: Executor, *, user_id: UUID, limit: int) -> list[FormerEmail]: ...


@statement
async def mails_about(db: Executor, *, user_id: UUID, after_id: UUID, limit: int) -> list[MailData]: ...


@statement
async def mails_to(db: Executor, *, email: str, user_id: UUID, after_id: UUID, limit: int) -> list[MailData]: ...


@statement
async def owned(db: Executor, *, user_id: UUID) -> list[Owned]: ...


@statement
async def organization_ids(db: Executor, *, user_id: UUID) -> list[UUID]: ...


@statement
async def erase_received(db: Executor, *, user_id: UUID, is_sure: bool) -> None: ...


@statement
async def erase_invitations(db: Executor, *, user_id: UUID, is_sure: bool) -> None: ...
