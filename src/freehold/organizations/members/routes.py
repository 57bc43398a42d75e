"""Members over HTTP."""

from datetime import datetime
from uuid import UUID

from freehold.access import OrganizationRef, UserRef
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.data.paging import Page
from freehold.organizations.errors import OwnerMustStay
from freehold.organizations.members import operations
from freehold.organizations.members.errors import InvitationNeeded, NoSuchUser
from freehold.organizations.members.types import LeftBehind, Member, MembersPageRequest, NewRole
from freehold.organizations.roles.errors import UnknownRole
from freehold.web.routing import Routes

routes = Routes("members", "Members of an organization and their roles.")


@routes.get("/v1/organizations/{organization}/members", errors=[Missing])
async def list_members(context: Context, organization: OrganizationRef, query: MembersPageRequest) -> Page[Member]:
    """List the members of an organization, in the order in which they joined, or as `sort` says.

    `q` is the beginning of a username, a first name (perhaps with the last name) or a last name.
    """
    return await operations.list_all(context, organization, query)


@routes.get("/v1/organizations/{organization}/members/{user}", errors=[Missing, Forbidden])
async def get_member(context: Context, organization: OrganizationRef, user: UserRef) -> Member:
    """Read a member of an organization. Use `me` for yourself."""
    return await operations.get(context, organization, user)


@routes.put(
    "/v1/organizations/{organization}/members/{user}",
    errors=[Missing, Forbidden, OwnerMustStay, NoSuchUser, InvitationNeeded, UnknownRole],
)
async def put_member(
    context: Context, organization: OrganizationRef, user: UUID, body: NewRole, version: datetime | None
) -> Member:
    """Add a member, or change the role of one.

    You can add people who share another organization with you. Invite everybody else: the answer does not tell whether
    an id that you share nothing with exists. Platform administrators can add anyone.

    `If-Match` takes the version of the organization, which changes with its members.
    """
    return await operations.put(context, organization, user, body, version=version)


@routes.delete("/v1/organizations/{organization}/members/{user}", errors=[Missing, Forbidden, OwnerMustStay])
async def delete_member(
    context: Context, organization: OrganizationRef, user: UserRef, version: datetime | None
) -> LeftBehind | None:
    """Remove a member. Use `me` or your own id to leave.

    The answer names what they leave behind that you may read: the organization's keys that they have made, which go on,
    and the open invitations that they have sent, which do not work any more. It is 204 when there is nothing.

    `If-Match` takes the version of the organization, which changes with its members.
    """
    if user == "me" or user == context.actor_id:  # noqa: PLR1714 - narrows the type
        return await operations.leave(context, organization, version=version)
    return await operations.remove(context, organization, user, version=version)
