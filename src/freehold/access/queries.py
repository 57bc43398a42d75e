"""Typed stubs of the statements that decide on access."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from freehold.data.context import Presence
from freehold.data.sql import Executor, lookup, statement


class HeldRole(msgspec.Struct, frozen=True):
    """A role that a user has somewhere."""

    role: str
    actions: tuple[str, ...] | None
    own_version: UUID | None


class UserRole(msgspec.Struct, frozen=True):
    """What a user is in an organization, and on the platform."""

    is_admin: bool
    role: str | None
    actions: tuple[str, ...] | None
    own_version: UUID | None


@lookup
async def role_by_id(db: Executor, *, id: UUID, user_id: UUID | None) -> Presence | None: ...


@lookup
async def role_by_slug(db: Executor, *, slug: str, user_id: UUID | None) -> Presence | None: ...


@statement
async def role_by_former_slug(db: Executor, *, slug: str, user_id: UUID | None) -> Presence | None: ...


@statement
async def role_in_deleted_by_id(db: Executor, *, id: UUID, user_id: UUID | None) -> Presence | None: ...


@statement
async def role_in_deleted_by_slug(db: Executor, *, slug: str, user_id: UUID | None) -> Presence | None: ...


@statement
async def shares_organization(db: Executor, *, viewer_id: UUID, user_id: UUID) -> bool: ...


@statement
async def user_exists(db: Executor, *, user_id: UUID) -> bool: ...


@statement
async def role_of_user(db: Executor, *, organization_id: UUID, user_id: UUID) -> UserRole | None: ...


@statement
async def roles_of_user(db: Executor, *, user_id: UUID) -> list[HeldRole]: ...


@statement
async def has_public_project(db: Executor, *, organization_id: UUID) -> bool: ...


@statement
async def own_version(db: Executor) -> UUID | None: ...


@statement
async def declared(db: Executor, *, names: Sequence[str]) -> list[str]: ...
