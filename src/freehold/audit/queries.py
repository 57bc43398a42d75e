"""Typed stubs of the audit log's statements."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.audit.types import AuditEvent, AuditHead, ExportedEvent, NewEvent
from freehold.data.sql import Executor, Streamer, statement, streaming


class Called(msgspec.Struct, frozen=True):
    """How a user is called."""

    id: UUID
    username: str


@statement
async def insert(
    db: Executor,
    *,
    chain_id: UUID,
    id: UUID,
    organization_id: UUID | None,
    actor_id: UUID | None,
    key_id: UUID | None,
    action: str,
    target_type: str,
    target_id: UUID | None,
    details: str,
    request_id: str | None,
    ip: str | None,
) -> None: ...


class Sealed(msgspec.Struct, frozen=True):
    """What the database adds to an event, and the digest of it all."""

    salt: bytes | None
    ip_digest: bytes | None
    created_at: datetime
    digest: bytes


class Place(msgspec.Struct, frozen=True):
    """Where in its chain an event is."""

    sequence: int
    previous_hash: bytes
    hash: bytes


@statement
async def seal(db: Executor, *, event: NewEvent) -> Sealed: ...


@statement
async def advance_head(db: Executor, *, chain_id: UUID, digest: bytes) -> Place: ...


@statement
async def write(
    db: Executor,
    *,
    event: NewEvent,
    place: Place,
    salt: bytes | None,
    ip_digest: bytes | None,
    created_at: datetime,
) -> None: ...


@statement
async def capture(
    db: Executor, *, chain_id: UUID, id: UUID, organization_id: UUID | None, action: str, sequence: int
) -> int: ...


@statement
async def page_of_organization(
    db: Executor,
    *,
    organization_id: UUID,
    actor_id: UUID | None,
    action: str | None,
    from_time: datetime,
    to_time: datetime,
    before_time: datetime,
    before_id: UUID,
    limit: int,
) -> list[AuditEvent]: ...


@statement
async def usernames(db: Executor, *, ids: Sequence[UUID]) -> list[Called]: ...


@statement
async def count_of_organization(
    db: Executor,
    *,
    organization_id: UUID,
    actor_id: UUID | None,
    action: str | None,
    from_time: datetime,
    to_time: datetime,
) -> int: ...


@statement
async def page_of_accounts(
    db: Executor,
    *,
    user_id: UUID | None,
    actor_id: UUID | None,
    action: str | None,
    from_time: datetime,
    to_time: datetime,
    before_time: datetime,
    before_id: UUID,
    limit: int,
) -> list[AuditEvent]: ...


@statement
async def count_of_accounts(
    db: Executor,
    *,
    user_id: UUID | None,
    actor_id: UUID | None,
    action: str | None,
    from_time: datetime,
    to_time: datetime,
) -> int: ...


@statement
async def page_of_user(db: Executor, *, user_id: UUID, after_id: UUID, limit: int) -> list[AuditEvent]: ...


@statement
async def erase_addresses(db: Executor, *, user_id: UUID) -> None: ...


@streaming
def every_event(db: Streamer, *, first_chain: UUID, last_chain: UUID) -> AsyncIterator[ExportedEvent]: ...


@streaming
def every_head(db: Streamer, *, first_chain: UUID, last_chain: UUID) -> AsyncIterator[AuditHead]: ...


@statement
async def count_written(db: Executor, *, first_chain: UUID, last_chain: UUID) -> int: ...


@statement
async def broken_heads(
    db: Executor, *, chain_ids: Sequence[UUID], sequences: Sequence[int], hashes: Sequence[bytes]
) -> list[int]: ...
