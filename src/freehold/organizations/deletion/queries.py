"""Typed stubs of the statements that delete, restore and remove organizations."""

from datetime import datetime
from uuid import UUID

from freehold.data.sql import Executor, statement
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.types import Organization


@statement
async def delete(
    db: Executor, *, id: UUID, version: datetime | None, restorable_seconds: float
) -> DeletedOrganization | None: ...


@statement
async def restore(db: Executor, *, id: UUID, restorable_seconds: float) -> Organization | None: ...


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
async def purge(db: Executor, *, id: UUID, version: datetime | None) -> UUID | None: ...


@statement
async def purge_next(db: Executor, *, restorable_seconds: float) -> UUID | None: ...
