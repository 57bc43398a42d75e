"""Typed stubs of the roles' statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from freehold.data.sql import Executor, statement
from freehold.organizations.roles.types import CustomRole, RoleEntry


@statement
async def page(db: Executor, *, organization_id: UUID, after_name: str, limit: int) -> list[RoleEntry]: ...


@statement
async def count_all(db: Executor, *, organization_id: UUID) -> int: ...


@statement
async def by_id(db: Executor, *, organization_id: UUID, id: UUID) -> CustomRole | None: ...


@statement
async def by_name(db: Executor, *, organization_id: UUID, name: str) -> CustomRole | None: ...


@statement
async def by_names(db: Executor, *, organization_id: UUID, names: Sequence[str]) -> list[CustomRole]: ...


@statement
async def lock_organization(db: Executor, *, organization_id: UUID) -> UUID | None: ...


@statement
async def insert(db: Executor, *, organization_id: UUID, id: UUID, name: str, actions: Sequence[str]) -> CustomRole: ...


@statement
async def update(
    db: Executor,
    *,
    organization_id: UUID,
    id: UUID,
    name: str | None,
    actions: Sequence[str] | None,
    version: datetime | None,
) -> CustomRole | None: ...


@statement
async def delete(db: Executor, *, organization_id: UUID, id: UUID, version: datetime | None) -> UUID | None: ...
