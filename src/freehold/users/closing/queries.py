"""Typed stubs of the statements that end access to an account."""

from uuid import UUID

from freehold.data.sql import Executor, statement


@statement
async def end_access(
    db: Executor, *, user_id: UUID, kept_session_id: UUID | None, keep_api_keys: bool
) -> list[UUID]: ...


@statement
async def end_mailed(db: Executor, *, user_id: UUID) -> None: ...


@statement
async def lock_password(db: Executor, *, user_id: UUID) -> UUID | None: ...


@statement
async def lock_session(db: Executor, *, user_id: UUID) -> UUID | None: ...


@statement
async def is_open(db: Executor, *, session_id: UUID) -> bool: ...
