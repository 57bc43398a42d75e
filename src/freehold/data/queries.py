"""Typed stubs of the statements that the platform itself needs to start."""

from freehold.data.sql import Executor, statement


@statement
async def migrations_applied(db: Executor) -> list[str]: ...


@statement
async def shared_key(db: Executor, *, name: str, fresh: bytes) -> bytes | None: ...
