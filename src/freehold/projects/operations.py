"""What can be done with projects."""

from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec

from freehold.access import Action, Scope, Writes, in_transaction, no_such_organization, on_organization
from freehold.audit.recording import event_of
from freehold.base.errors import Forbidden, Missing, Stale
from freehold.base.ids import new_id
from freehold.base.metadata import given, merged_into
from freehold.base.validation import given_fields
from freehold.data.context import Context
from freehold.data.paging import LAST_ID, LAST_TIME, Page, PageRequest, read_page
from freehold.projects import queries
from freehold.projects.listing import read_narrowed
from freehold.projects.seeing import as_seen, require_private
from freehold.projects.types import KeptProject, NewProject, Project, ProjectPatch, ProjectsPageRequest


@on_organization(Action.PROJECT_CREATE, writes=Writes.ONE_STATEMENT)
async def create(scope: Scope, new: NewProject) -> Project:
    """Create a project in an organization.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        Forbidden: it has ``private_metadata``, and the actor may not change the organization.
    """
    require_private(scope, new.private_metadata)
    project_id = new_id()
    made = await queries.insert(
        scope.db,
        event_of(scope.context, scope.action, project_id, organization_id=scope.organization_id, name=new.name),
        id=project_id,
        organization_id=scope.organization_id,
        new=new,
    )
    return as_seen(scope, made)


@on_organization(Action.PROJECT_READ, outsiders=True)
async def get(scope: Scope, project_id: UUID) -> Project:
    """Read a project. Anyone can read public projects.

    Raises:
        Missing: ``not_found``.
    """
    return as_seen(scope, await _visible(scope, project_id))


@on_organization(Action.PROJECT_READ, outsiders=True)
async def list_all(scope: Scope, request: PageRequest) -> Page[Project]:
    """List the projects of an organization, newest first, or as a ``ProjectsPageRequest`` says.

    Without ``project.read``, you see the public ones.

    Raises:
        Missing: ``not_found``: the actor cannot see the organization, or it has no public project.
        Forbidden: the actor is a member without ``project.read``, and no project is public.
        InvalidCursor: the cursor belongs to another list.
    """
    sees_all = scope.may(Action.PROJECT_READ)
    if isinstance(request, ProjectsPageRequest) and request.narrows:
        narrowed = await read_narrowed(scope, request, public_only=not sees_all)
        if narrowed.data or sees_all:
            return narrowed
        # Who sees nothing here at all is told so, as without filters.
        await _read(scope, PageRequest(limit=1), sees_all=sees_all)
        return narrowed
    return await _read(scope, request, sees_all=sees_all)


async def _read(scope: Scope, request: PageRequest, *, sees_all: bool) -> Page[Project]:
    seen, page, count = "public", queries.page_public, queries.count_public
    if scope.project_ids is not None:
        ids = sorted(scope.project_ids)
        seen = f"chosen:{sees_all}:{ids}"
        page = partial(queries.page_chosen, ids=ids, public_only=not sees_all)
        count = partial(queries.count_chosen, ids=ids, public_only=not sees_all)
    elif sees_all:
        seen, page, count = "all", queries.page, queries.count_all

    async def fetch(before_created_at: datetime, before_id: UUID, limit: int) -> list[Project]:
        return await page(
            scope.db,
            organization_id=scope.organization_id,
            before_created_at=before_created_at,
            before_id=before_id,
            limit=limit,
        )

    found = await read_page(
        scope.context.tools.cursors,
        request,
        listing=f"projects:{scope.organization_id}:{seen}",
        start=(LAST_TIME, LAST_ID),
        fetch=fetch,
        position=lambda project: (project.created_at, project.id),
        count=lambda: count(scope.db, organization_id=scope.organization_id),
    )
    if not found.data and not sees_all:
        raise no_such_organization() if scope.standing.is_outside else Forbidden("No project here is public")
    return found


@on_organization(Action.PROJECT_UPDATE, writes=Writes.OWN_TRANSACTION, outsiders=True)
async def update(scope: Scope, project_id: UUID, patch: ProjectPatch, *, version: datetime | None = None) -> Project:
    """Update a project. ``version`` is the ``updated_at`` that you read.

    Metadata is merged into what the project keeps (RFC 7396), so that two changes of different keys both stay.

    Raises:
        Missing: ``not_found``.
        Forbidden: ``private_metadata`` changes, and the actor may not change the organization.
        Stale: ``stale``.
        Invalid: with what it keeps already, the metadata is too large.
    """
    await _refuse_outsider(scope, project_id)
    require_private(scope, patch.private_metadata)
    if not given_fields(patch):
        found = await _visible(scope, project_id)
        if version not in {None, found.project.updated_at}:
            raise Stale
        return as_seen(scope, found)
    if not given(patch):
        return await scope.context.db.persist(lambda: _update(scope, project_id, patch, version))

    async def merge(context: Context) -> Project:
        inner = msgspec.structs.replace(scope, context=context)
        found = await queries.lock(inner.db, organization_id=inner.organization_id, id=project_id)
        whole = patch if found is None else msgspec.structs.replace(patch, **merged_into(found.kept, patch))
        return await _update(inner, project_id, whole, version)

    return await in_transaction(scope.context, merge)


async def _update(scope: Scope, project_id: UUID, patch: ProjectPatch, version: datetime | None) -> Project:
    updated = await queries.update(
        scope.db,
        event_of(
            scope.context,
            scope.action,
            project_id,
            organization_id=scope.organization_id,
            changed=given_fields(patch),
        ),
        organization_id=scope.organization_id,
        id=project_id,
        patch=patch,
        version=version,
    )
    if updated is None:
        await _visible(scope, project_id)
        raise Stale
    return as_seen(scope, updated)


@on_organization(Action.PROJECT_DELETE, writes=Writes.ONE_STATEMENT, outsiders=True)
async def delete(scope: Scope, project_id: UUID, *, version: datetime | None = None) -> None:
    """Delete a project.

    Raises:
        Missing: ``not_found``.
        Stale: ``stale``.
        StillReferenced: ``still_referenced``: rows of your own tables refer to it.
    """
    await _refuse_outsider(scope, project_id)
    removed = await queries.delete(
        scope.db.deleting("projects", organization_id=scope.organization_id, id=project_id),
        event_of(scope.context, scope.action, project_id, organization_id=scope.organization_id),
        organization_id=scope.organization_id,
        id=project_id,
        version=version,
    )
    if removed is None:
        await _visible(scope, project_id)
        raise Stale


async def _visible(scope: Scope, project_id: UUID) -> KeptProject:
    sees_all = scope.may(Action.PROJECT_READ)
    within_reach = scope.project_ids is None or project_id in scope.project_ids
    found = await queries.by_id(scope.db, organization_id=scope.organization_id, id=project_id)
    if within_reach and found is not None and (sees_all or found.project.settings.visibility == "public"):
        return found
    raise no_such_organization() if scope.standing.is_outside else Missing("There is no such project")


async def _refuse_outsider(scope: Scope, project_id: UUID) -> None:
    """Let those on whom the role was checked pass; tell outsiders what they see of the project, and no more."""
    if scope.project_ids is not None:
        await _visible(scope, project_id)
    if not scope.may(scope.action):
        await _visible(scope, project_id)
        raise Forbidden("You can view this public project, but only members of its organization can change it")
