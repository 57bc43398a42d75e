"""Typed stubs of the statements about confirming addresses."""

from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement
from freehold.users.types import User


class Pending(msgspec.Struct, frozen=True):
    """A user, and which address they have to confirm (None when there is nothing to)."""

    user: User
    pending_email: str | None


class Confirmed(msgspec.Struct, frozen=True):
    """Whose address was confirmed, and whether it is another one than before."""

    id: UUID
    is_change: bool


@statement
async def replace(db: Executor, *, user_id: UUID, email: str, token_hash: bytes, lifetime_seconds: float) -> None: ...


@statement
async def withdraw(db: Executor, *, user_id: UUID) -> UUID | None: ...


@statement
async def is_taken(db: Executor, *, email: str, user_id: UUID) -> bool: ...


@statement
async def pending(db: Executor, *, user_id: UUID) -> Pending | None: ...


@statement
async def confirm(db: Executor, *, token_hash: bytes) -> Confirmed | None: ...


@statement
async def mark_verified(db: Executor, *, user_id: UUID) -> User | None: ...
