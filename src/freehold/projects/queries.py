"""Typed stubs of the projects' statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from freehold.audit.recording import recorded
from freehold.audit.types import NewEvent
from freehold.data.sql import Executor, lookup, statement
from freehold.projects.types import KeptProject, NewProject, Project, ProjectPatch


@lookup
async def page(
    db: Executor, *, organization_id: UUID, before_created_at: datetime, before_id: UUID, limit: int
) -> list[Project]: ...


@statement
async def page_public(
    db: Executor, *, organization_id: UUID, before_created_at: datetime, before_id: UUID, limit: int
) -> list[Project]: ...


@statement
async def page_chosen(
    db: Executor,
    *,
    organization_id: UUID,
    ids: Sequence[UUID],
    public_only: bool,
    before_created_at: datetime,
    before_id: UUID,
    limit: int,
) -> list[Project]: ...


class Named(msgspec.Struct, frozen=True):
    """A project, and its name as the list is in order of it."""

    project: Project
    term: str


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """Which projects of an organization are asked for and may be seen; None for all."""

    organization_id: UUID
    ids: Sequence[UUID] | None
    public_only: bool
    q: str | None
    visibility: str | None
    feature: str | None


@statement
async def page_narrowed(
    db: Executor, *, narrowing: Narrowing, created_at: datetime, id: UUID, limit: int
) -> list[Project]: ...


@statement
async def page_oldest(
    db: Executor, *, narrowing: Narrowing, created_at: datetime, id: UUID, limit: int
) -> list[Project]: ...


@statement
async def page_by_name(
    db: Executor, *, narrowing: Narrowing, after_term: str, after_id: UUID, limit: int
) -> list[Named]: ...


@statement
async def count_narrowed(db: Executor, *, narrowing: Narrowing) -> int: ...


@statement
async def count_chosen(db: Executor, *, organization_id: UUID, ids: Sequence[UUID], public_only: bool) -> int: ...


@statement
async def count_all(db: Executor, *, organization_id: UUID) -> int: ...


@statement
async def count_public(db: Executor, *, organization_id: UUID) -> int: ...


@lookup
async def by_id(db: Executor, *, organization_id: UUID, id: UUID) -> KeptProject | None: ...


@statement
async def lock(db: Executor, *, organization_id: UUID, id: UUID) -> KeptProject | None: ...


@recorded
async def insert(
    db: Executor,
    event: NewEvent,
    /,
    *,
    id: UUID,
    organization_id: UUID,
    new: NewProject,
) -> KeptProject: ...


@recorded
async def update(
    db: Executor,
    event: NewEvent,
    /,
    *,
    organization_id: UUID,
    id: UUID,
    patch: ProjectPatch,
    version: datetime | None,
) -> KeptProject | None: ...


@recorded
async def delete(
    db: Executor, event: NewEvent, /, *, organization_id: UUID, id: UUID, version: datetime | None
) -> UUID | None: ...
