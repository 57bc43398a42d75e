"""Typed stubs of the members' statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement
from freehold.organizations.members.types import Member


class KeyOf(msgspec.Struct, frozen=True):
    """A key of an organization."""

    organization_id: UUID
    id: UUID
    name: str


class InvitationOf(msgspec.Struct, frozen=True):
    """An invitation to an organization."""

    organization_id: UUID
    id: UUID
    email: str
    role: str


@statement
async def page(
    db: Executor,
    *,
    organization_id: UUID,
    joined_at: datetime,
    user_id: UUID,
    q: str | None,
    role: str | None,
    limit: int,
) -> list[Member]: ...


@statement
async def page_newest(
    db: Executor,
    *,
    organization_id: UUID,
    joined_at: datetime,
    user_id: UUID,
    q: str | None,
    role: str | None,
    limit: int,
) -> list[Member]: ...


@statement
async def count_found(db: Executor, *, organization_id: UUID, q: str | None, role: str | None) -> int: ...


@statement
async def count_all(db: Executor, *, organization_id: UUID) -> int: ...


@statement
async def get(db: Executor, *, organization_id: UUID, user_id: UUID) -> Member | None: ...


@statement
async def touch_organization(db: Executor, *, organization_id: UUID, version: datetime | None) -> UUID | None: ...


@statement
async def insert(db: Executor, *, organization_id: UUID, user_id: UUID, role: str, role_id: UUID | None) -> None: ...


@statement
async def update(db: Executor, *, organization_id: UUID, user_id: UUID, role: str, role_id: UUID | None) -> None: ...


@statement
async def delete(db: Executor, *, organization_id: UUID, user_id: UUID) -> UUID | None: ...


@statement
async def use_up_invitations(db: Executor, *, organization_ids: Sequence[UUID], user_id: UUID) -> list[UUID]: ...


@statement
async def api_keys_of(db: Executor, *, organization_ids: Sequence[UUID], user_id: UUID) -> list[KeyOf]: ...


@statement
async def invitations_of(db: Executor, *, organization_ids: Sequence[UUID], user_id: UUID) -> list[InvitationOf]: ...


@statement
async def name_of(db: Executor, *, organization_id: UUID) -> str | None: ...
