"""Typed stubs of the statements about acting for a user."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement


class Standing(msgspec.Struct, frozen=True):
    """Whether a user administers the platform, and whether they are suspended."""

    is_admin: bool
    is_suspended: bool


@statement
async def insert(
    db: Executor,
    *,
    id: UUID,
    token_hash: bytes,
    user_id: UUID,
    admin_id: UUID,
    minutes: int,
    user_agent: str | None,
    ip: str | None,
) -> datetime | None: ...


@statement
async def standing(db: Executor, *, id: UUID) -> Standing | None: ...
