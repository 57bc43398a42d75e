"""Typed stubs of the statements that follow the audit log."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.audit.types import AuditEvent
from freehold.data.sql import Executor, statement


class Position(msgspec.Struct, frozen=True):
    """Where an event stands."""

    chain_id: UUID
    is_placed: bool


class Stream(msgspec.Struct, frozen=True):
    """How far an output is, and who writes to it."""

    event_id: UUID | None
    is_held: bool | None
    is_held_by_another: bool


class Held(msgspec.Struct, frozen=True):
    """An output that this process writes to."""

    event_id: UUID | None
    held_until: datetime


@statement
async def position(db: Executor, *, id: UUID) -> Position | None: ...


@statement
async def page_placed(db: Executor, *, after_id: UUID, from_time: datetime, limit: int) -> list[AuditEvent]: ...


@statement
async def page_unplaced(db: Executor, *, after_id: UUID, from_time: datetime, limit: int) -> list[AuditEvent]: ...


@statement
async def newest_placed(db: Executor, *, from_time: datetime, limit: int) -> list[AuditEvent]: ...


@statement
async def newest_unplaced(db: Executor, *, from_time: datetime, limit: int) -> list[AuditEvent]: ...


@statement
async def last_before(db: Executor, *, id: UUID) -> UUID | None: ...


@statement
async def page_of_chain(
    db: Executor, *, chain_id: UUID, after_id: UUID, from_time: datetime, limit: int
) -> list[AuditEvent]: ...


@statement
async def newest_of_chain(db: Executor, *, chain_id: UUID, from_time: datetime, limit: int) -> list[AuditEvent]: ...


@statement
async def last_of_chain_before(db: Executor, *, chain_id: UUID, time: datetime) -> UUID | None: ...


@statement
async def has_foreign_placed(db: Executor) -> bool: ...


@statement
async def forget_places(db: Executor) -> None: ...


@statement
async def stream(db: Executor, *, output: str, holder_id: UUID, spare_seconds: float) -> Stream | None: ...


@statement
async def hold_stream(
    db: Executor, *, output: str, newest_id: UUID | None, holder_id: UUID, seconds: float
) -> Held | None: ...


@statement
async def advance_stream(
    db: Executor, *, output: str, event_id: UUID, holder_id: UUID, seconds: float
) -> str | None: ...
