"""Typed stubs of the statements that the platform itself needs."""

from uuid import UUID

import msgspec

from freehold.data.references import ForeignKey
from freehold.data.sql import Executor, statement


class OwnActionRow(msgspec.Struct, frozen=True):
    """An action that an application declared, and the version of all of them."""

    version: UUID
    name: str | None
    lowest_role: str | None


@statement
async def migrations_applied(db: Executor) -> list[str]: ...


@statement
async def in_recovery(db: Executor) -> bool: ...


@statement
async def kept_shared_key(db: Executor, *, name: str) -> bytes | None: ...


@statement
async def shared_key(db: Executor, *, name: str, fresh: bytes) -> bytes | None: ...


@statement
async def own_actions(db: Executor) -> list[OwnActionRow]: ...


@statement
async def foreign_keys(db: Executor, *, own_schema: str, own_tables: tuple[str, ...]) -> list[ForeignKey]: ...
