"""Typed stubs of the statements about password resets."""

from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement


class Recovering(msgspec.Struct, frozen=True):
    """Whose password is set anew, and where mails reach them."""

    id: UUID
    username: str
    email: str


class Recovered(Recovering, frozen=True):
    """Whose password was set, and whether they had shown before that the address is theirs."""

    was_verified: bool


@statement
async def replace(db: Executor, *, email: str, token_hash: bytes, lifetime_seconds: float) -> Recovering | None: ...


@statement
async def is_live(db: Executor, *, token_hash: bytes) -> bool: ...


@statement
async def complete(db: Executor, *, token_hash: bytes, password_hash: str) -> Recovered | None: ...


@statement
async def end_api_keys(db: Executor, *, user_id: UUID) -> list[UUID]: ...


@statement
async def end_sessions(db: Executor, *, user_id: UUID) -> None: ...
