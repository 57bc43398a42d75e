"""Typed stubs of the invitations' statements."""

from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement
from freehold.organizations.invitations.types import Invitation, Membership


class Taken(msgspec.Struct, frozen=True):
    """An invitation that is used up."""

    organization_id: UUID
    id: UUID
    role: str
    role_id: UUID | None


class Renewed(msgspec.Struct, frozen=True):
    """An invitation that is to be sent again, and the id of the role that it promises (None: a built-in one)."""

    invitation: Invitation
    role_id: UUID | None


class Letterhead(msgspec.Struct, frozen=True):
    """Who writes."""

    organization: str
    username: str | None


@statement
async def page(db: Executor, *, organization_id: UUID, before_id: UUID, limit: int) -> list[Invitation]: ...


@statement
async def count_all(db: Executor, *, organization_id: UUID) -> int: ...


@statement
async def by_id(db: Executor, *, organization_id: UUID, id: UUID) -> Invitation | None: ...


@statement
async def is_member(db: Executor, *, organization_id: UUID, email: str) -> bool: ...


@statement
async def letterhead(db: Executor, *, organization_id: UUID, user_id: UUID | None) -> Letterhead: ...


@statement
async def insert(
    db: Executor,
    *,
    organization_id: UUID,
    id: UUID,
    email: str,
    role: str,
    role_id: UUID | None,
    token_hash: bytes,
    invited_by: UUID | None,
    lifetime_seconds: float,
) -> Invitation | None: ...


@statement
async def renew(
    db: Executor, *, organization_id: UUID, id: UUID, token_hash: bytes, lifetime_seconds: float
) -> Renewed | None: ...


@statement
async def delete(db: Executor, *, organization_id: UUID, id: UUID) -> UUID | None: ...


@statement
async def take(db: Executor, *, token_hash: bytes, user_id: UUID) -> Taken | None: ...


@statement
async def is_for_address(db: Executor, *, token_hash: bytes, email: str) -> bool | None: ...


@statement
async def membership(db: Executor, *, organization_id: UUID, user_id: UUID) -> Membership: ...


@statement
async def drop_expired(db: Executor) -> None: ...
