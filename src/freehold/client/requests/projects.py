"""Operations on projects, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from datetime import datetime
from uuid import UUID

from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest
from freehold.projects.types import NewProject, Project, ProjectPatch


def projects_create(organization: UUID | str, /, new: NewProject) -> Request[Project]:
    """Create a project in an organization.

    ``POST /v1/organizations/{organization}/projects``.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        Forbidden: it has ``private_metadata``, and the actor may not change the organization.
    """
    return Request("POST", f"/v1/organizations/{part(organization)}/projects", (Project,), body=new)


def projects_get(organization: UUID | str, /, project_id: UUID) -> Request[Project]:
    """Read a project. Anyone can read public projects.

    ``GET /v1/organizations/{organization}/projects/{project}``.

    Raises:
        Missing: ``not_found``.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/projects/{part(project_id)}", (Project,))


def projects_list(organization: UUID | str, /, request: PageRequest) -> Request[Page[Project]]:
    """List the projects of an organization, newest first, or as a ``ProjectsPageRequest`` says.

    ``GET /v1/organizations/{organization}/projects``.

    Without ``project.read``, you see the public ones.

    Raises:
        Missing: ``not_found``: the actor cannot see the organization, or it has no public project.
        Forbidden: the actor is a member without ``project.read``, and no project is public.
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/projects", (Page[Project],), query=request)


def projects_update(
    organization: UUID | str, /, project_id: UUID, patch: ProjectPatch, *, version: datetime | None = None
) -> Request[Project]:
    """Update a project. ``version`` is the ``updated_at`` that you read.

    ``PATCH /v1/organizations/{organization}/projects/{project}``.

    Metadata is merged into what the project keeps (RFC 7396), so that two changes of different keys both stay.

    Raises:
        Missing: ``not_found``.
        Forbidden: ``private_metadata`` changes, and the actor may not change the organization.
        Stale: ``stale``.
        Invalid: with what it keeps already, the metadata is too large.
    """
    return Request(
        "PATCH",
        f"/v1/organizations/{part(organization)}/projects/{part(project_id)}",
        (Project,),
        body=patch,
        version=version,
    )


def projects_delete(organization: UUID | str, /, project_id: UUID, *, version: datetime | None = None) -> Request[None]:
    """Delete a project.

    ``DELETE /v1/organizations/{organization}/projects/{project}``.

    Raises:
        Missing: ``not_found``.
        Stale: ``stale``.
        StillReferenced: ``still_referenced``: rows of your own tables refer to it.
    """
    return Request(
        "DELETE", f"/v1/organizations/{part(organization)}/projects/{part(project_id)}", (type(None),), version=version
    )
