"""Organizations over HTTP, and users with the organizations that they are in."""

from datetime import datetime

from freehold.access import OrganizationRef, UserRef
from freehold.base.errors import Forbidden, Missing, Refused
from freehold.base.validation import Input
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.organizations import operations
from freehold.organizations.deletion import operations as deletion
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.errors import SlugTaken, TooManyOldSlugs
from freehold.organizations.types import (
    NewOrganization,
    Organization,
    OrganizationPatch,
    OrganizationsPageRequest,
    SlugCheck,
)
from freehold.web.routing import Routes

routes = Routes("organizations", "Organizations, which have members and own projects.")


class OrganizationsQuery(OrganizationsPageRequest, frozen=True, kw_only=True):
    """Filters for a list of organizations: yours, or (for platform administrators) ``all=true``.

    ``q`` is the beginning of a name or a slug; ``feature`` narrows a list of yours.
    """

    all: bool = False


class DeletedOrganizationsQuery(PageRequest, frozen=True, kw_only=True):
    """Which deleted organizations: those that you can restore, or (for platform administrators) ``all=true``."""

    all: bool = False


class DeletionQuery(Input, frozen=True, kw_only=True):
    """How to delete."""

    permanently: bool = False


@routes.get("/v1/users/{user}/organizations", errors=[Missing])
async def list_organizations_of_user(
    context: Context, user: UserRef, query: OrganizationsPageRequest
) -> Page[Organization]:
    """List the organizations of a user that you can see, newest first, or as `sort` says."""
    return await operations.list_of_user(context, user, query)


@routes.post("/v1/organizations", status=201, errors=[SlugTaken])
async def create_organization(context: Context, body: NewOrganization) -> Organization:
    """Create an organization that you own."""
    return await operations.create(context, body)


@routes.get("/v1/slugs/{slug}")
async def check_slug(context: Context, slug: str) -> SlugCheck:
    """Say whether an organization could have a slug, before you create or rename one. Somebody else may be faster."""
    return await operations.check_slug(context, slug)


@routes.get("/v1/organizations", errors=[Forbidden, Refused])
async def list_organizations(context: Context, query: OrganizationsQuery) -> Page[Organization]:
    """List your organizations, newest first, or as `sort` says.

    Platform administrators can list all organizations with `all=true`. `q` is the beginning of a name or a slug; with
    `all=true`, its results are in the order of what begins with it, and there is no `sort`.
    """
    if query.all:
        return await operations.list_all(context, query)
    return await operations.list_of_user(context, "me", query)


@routes.get("/v1/deleted-organizations", errors=[Forbidden])
async def list_deleted_organizations(context: Context, query: DeletedOrganizationsQuery) -> Page[DeletedOrganization]:
    """List the deleted organizations that you can restore, and until when.

    Platform administrators can list all of them with `all=true`.
    """
    if query.all:
        return await deletion.list_all(context, query)
    return await deletion.list_of_user(context, "me", query)


@routes.get("/v1/organizations/{organization}", errors=[Missing])
async def get_organization(context: Context, organization: OrganizationRef) -> Organization:
    """Read an organization."""
    return await operations.get(context, organization)


@routes.patch("/v1/organizations/{organization}", errors=[Missing, Forbidden, SlugTaken, TooManyOldSlugs])
async def update_organization(
    context: Context, organization: OrganizationRef, body: OrganizationPatch, version: datetime | None
) -> Organization:
    """Update an organization.

    This is a merge patch (RFC 7396): fields that you leave out stay the same, in metadata, too; null removes a key
    there. Features are replaced as a whole.
    """
    return await operations.update(context, organization, body, version=version)


@routes.delete("/v1/organizations/{organization}", errors=[Missing, Forbidden])
async def delete_organization(
    context: Context, organization: OrganizationRef, query: DeletionQuery, version: datetime | None
) -> None:
    """Delete an organization.

    It is gone for everybody, with its members and projects, but you can restore it for some time (30 days by default).
    Until then its slug stays taken. With `permanently=true`, an organization that was deleted before is removed for
    good, without waiting.
    """
    if query.permanently:
        await deletion.purge(context, organization, version=version)
    else:
        await deletion.delete(context, organization, version=version)


@routes.post("/v1/organizations/{organization}/restore", errors=[Missing])
async def restore_organization(context: Context, organization: OrganizationRef) -> Organization:
    """Restore a deleted organization.

    Its members, projects and invitations come back with it.
    """
    return await deletion.restore(context, organization)
