"""Typed stubs of the outbox's statements."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement
from freehold.mail.types import Claimed, Message, MessageState, Reader


class Budget(msgspec.Struct, frozen=True):
    """How many mails were counted since the hour began, and in how many seconds it is over."""

    subject: bytes
    mails: int
    seconds_left: int


class Counted(msgspec.Struct, frozen=True):
    """How many messages are in each state."""

    waiting: int
    sent: int
    failed: int


@statement
async def insert_all(
    db: Executor,
    *,
    ids: Sequence[UUID],
    recipients: Sequence[str | None],
    user_ids: Sequence[UUID | None],
    subjects: Sequence[str],
    text_bodies: Sequence[str],
    html_bodies: Sequence[str],
    are_last: Sequence[bool],
) -> None: ...


@statement
async def locales(
    db: Executor, *, recipients: Sequence[str | None], user_ids: Sequence[UUID | None]
) -> list[str | None]: ...


@statement
async def reader(db: Executor, *, user_id: UUID) -> Reader | None: ...


@statement
async def count_in_hour(db: Executor, *, subjects: Sequence[bytes], mails: Sequence[int]) -> list[Budget]: ...


@statement
async def drop_ended_budgets(db: Executor, *, kept: list[str]) -> None: ...


@statement
async def page(db: Executor, *, before_id: UUID, limit: int) -> list[Message]: ...


@statement
async def count_all(db: Executor) -> int: ...


@statement
async def page_of_state(db: Executor, *, state: MessageState, before_id: UUID, limit: int) -> list[Message]: ...


@statement
async def count_by_state(db: Executor) -> Counted: ...


@statement
async def count_waiting(db: Executor) -> int: ...


@statement
async def by_id(db: Executor, *, id: UUID) -> Message | None: ...


@statement
async def claim(db: Executor, *, lease_seconds: float) -> Claimed | None: ...


@statement
async def note_sent(db: Executor, *, id: UUID, forget: bool) -> None: ...


@statement
async def note_failure(
    db: Executor,
    *,
    id: UUID,
    attempts: int,
    error: str,
    delay_seconds: float,
    refused: bool,
    patience_seconds: float,
) -> bool | None: ...


@statement
async def drop_old(db: Executor, *, keep_seconds: float, limit: int, kept: list[str]) -> list[UUID]: ...
