"""Typed stubs of the users' statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.audit.recording import recorded
from freehold.audit.types import NewEvent
from freehold.base.metadata import KeptOfUser, KeptOfUserPatch
from freehold.data.sql import Executor, lookup, statement
from freehold.users.types import KeptUser, NewProfile, OwnUser, ProfilePatch, User, WithOrganizations


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """A user with the hash that their password must fit. Never leaves the operations."""

    password_hash: str
    user: OwnUser


@lookup
async def by_id(db: Executor, *, id: UUID) -> KeptUser | None: ...


@statement
async def lock(db: Executor, *, id: UUID) -> KeptOfUser | None: ...


@lookup
async def with_organizations(db: Executor, *, id: UUID, viewer_id: UUID | None) -> WithOrganizations | None: ...


@statement
async def by_login(db: Executor, *, login: str) -> User | None: ...


@statement
async def credentials_by_login(db: Executor, *, login: str) -> Credentials | None: ...


@statement
async def any_admin(db: Executor) -> bool: ...


@recorded
async def insert(
    db: Executor,
    event: NewEvent,
    /,
    *,
    id: UUID,
    username: str,
    email: str,
    email_verified: bool,
    password_hash: str,
    profile: NewProfile,
    is_admin: bool,
    locale: str | None,
    kept: KeptOfUser,
) -> User | None: ...


@recorded
async def update(
    db: Executor,
    event: NewEvent,
    /,
    *,
    id: UUID,
    username: str | None,
    profile: ProfilePatch,
    locale: str | None,
    changed: Sequence[str],
    kept: KeptOfUserPatch,
    version: datetime | None,
) -> KeptUser | None: ...


@statement
async def set_password_hash(db: Executor, *, id: UUID, password_hash: str, version: datetime | None) -> User | None: ...


@statement
async def drop_expired_resets(db: Executor, *, kept: list[str]) -> None: ...


@statement
async def drop_used_tokens(db: Executor, *, kept: list[str]) -> None: ...


@statement
async def drop_expired_verifications(db: Executor, *, kept: list[str]) -> None: ...


@statement
async def delete(db: Executor, *, id: UUID, version: datetime | None) -> UUID | None: ...
