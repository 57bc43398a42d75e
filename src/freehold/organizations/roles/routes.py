"""Roles over HTTP, and the question of who may do what."""

from datetime import datetime

from freehold.access import NoSuchAction, OrganizationRef, UnknownAction
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.organizations.roles import operations
from freehold.organizations.roles.errors import BuiltInRole, NoSuchRole, RoleInUse, RoleTaken, TooManyRoles
from freehold.organizations.roles.types import (
    Access,
    AccessQuestion,
    NewCustomRole,
    RoleEntry,
    RolePatch,
    RoleRef,
)
from freehold.web.routing import Routes

routes = Routes("roles", "Built-in and custom roles, which decide what members can do.")


@routes.post(
    "/v1/organizations/{organization}/roles",
    status=201,
    errors=[Missing, Forbidden, UnknownAction, RoleTaken, TooManyRoles],
)
async def create_role(context: Context, organization: OrganizationRef, body: NewCustomRole) -> RoleEntry:
    """Create a custom role.

    You can only include actions that you have. Every role includes `organization.read`.
    """
    return await operations.create(context, organization, body)


@routes.get("/v1/organizations/{organization}/roles", errors=[Missing, Forbidden])
async def list_roles(context: Context, organization: OrganizationRef, query: PageRequest) -> Page[RoleEntry]:
    """List the roles of an organization: built-in roles first, then custom roles by name."""
    return await operations.list_all(context, organization, query)


@routes.get("/v1/organizations/{organization}/roles/{role}", errors=[Missing, NoSuchRole, Forbidden])
async def get_role(context: Context, organization: OrganizationRef, role: RoleRef) -> RoleEntry:
    """Read a role by name or id."""
    return await operations.get(context, organization, role)


@routes.patch(
    "/v1/organizations/{organization}/roles/{role}",
    errors=[Missing, NoSuchRole, Forbidden, UnknownAction, BuiltInRole, RoleTaken],
)
async def update_role(
    context: Context, organization: OrganizationRef, role: RoleRef, body: RolePatch, version: datetime | None
) -> RoleEntry:
    """Update a role, by name or id, for everybody who has it.

    This is a merge patch (RFC 7396): fields that you leave out stay the same. Actions are replaced as a whole.
    """
    return await operations.update(context, organization, role, body, version=version)


@routes.delete(
    "/v1/organizations/{organization}/roles/{role}", errors=[Missing, NoSuchRole, Forbidden, BuiltInRole, RoleInUse]
)
async def delete_role(context: Context, organization: OrganizationRef, role: RoleRef, version: datetime | None) -> None:
    """Delete a role, by name or id, that no member has."""
    await operations.delete(context, organization, role, version=version)


@routes.get("/v1/organizations/{organization}/access", errors=[Missing, NoSuchAction, Forbidden])
async def explain_access(context: Context, organization: OrganizationRef, query: AccessQuestion) -> Access:
    """Ask whether somebody can do an action, and why.

    You can ask about yourself, or (with `member.read`) about anybody.
    """
    return await operations.explain(context, organization, query)
