"""Operations on organizations, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from datetime import datetime
from typing import Literal
from uuid import UUID

from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.roles.types import Access, AccessQuestion
from freehold.organizations.types import NewOrganization, NewOwner, Organization, OrganizationPatch, SlugCheck


def organizations_create(new: NewOrganization) -> Request[Organization]:
    """Create an organization that the actor owns, or (for platform administrators) the user ``owner_id``.

    ``POST /v1/organizations``.

    Raises:
        SlugTaken: ``slug_taken``: only if you give a slug.
        Forbidden: ``owner_id`` is somebody else, and the actor is not a platform administrator.
    """
    return Request("POST", "/v1/organizations", (Organization,), body=new)


def organizations_check_slug(slug: str) -> Request[SlugCheck]:
    """Say whether an organization could have a slug, before you create or rename one: somebody else may be faster.

    ``GET /v1/slugs/{slug}``.

    Args:
        slug: of any text.
    """
    return Request("GET", f"/v1/slugs/{part(slug)}", (SlugCheck,))


def organizations_get(organization: UUID | str, /) -> Request[Organization]:
    """Read an organization.

    ``GET /v1/organizations/{organization}``.

    Raises:
        Missing: ``not_found``.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}", (Organization,))


def organizations_list(request: PageRequest) -> Request[Page[Organization]]:
    """List all organizations, newest first; with a ``q``, in the order of what begins with it.

    ``GET /v1/organizations``.

    Raises:
        InvalidCursor: the cursor belongs to another list.
        Refused: ``q`` and ``sort`` are both given, or a ``feature``.
    """
    return Request("GET", "/v1/organizations", (Page[Organization],), query=request, fixed={"all": "true"})


def organizations_list_of_user(user: UUID | Literal["me"], /, request: PageRequest) -> Request[Page[Organization]]:
    """List the organizations of a user that the actor can see, newest first unless it is a request that says otherwise.

    ``GET /v1/users/{user}/organizations``.

    Raises:
        Missing: ``not_found``: the user does not exist, or the actor cannot see them.
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/users/{part(user)}/organizations", (Page[Organization],), query=request)


def organizations_update(
    organization: UUID | str, /, patch: OrganizationPatch, *, version: datetime | None = None
) -> Request[Organization]:
    """Update an organization. ``version`` is the ``updated_at`` that you read.

    ``PATCH /v1/organizations/{organization}``.

    A slug that it had leads on to the new one for 90 days. Nobody else gets it in that time; the organization can take
    it back. Up to 10 old slugs are kept for it. Metadata is merged into what the organization keeps (RFC 7396).

    Raises:
        SlugTaken: ``slug_taken``.
        TooManyOldSlugs: ``too_many_old_slugs``: 10 old slugs are kept for it, and this is none of them.
        Stale: ``stale``.
        Invalid: with what it keeps already, the metadata is too large.
    """
    return Request("PATCH", f"/v1/organizations/{part(organization)}", (Organization,), body=patch, version=version)


def organizations_hand_over(
    organization: UUID | str, /, new: NewOwner, *, version: datetime | None = None
) -> Request[Organization]:
    """Make a member the owner without an offer: a platform administrator themselves, the operator any member.

    ``PUT /v1/organizations/{organization}/owner``.

    The previous owner becomes an admin. A member whom the operator made owner can delete their account all the same:
    the organization then goes to somebody else in it.

    Raises:
        ConsentNeeded: ``consent_needed``: offer it instead.
        NewOwnerIsNoMember: ``new_owner_is_no_member``.
        Stale: ``stale``.
    """
    return Request("PUT", f"/v1/organizations/{part(organization)}/owner", (Organization,), body=new, version=version)


def organizations_delete(organization: UUID | str, /, *, version: datetime | None = None) -> Request[None]:
    """Delete an organization. It is gone for everybody, but its owner can restore it for some time.

    ``DELETE /v1/organizations/{organization}``.

    Its slug stays taken until the organization is removed for good.

    Raises:
        Stale: ``stale``.
    """
    return Request("DELETE", f"/v1/organizations/{part(organization)}", (type(None),), version=version)


def organizations_restore(organization: UUID | str, /) -> Request[Organization]:
    """Restore a deleted organization with its members, projects and invitations.

    ``POST /v1/organizations/{organization}/restore``.

    Raises:
        Missing: ``not_found``: it was not deleted, it is too late, or the actor is not allowed to restore it.
    """
    return Request("POST", f"/v1/organizations/{part(organization)}/restore", (Organization,))


def organizations_purge(organization: UUID | str, /, *, version: datetime | None = None) -> Request[None]:
    """Remove a deleted organization and everything in it for good, without waiting. Frees its slug.

    ``DELETE /v1/organizations/{organization}``.

    Raises:
        Missing: ``not_found``: it was not deleted.
        Stale: ``stale``.
        StillReferenced: ``still_referenced``: rows of your own tables refer to it. Names the tables, and how many.
    """
    return Request(
        "DELETE",
        f"/v1/organizations/{part(organization)}",
        (type(None),),
        fixed={"permanently": "true"},
        version=version,
    )


def organizations_list_deleted(request: PageRequest) -> Request[Page[DeletedOrganization]]:
    """List all deleted organizations that can be restored, newest first.

    ``GET /v1/deleted-organizations``.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    return Request(
        "GET", "/v1/deleted-organizations", (Page[DeletedOrganization],), query=request, fixed={"all": "true"}
    )


def organizations_list_deleted_of_user(
    user: Literal["me"], /, request: PageRequest
) -> Request[Page[DeletedOrganization]]:
    """List the deleted organizations that a user can restore, newest first.

    ``GET /v1/deleted-organizations``.

    Raises:
        Missing: ``not_found``: the user does not exist, or the actor cannot see them.
        Forbidden: somebody else's, or an API key asks that does not include organization.restore.
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", "/v1/deleted-organizations", (Page[DeletedOrganization],), query=request)


def organizations_explain_access(organization: UUID | str, /, question: AccessQuestion) -> Request[Access]:
    """Show whether a user can do an action in the organization, and why, by the same decision as every operation.

    ``GET /v1/organizations/{organization}/access``.

    Everybody can ask about themselves. To ask about others, the actor needs ``member.read``. The answer covers what the
    membership allows. Only platform administrators see who else is a platform administrator.

    Raises:
        Missing: ``not_found``: the actor cannot see this organization.
        NoSuchAction: ``no_such_action``.
        Forbidden: the actor asks about somebody else without ``member.read``.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/access", (Access,), query=question)
