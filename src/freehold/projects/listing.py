"""A list of projects that is narrowed or in another order, along the index that leads there."""

from datetime import datetime
from functools import partial
from uuid import UUID

from freehold.access import Scope
from freehold.data.paging import FIRST_ID, FIRST_TIME, LAST_ID, LAST_TIME, Page, read_page
from freehold.projects import queries
from freehold.projects.queries import Named, Narrowing
from freehold.projects.types import Project, ProjectsPageRequest


async def read_narrowed(scope: Scope, wanted: ProjectsPageRequest, *, public_only: bool) -> Page[Project]:
    """Read one page of the projects that are asked for, of those that may be seen.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    narrowing = Narrowing(
        organization_id=scope.organization_id,
        ids=None if scope.project_ids is None else sorted(scope.project_ids),
        public_only=public_only,
        q=wanted.q,
        visibility=wanted.visibility,
        feature=wanted.feature,
    )
    order = wanted.sort or ("newest" if wanted.q is None else "name")
    read = partial(
        read_page,
        scope.context.tools.cursors,
        wanted,
        listing=f"projects:{narrowing}:{order}",
        count=lambda: queries.count_narrowed(scope.db, narrowing=narrowing),
    )
    if order != "name":
        page = queries.page_oldest if order == "oldest" else queries.page_narrowed

        async def fetch(created_at: datetime, project_id: UUID, limit: int) -> list[Project]:
            return await page(scope.db, narrowing=narrowing, created_at=created_at, id=project_id, limit=limit)

        return await read(
            start=(FIRST_TIME, FIRST_ID) if order == "oldest" else (LAST_TIME, LAST_ID),
            fetch=fetch,
            position=lambda project: (project.created_at, project.id),
        )

    async def fetch_named(term: str, project_id: UUID, limit: int) -> list[Named]:
        return await queries.page_by_name(
            scope.db, narrowing=narrowing, after_term=term, after_id=project_id, limit=limit
        )

    found = await read(start=("", FIRST_ID), fetch=fetch_named, position=lambda named: (named.term, named.project.id))
    return Page(data=[named.project for named in found.data], next_cursor=found.next_cursor, total=found.total)
