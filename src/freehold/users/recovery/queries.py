"""Typed stubs of the statements about password resets."""

from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement


class Recovering(msgspec.Struct, frozen=True):
    """Whose password is set anew, and where mails reach them."""

    id: UUID
    username: str
    email: str


class Recipient(msgspec.Struct, frozen=True):
    """Where mails reach a user, and whether they are suspended."""

    email: str
    is_suspended: bool


class Holder(msgspec.Struct, frozen=True):
    """Who has an address."""

    id: UUID
    is_unconfirmed: bool


@statement
async def replace(db: Executor, *, email: str, token_hash: bytes, lifetime_seconds: float) -> Recovering | None: ...


@statement
async def recipient(db: Executor, *, id: UUID) -> Recipient | None: ...


@statement
async def holder(db: Executor, *, email: str) -> Holder | None: ...


@statement
async def is_live(db: Executor, *, token_hash: bytes) -> bool: ...


@statement
async def complete(db: Executor, *, token_hash: bytes, password_hash: str) -> Recovering | None: ...
