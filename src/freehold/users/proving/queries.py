"""Typed stubs of the statements about when a password was given."""

from uuid import UUID

from freehold.data.sql import Executor, statement


@statement
async def password_hash_of(db: Executor, *, id: UUID) -> str | None: ...


@statement
async def is_fresh(db: Executor, *, session_id: UUID, seconds: float) -> bool | None: ...
