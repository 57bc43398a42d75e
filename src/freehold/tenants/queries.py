"""Typed stubs of what is read of the catalog."""

from freehold.data.sql import Executor, statement
from freehold.tenants.types import Function, Key, Policy, Reference, Subject, Table, TenantRole, View


@statement
async def role(db: Executor, *, role: str, own_tables: tuple[str, ...]) -> TenantRole: ...


@statement
async def tables(db: Executor, *, column: str, role: str, own_tables: tuple[str, ...]) -> list[Table]: ...


@statement
async def policies(db: Executor, *, role: str, own_tables: tuple[str, ...]) -> list[Policy]: ...


@statement
async def views(db: Executor) -> list[View]: ...


@statement
async def functions(db: Executor) -> list[Function]: ...


@statement
async def keys(db: Executor, *, column: str, own_tables: tuple[str, ...]) -> list[Key]: ...


@statement
async def subject(
    db: Executor, *, table: str, column: str, role: str, own_tables: tuple[str, ...]
) -> Subject | None: ...


@statement
async def references_of(db: Executor, *, table: str, column: str) -> list[Reference]: ...
