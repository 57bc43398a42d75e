"""Projects over HTTP."""

from datetime import datetime
from uuid import UUID

from freehold.access import OrganizationRef
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.data.paging import Page
from freehold.projects import operations
from freehold.projects.types import NewProject, Project, ProjectPatch, ProjectsPageRequest
from freehold.web.routing import Routes

routes = Routes("projects", "Projects of an organization.")


@routes.post("/v1/organizations/{organization}/projects", status=201, errors=[Missing, Forbidden])
async def create_project(context: Context, organization: OrganizationRef, body: NewProject) -> Project:
    """Create a project."""
    return await operations.create(context, organization, body)


@routes.get("/v1/organizations/{organization}/projects", auth="optional", errors=[Missing])
async def list_projects(context: Context, organization: OrganizationRef, query: ProjectsPageRequest) -> Page[Project]:
    """List the projects of an organization, newest first, or as `sort` says.

    If you are not a member, you see the public projects. `q` is the beginning of a name; with it, the list is in order
    of name, unless `sort` says otherwise.
    """
    return await operations.list_all(context, organization, query)


@routes.get("/v1/organizations/{organization}/projects/{project}", auth="optional", errors=[Missing])
async def get_project(context: Context, organization: OrganizationRef, project: UUID) -> Project:
    """Read a project. Anyone can read public projects."""
    return await operations.get(context, organization, project)


@routes.patch("/v1/organizations/{organization}/projects/{project}", errors=[Missing, Forbidden])
async def update_project(
    context: Context, organization: OrganizationRef, project: UUID, body: ProjectPatch, version: datetime | None
) -> Project:
    """Update a project.

    This is a merge patch (RFC 7396): fields that you leave out stay the same. Features are replaced as a whole.
    """
    return await operations.update(context, organization, project, body, version=version)


@routes.delete("/v1/organizations/{organization}/projects/{project}", errors=[Missing, Forbidden])
async def delete_project(
    context: Context, organization: OrganizationRef, project: UUID, version: datetime | None
) -> None:
    """Delete a project."""
    await operations.delete(context, organization, project, version=version)
