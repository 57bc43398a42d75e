"""Typed stubs of the API keys' statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.api_keys.types import ApiKey
from freehold.data.sql import Executor, lookup, statement


class KeyRow(msgspec.Struct, frozen=True):
    """Whom a key acts for, and what it is limited to."""

    id: UUID
    user_id: UUID | None
    organization_id: UUID | None
    actions: tuple[str, ...] | None
    project_ids: tuple[UUID, ...] | None
    organization_ids: tuple[UUID, ...] | None
    is_admin: bool
    is_stale: bool


@lookup
async def by_key_hash(db: Executor, *, key_hash: bytes) -> KeyRow | None: ...


@statement
async def note_use(db: Executor, *, id: UUID) -> None: ...


@statement
async def page(
    db: Executor, *, user_id: UUID | None, organization_id: UUID | None, before_id: UUID, limit: int
) -> list[ApiKey]: ...


@statement
async def count_all(db: Executor, *, user_id: UUID | None, organization_id: UUID | None) -> int: ...


@statement
async def by_id(db: Executor, *, id: UUID, user_id: UUID | None, organization_id: UUID | None) -> ApiKey | None: ...


@statement
async def lock_holder(db: Executor, *, user_id: UUID | None, organization_id: UUID | None) -> UUID | None: ...


@statement
async def count_working(db: Executor, *, user_id: UUID | None, organization_id: UUID | None) -> int: ...


@statement
async def insert(
    db: Executor,
    *,
    id: UUID,
    user_id: UUID | None,
    organization_id: UUID | None,
    name: str,
    hint: str,
    key_hash: bytes,
    actions: Sequence[str] | None,
    project_ids: Sequence[UUID] | None,
    created_by: UUID | None,
    expires_at: datetime | None,
) -> ApiKey: ...


@statement
async def retire(
    db: Executor, *, id: UUID, user_id: UUID | None, organization_id: UUID | None, overlap_seconds: float
) -> ApiKey | None: ...


@statement
async def pass_on_invitations(db: Executor, *, organization_id: UUID, id: UUID, earlier_id: UUID) -> None: ...


@statement
async def delete(db: Executor, *, id: UUID, user_id: UUID | None, organization_id: UUID | None) -> UUID | None: ...


@statement
async def delete_expired(db: Executor, *, kept: list[str]) -> None: ...


@statement
async def projects_of_user(db: Executor, *, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]: ...


@statement
async def projects_of_organization(db: Executor, *, organization_id: UUID, ids: Sequence[UUID]) -> list[UUID]: ...
