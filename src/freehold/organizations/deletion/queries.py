"""Typed stubs of the statements that delete, restore and remove organizations."""

from datetime import datetime
from uuid import UUID

from freehold.data.sql import Executor, statement
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.types import KeptOrganization


@statement
async def delete(
    db: Executor, *, id: UUID, version: datetime | None, restorable_seconds: float
) -> DeletedOrganization | None: ...


@statement
async def restore(db: Executor, *, id: UUID, restorable_seconds: float) -> KeptOrganization | None: ...


@statement
async def page_of_user(
    db: Executor, *, user_id: UUID, before_id: UUID, limit: int, restorable_seconds: float
) -> list[DeletedOrganization]: ...


@statement
async def count_of_user(db: Executor, *, user_id: UUID, restorable_seconds: float) -> int: ...


@statement
async def page(
    db: Executor, *, before_id: UUID, limit: int, restorable_seconds: float
) -> list[DeletedOrganization]: ...


@statement
async def count_all(db: Executor, *, restorable_seconds: float) -> int: ...


@statement
async def lock_deleted(db: Executor, *, id: UUID, version: datetime | None) -> UUID | None: ...


@statement
async def lock_overdue(db: Executor, *, id: UUID, restorable_seconds: float) -> UUID | None: ...


@statement
async def next_overdue(db: Executor, *, restorable_seconds: float, after_id: UUID) -> UUID | None: ...


@statement
async def show_rows_of(db: Executor, *, organization_id: str) -> str: ...


@statement
async def purge(db: Executor, *, ids: list[UUID]) -> list[UUID]: ...


@statement
async def note_failure(db: Executor, *, organization_id: UUID, reason: str) -> None: ...


@statement
async def forget_failure(db: Executor, *, organization_id: UUID) -> None: ...
