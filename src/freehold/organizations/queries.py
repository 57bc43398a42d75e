"""Typed stubs of the organizations' statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from freehold.audit.recording import recorded
from freehold.audit.types import NewEvent
from freehold.base.metadata import Kept
from freehold.data.sql import Executor, lookup, statement
from freehold.organizations.types import KeptOrganization, Organization, OrganizationPatch


class SeenOrganization(msgspec.Struct, frozen=True):
    """An organization, and whether the role of whoever asks lets them read its members."""

    organization: Organization
    reads_members: bool


class FoundOrganization(msgspec.Struct, frozen=True):
    """An organization, and the text by which the list is in order.

    One that is not shown (it is by its other text) is the end of what was looked at.
    """

    organization: Organization
    term: str
    is_shown: bool
    is_end: bool


@lookup
async def by_id(db: Executor, *, id: UUID) -> KeptOrganization | None: ...


@statement
async def page_of_user(
    db: Executor,
    *,
    user_id: UUID,
    viewer_id: UUID | None,
    organization_ids: list[UUID] | None,
    q: str | None,
    feature: str | None,
    reader_id: UUID | None,
    before_id: UUID,
    limit: int,
) -> list[SeenOrganization]: ...


@statement
async def page_of_user_oldest(
    db: Executor,
    *,
    user_id: UUID,
    viewer_id: UUID | None,
    organization_ids: list[UUID] | None,
    q: str | None,
    feature: str | None,
    reader_id: UUID | None,
    after_id: UUID,
    limit: int,
) -> list[SeenOrganization]: ...


@statement
async def count_of_user(
    db: Executor,
    *,
    user_id: UUID,
    viewer_id: UUID | None,
    organization_ids: list[UUID] | None,
    q: str | None,
    feature: str | None,
) -> int: ...


@statement
async def page(db: Executor, *, before_id: UUID, limit: int) -> list[Organization]: ...


@statement
async def page_oldest(db: Executor, *, after_id: UUID, limit: int) -> list[Organization]: ...


@statement
async def count_all(db: Executor) -> int: ...


@statement
async def search(
    db: Executor, *, q: str, after_term: str, after_id: UUID, entries: int, limit: int
) -> list[FoundOrganization]: ...


@statement
async def count_found(db: Executor, *, q: str) -> int: ...


@statement
async def holds_slug(db: Executor, *, slug: str) -> bool: ...


@statement
async def insert(
    db: Executor,
    *,
    id: UUID,
    name: str,
    slugs: list[str],
    owner_id: UUID,
    owner_consented: bool,
    features: Sequence[str],
    public_metadata: dict[str, Any],
    private_metadata: dict[str, Any],
) -> KeptOrganization | None: ...


@statement
async def lock(db: Executor, *, id: UUID) -> UUID | None: ...


@statement
async def lock_kept(db: Executor, *, id: UUID) -> Kept | None: ...


@statement
async def take_slug(db: Executor, *, id: UUID, slug: str, most: int) -> datetime | None: ...


@recorded
async def update(
    db: Executor,
    event: NewEvent,
    /,
    *,
    id: UUID,
    patch: OrganizationPatch,
    version: datetime | None,
) -> KeptOrganization | None: ...


@statement
async def drop_released_slugs(db: Executor, *, kept: list[str]) -> None: ...
