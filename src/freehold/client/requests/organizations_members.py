"""Operations on the members of an organization, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from datetime import datetime
from typing import Literal
from uuid import UUID

from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest
from freehold.organizations.members.types import LeftBehind, Member, NewRole


def members_list(organization: UUID | str, /, request: PageRequest) -> Request[Page[Member]]:
    """List the members of an organization, in the order in which they joined, or as a ``MembersPageRequest`` says.

    ``GET /v1/organizations/{organization}/members``.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/members", (Page[Member],), query=request)


def members_get(organization: UUID | str, /, user: UUID | Literal["me"]) -> Request[Member]:
    """Read a member of an organization.

    ``GET /v1/organizations/{organization}/members/{user}``.

    Raises:
        Missing: ``not_found``: the organization does not exist, the actor cannot see it, or the user is not a member.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/members/{part(user)}", (Member,))


def members_put(
    organization: UUID | str, /, user_id: UUID, new: NewRole, *, version: datetime | None = None
) -> Request[Member]:
    """Add a member, or change the role of one. ``version`` is the ``updated_at`` of the organization.

    ``PUT /v1/organizations/{organization}/members/{user}``.

    You can add people who share another organization with you (setting ``direct_adding``). Invite everybody else.
    Platform administrators can add anyone.

    Raises:
        NoSuchUser: ``no_such_user``: no user has this id, or the actor shares no organization with them.
        InvitationNeeded: ``invitation_needed``: nobody is added without an invitation here.
        OwnerMustStay: ``owner_must_stay``: the role of the owner cannot be changed.
        UnknownRole: ``unknown_role``: the role does not exist.
        Forbidden: the actor can add members but not change them, or lacks actions of the role or of the member.
        Stale: ``stale``.
    """
    return Request(
        "PUT", f"/v1/organizations/{part(organization)}/members/{part(user_id)}", (Member,), body=new, version=version
    )


def members_remove(
    organization: UUID | str, /, user_id: UUID, *, version: datetime | None = None
) -> Request[LeftBehind | None]:
    """Remove a member. ``version`` is the ``updated_at`` of the organization. They get a mail.

    ``DELETE /v1/organizations/{organization}/members/{user}``.

    Returns:
        What they leave behind, as far as the actor may read it; None for nothing.

    Raises:
        OwnerMustStay: ``owner_must_stay``.
        Missing: ``not_found``: the user is not a member.
        Forbidden: the member has actions that the actor lacks.
        Stale: ``stale``.
    """
    return Request(
        "DELETE",
        f"/v1/organizations/{part(organization)}/members/{part(user_id)}",
        (
            LeftBehind,
            type(None),
        ),
        version=version,
    )


def members_leave(organization: UUID | str, /, *, version: datetime | None = None) -> Request[LeftBehind | None]:
    """Leave an organization. The owner must hand it over first.

    ``DELETE /v1/organizations/{organization}/members/{user}``.

    Returns:
        What the actor leaves behind, as far as they might read it; None for nothing.

    Raises:
        OwnerMustStay: ``owner_must_stay``.
        Forbidden: the actor is a limited API key.
        Stale: ``stale``.
    """
    return Request(
        "DELETE",
        f"/v1/organizations/{part(organization)}/members/me",
        (
            LeftBehind,
            type(None),
        ),
        version=version,
    )
