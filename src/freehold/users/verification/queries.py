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
    """Whose address was confirmed, what it was before, and whether that was another one, and a confirmed one."""

    id: UUID
    username: str
    email: str
    earlier_email: str
    is_change: bool
    was_verified: bool


@statement
async def replace(db: Executor, *, user_id: UUID, email: str, token_hash: bytes, lifetime_seconds: float) -> None: ...


@statement
async def withdraw(db: Executor, *, user_id: UUID) -> UUID | None: ...


@statement
async def is_taken(db: Executor, *, email: str, user_id: UUID) -> bool: ...


@statement
async def correct(db: Executor, *, user_id: UUID, email: str, password_hash: str) -> User | None: ...


@statement
async def pending(db: Executor, *, user_id: UUID) -> Pending | None: ...


@statement
async def whose(db: Executor, *, token_hash: bytes) -> UUID | None: ...


@statement
async def use_up_invitations(db: Executor, *, user_id: UUID) -> None: ...


@statement
async def confirm(db: Executor, *, token_hash: bytes) -> Confirmed | None: ...


@statement
async def mark_verified(db: Executor, *, user_id: UUID) -> User | None: ...
