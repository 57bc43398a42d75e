"""Typed stubs of the members' statements."""

from datetime import datetime
from uuid import UUID

from freehold.data.sql import Executor, statement
from freehold.organizations.members.types import Member


@statement
async def page(
    db: Executor, *, organization_id: UUID, after_joined_at: datetime, after_id: UUID, limit: int
) -> list[Member]: ...


@statement
async def count_all(db: Executor, *, organization_id: UUID) -> int: ...


@statement
async def get(db: Executor, *, organization_id: UUID, user_id: UUID) -> Member | None: ...


@statement
async def touch_organization(db: Executor, *, organization_id: UUID, version: datetime | None) -> UUID | None: ...


@statement
async def insert(db: Executor, *, organization_id: UUID, user_id: UUID, role: str, role_id: UUID | None) -> None: ...


@statement
async def update(db: Executor, *, organization_id: UUID, user_id: UUID, role: str, role_id: UUID | None) -> None: ...


@statement
async def delete(db: Executor, *, organization_id: UUID, user_id: UUID) -> UUID | None: ...
