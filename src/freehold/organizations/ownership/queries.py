"""Typed stubs of the statements about ownership."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.audit.recording import recorded
from freehold.audit.types import NewEvent
from freehold.data.sql import Executor, statement
from freehold.organizations.ownership.types import OwnerOffer
from freehold.organizations.types import Organization


class Heir(msgspec.Struct, frozen=True):
    """A member, their address if they have confirmed it, the organization's name, and whether they are suspended."""

    username: str
    email: str | None
    organization: str
    is_suspended: bool


class Offered(msgspec.Struct, frozen=True):
    """Who made an offer."""

    offered_by: UUID | None
    offered_by_key: UUID | None


class Passed(msgspec.Struct, frozen=True):
    """An organization that has another owner now."""

    id: UUID
    owner_id: UUID
    name: str


@statement
async def lock(db: Executor, *, id: UUID) -> UUID | None: ...


@statement
async def member(db: Executor, *, organization_id: UUID, user_id: UUID) -> Heir | None: ...


@statement
async def username_of(db: Executor, *, user_id: UUID) -> str | None: ...


@statement
async def insert(
    db: Executor,
    *,
    organization_id: UUID,
    user_id: UUID,
    offered_by: UUID | None,
    offered_by_key: UUID | None,
    lifetime_seconds: float,
) -> None: ...


@statement
async def get(db: Executor, *, organization_id: UUID) -> OwnerOffer | None: ...


@statement
async def take(db: Executor, *, organization_id: UUID, user_id: UUID) -> Offered | None: ...


@statement
async def delete(db: Executor, *, organization_id: UUID) -> UUID | None: ...


@statement
async def drop_expired(db: Executor, *, kept: list[str]) -> None: ...


@recorded
async def give(
    db: Executor,
    event: NewEvent,
    /,
    *,
    id: UUID,
    owner_id: UUID,
    consented: bool,
    version: datetime | None,
) -> Organization | None: ...


@statement
async def lock_unasked(db: Executor, *, user_id: UUID) -> list[UUID]: ...


@statement
async def pass_on(db: Executor, *, ids: Sequence[UUID], user_id: UUID) -> list[Passed]: ...
