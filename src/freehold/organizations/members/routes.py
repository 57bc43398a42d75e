"""Members over HTTP."""

from datetime import datetime
from uuid import UUID

from freehold.access import OrganizationRef, UserRef
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.organizations.errors import OwnerMustStay
from freehold.organizations.members import operations
from freehold.organizations.members.errors import NoSuchUser
from freehold.organizations.members.types import LeftBehind, Member, NewRole
from freehold.web.routing import Routes

routes = Routes("members", "Who belongs to an organization, and as what.")


@routes.get("/v1/organizations/{organization}/members", errors=[Missing])
async def list_members(context: Context, organization: OrganizationRef, query: PageRequest) -> Page[Member]:
    """List the members in order of joining."""
    return await operations.list_all(context, organization, query)


@routes.put("/v1/organizations/{organization}/members/{user}", errors=[Missing, Forbidden, OwnerMustStay, NoSuchUser])
async def put_member(
    context: Context, organization: OrganizationRef, user: UUID, body: NewRole, version: datetime | None
) -> Member:
    """Add a member, or change the role of one.

    If-Match names the version of the organization, which a change of its members changes.
    """
    return await operations.put(context, organization, user, body, version=version)


@routes.delete("/v1/organizations/{organization}/members/{user}", errors=[Missing, Forbidden, OwnerMustStay])
async def delete_member(
    context: Context, organization: OrganizationRef, user: UserRef, version: datetime | None
) -> LeftBehind | None:
    """Remove a member; `me` or your own id is to leave.

    The answer names what they leave behind that you may read: the organization's keys that they have made, which go on,
    and the open invitations that they have sent, which do not work any more. It is 204 when there is nothing.

    If-Match names the version of the organization, which a change of its members changes.
    """
    if user == "me" or user == context.actor_id:  # noqa: PLR1714 - narrows the type
        return await operations.leave(context, organization, version=version)
    return await operations.remove(context, organization, user, version=version)
