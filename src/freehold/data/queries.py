"""Typed stubs of the statements that the platform itself needs."""

from freehold.data.references import ForeignKey
from freehold.data.sql import Executor, statement


@statement
async def migrations_applied(db: Executor) -> list[str]: ...


@statement
async def shared_key(db: Executor, *, name: str, fresh: bytes) -> bytes | None: ...


@statement
async def foreign_keys(db: Executor, *, own_schema: str, own_tables: tuple[str, ...]) -> list[ForeignKey]: ...
