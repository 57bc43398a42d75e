"""Typed stubs of the statements that count what is shown."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement


class ActiveUsers(msgspec.Struct, frozen=True):
    """How many users were active within a day, a week and a month."""

    day: int
    week: int
    month: int


class FailedPurge(msgspec.Struct, frozen=True, kw_only=True):
    """A deleted organization that could not be removed for good, and what kept it."""

    id: UUID
    name: str
    slug: str
    deleted_at: datetime
    reason: str
    attempts: int
    failed_at: datetime


@statement
async def failed_purges(db: Executor, *, limit: int) -> list[FailedPurge]: ...


@statement
async def sign_ups(db: Executor, *, lows: Sequence[UUID], highs: Sequence[UUID]) -> list[int]: ...


@statement
async def replaced_invitations(db: Executor, *, organization_id: UUID, ids: Sequence[UUID]) -> list[UUID]: ...


@statement
async def active_users(db: Executor) -> ActiveUsers: ...
