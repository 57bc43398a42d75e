"""Typed stubs of the sessions' statements."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.audit.recording import recorded
from freehold.audit.types import NewEvent
from freehold.data.context import Presence
from freehold.data.sql import Executor, lookup, statement
from freehold.users.types import WithOrganizations


class TokenRow(msgspec.Struct, frozen=True):
    """Whom a token belongs to."""

    session_id: UUID
    user_id: UUID
    is_admin: bool
    acting_admin_id: UUID | None
    is_stale: bool


class PresentRow(TokenRow, frozen=True):
    """Whom a token belongs to, and what they are in the organization that was asked for, if there is one."""

    organization_id: UUID | None
    slug: str | None
    role: str | None
    actions: tuple[str, ...] | None
    own_version: UUID | None

    @property
    def presence(self) -> Presence | None:
        """What they are in it; None where there is no such organization."""
        if self.organization_id is None or self.slug is None:
            return None
        return Presence(self.organization_id, self.slug, self.role, self.actions, self.own_version)


class OwnRow(msgspec.Struct, frozen=True):
    """Whom a token belongs to, with their account and organizations."""

    session_id: UUID
    acting_admin_id: UUID | None
    is_stale: bool
    with_organizations: WithOrganizations

    @property
    def user_id(self) -> UUID:
        """Of the user."""
        return self.with_organizations.user.id

    @property
    def is_admin(self) -> bool:
        """Whether the user administers the platform."""
        return self.with_organizations.user.is_admin


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it is stored."""

    id: UUID
    created_at: datetime
    authenticated_at: datetime
    last_used_at: datetime
    expires_at: datetime
    user_agent: str | None
    ip: str | None
    acting_admin_id: UUID | None
    current: bool


@statement
async def password_hashes_in_use(db: Executor) -> list[str]: ...


@lookup
async def by_token_hash(db: Executor, *, token_hash: bytes) -> TokenRow | None: ...


@lookup
async def by_token_hash_with_id(db: Executor, *, token_hash: bytes, organization_id: UUID) -> PresentRow | None: ...


@lookup
async def by_token_hash_with_slug(db: Executor, *, token_hash: bytes, slug: str) -> PresentRow | None: ...


@lookup
async def by_token_hash_with_organizations(db: Executor, *, token_hash: bytes) -> OwnRow | None: ...


@statement
async def note_use(db: Executor, *, id: UUID, lifetime_seconds: float, idle_seconds: float) -> None: ...


@statement
async def insert(
    db: Executor,
    *,
    id: UUID,
    token_hash: bytes,
    user_id: UUID,
    password_hash: str,
    lifetime_seconds: float,
    user_agent: str | None,
    ip: str | None,
) -> datetime | None: ...


@statement
async def drop_expired(db: Executor, *, kept: list[str]) -> None: ...


@statement
async def page_of_user(
    db: Executor, *, user_id: UUID, current_id: UUID | None, before_id: UUID, limit: int
) -> list[SessionRow]: ...


@recorded
async def refresh(db: Executor, event: NewEvent, /, *, id: UUID, user_id: UUID) -> SessionRow | None: ...


@statement
async def count_of_user(db: Executor, *, user_id: UUID) -> int: ...


@statement
async def delete_others(db: Executor, *, user_id: UUID, kept_id: UUID | None) -> list[UUID]: ...


@recorded
async def delete(db: Executor, event: NewEvent, /, *, id: UUID, user_id: UUID) -> UUID | None: ...


@statement
async def renew_password_hash(db: Executor, *, user_id: UUID, outdated: str, renewed: str) -> None: ...
