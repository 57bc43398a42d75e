"""Typed stubs of the statements of imports and exports; those on a file's lines are in ``bulk.sql``."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.base.scalars import Features
from freehold.data.sql import Executor, Streamer, statement, streaming


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """How far a partial import has come: its last line, what came of the lines, how long the file of refusals was."""

    line: int
    stored: int = 0
    updated: int = 0
    skipped: int = 0
    refused: int = 0
    refusals_bytes: int = 0


class UserLine(msgspec.Struct, frozen=True, kw_only=True):
    """A user as a file holds one."""

    id: UUID
    username: str
    email: str
    email_verified_at: datetime | None
    first_name: str | None
    last_name: str | None
    avatar_url: str | None
    created_at: datetime
    updated_at: datetime
    password_hash: str


class OrganizationLine(msgspec.Struct, frozen=True, kw_only=True):
    """An organization as a file holds one."""

    id: UUID
    name: str
    slug: str
    owner_id: UUID
    owner_joined_at: datetime
    created_at: datetime
    updated_at: datetime


class MemberLine(msgspec.Struct, frozen=True, kw_only=True):
    """A membership as a file holds one."""

    organization_id: UUID
    user_id: UUID
    role: str
    joined_at: datetime


class ProjectLine(msgspec.Struct, frozen=True, kw_only=True):
    """A project as a file holds one."""

    id: UUID
    organization_id: UUID
    name: str
    description: str
    visibility: str
    features: Features
    created_at: datetime
    updated_at: datetime


@statement
async def checkpoint(db: Executor, *, fingerprint: bytes) -> Checkpoint | None: ...


@statement
async def claim(db: Executor, *, fingerprint: bytes, line: int, after: int) -> int | None: ...


@statement
async def note(
    db: Executor, *, fingerprint: bytes, stored: int, updated: int, skipped: int, refused: int, refusals_bytes: int
) -> None: ...


@statement
async def forget(db: Executor, *, fingerprint: bytes) -> None: ...


@statement
async def count_users(db: Executor) -> int: ...


@streaming
def every_user(db: Streamer) -> AsyncIterator[UserLine]: ...


@statement
async def count_organizations(db: Executor) -> int: ...


@streaming
def every_organization(db: Streamer) -> AsyncIterator[OrganizationLine]: ...


@statement
async def count_members(db: Executor) -> int: ...


@streaming
def every_member(db: Streamer) -> AsyncIterator[MemberLine]: ...


@statement
async def count_projects(db: Executor) -> int: ...


@streaming
def every_project(db: Streamer) -> AsyncIterator[ProjectLine]: ...
