"""Typed stubs of the statements that decide on access."""

from uuid import UUID

import msgspec

from freehold.sql import Executor, statement


class RoleRow(msgspec.Struct, frozen=True):
    """An organization and what the asking user is in it."""

    id: UUID
    slug: str
    role: str | None


@statement
async def role_by_id(db: Executor, *, id: UUID, user_id: UUID | None) -> RoleRow | None: ...


@statement
async def role_by_slug(db: Executor, *, slug: str, user_id: UUID | None) -> RoleRow | None: ...


@statement
async def shares_organization(db: Executor, *, viewer_id: UUID, user_id: UUID) -> bool: ...
