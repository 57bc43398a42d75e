"""Typed stubs of what is read from the databases of other systems."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.data.sql import Executor, Streamer, statement, streaming


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A row of another system: its name there, and why it cannot be brought over, where it cannot."""

    source: str
    refusal: str | None


class DjangoUser(Source, frozen=True, kw_only=True):
    """A user of Django."""

    id: UUID
    username: str | None
    email: str | None
    first_name: str | None
    last_name: str | None
    created_at: datetime | None
    password_hash: str | None


class FastapiUser(Source, frozen=True, kw_only=True):
    """A user of fastapi-users."""

    id: UUID
    username: str | None
    email: str | None
    email_verified_at: datetime | None
    password_hash: str | None


class BetterAuthUser(Source, frozen=True, kw_only=True):
    """A user of better-auth."""

    id: UUID
    username: str | None
    email: str | None
    email_verified_at: datetime | None
    first_name: str | None
    last_name: str | None
    avatar_url: str | None
    created_at: datetime | None
    updated_at: datetime | None
    password_hash: str | None


class BetterAuthOrganization(Source, frozen=True, kw_only=True):
    """An organization of better-auth."""

    id: UUID
    name: str | None
    slug: str | None
    owner_id: UUID | None
    owner_joined_at: datetime | None
    created_at: datetime | None


class BetterAuthMember(Source, frozen=True, kw_only=True):
    """A membership of better-auth."""

    organization_id: UUID
    user_id: UUID
    role: str | None
    joined_at: datetime | None


@statement
async def has_table(db: Executor, *, name: str) -> bool: ...


@streaming
def django_users(db: Streamer) -> AsyncIterator[DjangoUser]: ...


@streaming
def fastapi_users(db: Streamer) -> AsyncIterator[FastapiUser]: ...


@streaming
def better_auth_users(db: Streamer) -> AsyncIterator[BetterAuthUser]: ...


@streaming
def better_auth_organizations(db: Streamer) -> AsyncIterator[BetterAuthOrganization]: ...


@streaming
def better_auth_members(db: Streamer) -> AsyncIterator[BetterAuthMember]: ...
