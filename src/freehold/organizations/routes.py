"""Organizations over HTTP, and users with the organizations that they are in."""

from datetime import datetime
from typing import Literal

from freehold.access import OrganizationRef, UserRef
from freehold.base.errors import Forbidden, Missing
from freehold.base.validation import Input
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.organizations import operations
from freehold.organizations.deletion import operations as deletion
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.errors import NewOwnerIsNoMember, SlugTaken
from freehold.organizations.types import (
    NewOrganization,
    NewOwner,
    Organization,
    OrganizationPatch,
)
from freehold.web.routing import Routes

routes = Routes("organizations", "Who owns projects.")


class OrganizationsQuery(PageRequest, frozen=True, kw_only=True):
    """Which organizations: yours, or with ``all=true`` those of everybody, for platform administrators.

    With ``deleted=true`` those that were deleted and can be restored.
    """

    all: Literal["true", "false"] = "false"
    deleted: Literal["true", "false"] = "false"


class DeletionQuery(Input, frozen=True, kw_only=True):
    """How to delete."""

    permanently: Literal["true", "false"] = "false"


@routes.get("/v1/users/{user}/organizations", errors=[Missing])
async def list_organizations_of_user(context: Context, user: UserRef, query: PageRequest) -> Page[Organization]:
    """List the organizations of a user that you may see, newest first."""
    return await operations.list_of_user(context, user, query)


@routes.post("/v1/organizations", status=201, errors=[SlugTaken])
async def create_organization(context: Context, body: NewOrganization) -> Organization:
    """Create an organization, which you then own."""
    return await operations.create(context, body)


@routes.get("/v1/organizations", errors=[Forbidden])
async def list_organizations(
    context: Context, query: OrganizationsQuery
) -> Page[Organization] | Page[DeletedOrganization]:
    """List your organizations, newest first.

    Platform administrators list all with `all=true`. With `deleted=true` it lists those that were deleted and that you
    can restore, with the time until which you can.
    """
    if query.deleted == "true":
        if query.all == "true":
            return await deletion.list_all(context, query)
        return await deletion.list_of_user(context, "me", query)
    if query.all == "true":
        return await operations.list_all(context, query)
    return await operations.list_of_user(context, "me", query)


@routes.get("/v1/organizations/{organization}", errors=[Missing])
async def get_organization(context: Context, organization: OrganizationRef) -> Organization:
    """Read an organization."""
    return await operations.get(context, organization)


@routes.patch("/v1/organizations/{organization}", errors=[Missing, Forbidden, SlugTaken])
async def update_organization(
    context: Context, organization: OrganizationRef, body: OrganizationPatch, version: datetime | None
) -> Organization:
    """Change an organization.

    A merge patch (RFC 7396): what is absent stays.
    """
    return await operations.update(context, organization, body, version=version)


@routes.delete("/v1/organizations/{organization}", errors=[Missing, Forbidden])
async def delete_organization(
    context: Context, organization: OrganizationRef, query: DeletionQuery, version: datetime | None
) -> None:
    """Delete an organization.

    It is gone for everybody, with its members and projects, but you can restore it for some time (30 days, unless this
    platform is set otherwise); until then its slug stays taken. With `permanently=true`, one that was deleted before is
    removed for good, ahead of its time.
    """
    if query.permanently == "true":
        await deletion.purge(context, organization, version=version)
    else:
        await deletion.delete(context, organization, version=version)


@routes.post("/v1/organizations/{organization}/restore", errors=[Missing])
async def restore_organization(context: Context, organization: OrganizationRef) -> Organization:
    """Restore a deleted organization.

    As it was, with its members, projects and invitations.
    """
    return await deletion.restore(context, organization)


@routes.put("/v1/organizations/{organization}/owner", errors=[Missing, Forbidden, NewOwnerIsNoMember])
async def hand_over_organization(
    context: Context, organization: OrganizationRef, body: NewOwner, version: datetime | None
) -> Organization:
    """Hand over the ownership to a member; you stay as an admin."""
    return await operations.hand_over(context, organization, body, version=version)
