"""Typed stubs of the statements that count what is shown."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement


class ActiveUsers(msgspec.Struct, frozen=True):
    """How many users were active within a day, a week and a month."""

    day: int
    week: int
    month: int


@statement
async def sign_ups(db: Executor, *, lows: Sequence[UUID], highs: Sequence[UUID]) -> list[int]: ...


@statement
async def replaced_invitations(db: Executor, *, ids: Sequence[UUID]) -> list[UUID]: ...


@statement
async def active_users(db: Executor) -> ActiveUsers: ...
