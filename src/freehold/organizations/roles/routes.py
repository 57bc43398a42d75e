"""Roles over HTTP, and the question of who may do what."""

from datetime import datetime

from freehold.access import OrganizationRef
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.organizations.roles import operations
from freehold.organizations.roles.errors import BuiltInRole, NoSuchRole, RoleInUse, RoleTaken, TooManyRoles
from freehold.organizations.roles.types import (
    Access,
    AccessQuestion,
    CustomRole,
    NewCustomRole,
    RoleEntry,
    RolePatch,
    RoleRef,
)
from freehold.web.routing import Routes

routes = Routes("roles", "What members may do: built-in roles, and those that an organization makes.")


@routes.post("/v1/organizations/{organization}/roles", status=201, errors=[Missing, Forbidden, RoleTaken, TooManyRoles])
async def create_role(context: Context, organization: OrganizationRef, body: NewCustomRole) -> CustomRole:
    """Make a role.

    Of actions that you hold yourself; it always includes `organization.read`.
    """
    return await operations.create(context, organization, body)


@routes.get("/v1/organizations/{organization}/roles", errors=[Missing, Forbidden])
async def list_roles(context: Context, organization: OrganizationRef, query: PageRequest) -> Page[RoleEntry]:
    """List the roles: the built-in ones, then the organization's own by name."""
    return await operations.list_all(context, organization, query)


@routes.get("/v1/organizations/{organization}/roles/{role}", errors=[Missing, NoSuchRole, Forbidden])
async def get_role(context: Context, organization: OrganizationRef, role: RoleRef) -> CustomRole | RoleEntry:
    """Read a role, by name or id."""
    return await operations.get(context, organization, role)


@routes.patch(
    "/v1/organizations/{organization}/roles/{role}", errors=[Missing, NoSuchRole, Forbidden, BuiltInRole, RoleTaken]
)
async def update_role(
    context: Context, organization: OrganizationRef, role: RoleRef, body: RolePatch, version: datetime | None
) -> CustomRole:
    """Change a role, by name or id, for everybody who has it.

    A merge patch (RFC 7396): what is absent stays; actions are replaced as a whole.
    """
    return await operations.update(context, organization, role, body, version=version)


@routes.delete(
    "/v1/organizations/{organization}/roles/{role}", errors=[Missing, NoSuchRole, Forbidden, BuiltInRole, RoleInUse]
)
async def delete_role(context: Context, organization: OrganizationRef, role: RoleRef, version: datetime | None) -> None:
    """Remove a role, by name or id, that no member has."""
    await operations.delete(context, organization, role, version=version)


@routes.get("/v1/organizations/{organization}/access", errors=[Missing, Forbidden])
async def explain_access(context: Context, organization: OrganizationRef, query: AccessQuestion) -> Access:
    """Ask whether somebody may do something, and through what.

    About yourself, or, when you may read the members, about anybody.
    """
    return await operations.explain(context, organization, query)
