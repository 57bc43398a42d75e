"""Typed stubs of the statements on declared actions."""

from collections.abc import Sequence

import msgspec

from freehold.actions.types import HoldingKey, HoldingRole
from freehold.data.sql import Executor, command, statement


class DeclaredRow(msgspec.Struct, frozen=True):
    """A declared action, and who declared it."""

    name: str
    lowest_role: str
    description: str | None
    applications: tuple[str, ...]
    revisions: tuple[int, ...]


@statement
async def all_declared(db: Executor) -> list[DeclaredRow]: ...


@statement
async def renew_version(db: Executor) -> None: ...


@statement
async def put(
    db: Executor, *, names: Sequence[str], lowest_roles: Sequence[str], descriptions: Sequence[str | None]
) -> None: ...


@statement
async def put_declarations(db: Executor, *, application: str, revision: int, actions: Sequence[str]) -> None: ...


@statement
async def lock(db: Executor, *, name: str) -> str | None: ...


@command
async def delete(db: Executor, *, name: str) -> int: ...


@statement
async def count_roles(db: Executor, *, name: str) -> int: ...


@statement
async def roles(db: Executor, *, name: str, limit: int) -> list[HoldingRole]: ...


@statement
async def count_keys(db: Executor, *, name: str) -> int: ...


@statement
async def keys(db: Executor, *, name: str, limit: int) -> list[HoldingKey]: ...
