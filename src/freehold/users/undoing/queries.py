"""Typed stubs of the statements that take back changes of address."""

from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement


class Restored(msgspec.Struct, frozen=True):
    """Whose address is what it was."""

    id: UUID
    username: str
    email: str


@statement
async def insert(db: Executor, *, token_hash: bytes, user_id: UUID, email: str, lifetime_seconds: float) -> None: ...


@statement
async def is_live(db: Executor, *, token_hash: bytes) -> bool: ...


@statement
async def undo(db: Executor, *, token_hash: bytes, password_hash: str | None) -> Restored | None: ...


@statement
async def drop_expired(db: Executor, *, kept: list[str]) -> None: ...
