"""Typed stubs of the statements of signing keys."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement


class Signer(msgspec.Struct, frozen=True):
    """A key with its private half, which is in no text that is made of it."""

    id: UUID
    private_key: bytes

    def __repr__(self) -> str:
        """Name the key."""
        return f"Signer({self.id})"


class Span(msgspec.Struct, frozen=True):
    """From when until when a token is valid."""

    begins_at: datetime
    ends_at: datetime


class PublishedKey(msgspec.Struct, frozen=True):
    """A key with its public half."""

    id: UUID
    public_key: bytes
    created_at: datetime
    signs_from: datetime
    ended_at: datetime | None


@statement
async def signer(db: Executor) -> Signer | None: ...


@statement
async def end_of_caller(
    db: Executor, *, seconds: float, user_id: UUID | None, session_id: UUID | None, key_id: UUID | None
) -> Span | None: ...


@statement
async def published(db: Executor, *, overlap_seconds: float) -> list[PublishedKey]: ...


@statement
async def insert(
    db: Executor,
    *,
    id: UUID,
    public_key: bytes,
    private_key: bytes,
    lead_seconds: float,
    min_age_seconds: float | None,
) -> int | None: ...


@statement
async def outlived(db: Executor, *, overlap_seconds: float) -> int | None: ...


@statement
async def delete_before(db: Executor, *, generation: int, kept: list[str]) -> list[UUID]: ...
