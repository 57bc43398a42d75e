"""Typed stubs of the organizations' statements."""

from datetime import datetime
from uuid import UUID

from freehold.audit.recording import recorded
from freehold.audit.types import NewEvent
from freehold.data.sql import Executor, lookup, statement
from freehold.organizations.types import Organization


@lookup
async def by_id(db: Executor, *, id: UUID) -> Organization | None: ...


@statement
async def page_of_user(
    db: Executor,
    *,
    user_id: UUID,
    viewer_id: UUID | None,
    organization_ids: list[UUID] | None,
    before_id: UUID,
    limit: int,
) -> list[Organization]: ...


@statement
async def count_of_user(
    db: Executor, *, user_id: UUID, viewer_id: UUID | None, organization_ids: list[UUID] | None
) -> int: ...


@statement
async def page(db: Executor, *, before_id: UUID, limit: int) -> list[Organization]: ...


@statement
async def count_all(db: Executor) -> int: ...


@statement
async def insert(
    db: Executor, *, id: UUID, name: str, slugs: list[str], owner_id: UUID, owner_consented: bool
) -> Organization | None: ...


@recorded
async def update(
    db: Executor,
    event: NewEvent,
    /,
    *,
    id: UUID,
    name: str | None,
    slug: str | None,
    version: datetime | None,
) -> Organization | None: ...
