"""What can be done with the members of an organization."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import asdict

from freehold.access import (
    Action,
    Scope,
    UserRef,
    Writes,
    checked_again,
    is_fellow,
    no_such_organization,
    on_organization,
    own_actions,
    standing_of,
)
from freehold.audit.recording import record
from freehold.base.errors import Forbidden, Missing, Stale
from freehold.data.context import Context
from freehold.data.paging import FIRST_ID, FIRST_TIME, LAST_ID, LAST_TIME, Page, PageRequest, read_page
from freehold.mail.news import tell
from freehold.organizations.errors import OrganizationGone, OwnerMustStay
from freehold.organizations.members import queries
from freehold.organizations.members.errors import InvitationNeeded, NoSuchUser, RoleGone
from freehold.organizations.members.leaving import as_seen, ids_of, left_behind, use_up_invitations
from freehold.organizations.members.types import LeftBehind, Member, MembersPageRequest, NewRole
from freehold.organizations.roles.assigning import AssignableRole, promised_role, role_to_give


@on_organization(Action.MEMBER_READ)
async def list_all(scope: Scope, request: PageRequest) -> Page[Member]:
    """List the members of an organization, in the order in which they joined, or as a ``MembersPageRequest`` says.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        InvalidCursor: the cursor belongs to another list.
    """
    wanted = request if isinstance(request, MembersPageRequest) else MembersPageRequest(**asdict(request))
    filters: dict[str, Any] = {"organization_id": scope.organization_id, "q": wanted.q, "role": wanted.role}
    is_newest = wanted.sort == "newest"
    page = queries.page_newest if is_newest else queries.page

    async def fetch(joined_at: datetime, user_id: UUID, limit: int) -> list[Member]:
        return await page(scope.db, **filters, joined_at=joined_at, user_id=user_id, limit=limit)

    async def count() -> int:
        if wanted.q is None and wanted.role is None:
            return await queries.count_all(scope.db, organization_id=scope.organization_id)
        return await queries.count_found(scope.db, **filters)

    return await read_page(
        scope.context.tools.cursors,
        wanted,
        listing=f"members:{filters}:{is_newest}",
        start=(LAST_TIME, LAST_ID) if is_newest else (FIRST_TIME, FIRST_ID),
        fetch=fetch,
        position=lambda member: (member.joined_at, member.user.id),
        count=count,
    )


@on_organization(Action.MEMBER_READ)
async def get(scope: Scope, user: UserRef) -> Member:
    """Read a member of an organization.

    Raises:
        Missing: ``not_found``: the organization does not exist, the actor cannot see it, or the user is not a member.
    """
    user_id = scope.context.actor_id if user == "me" else user
    member = user_id and await queries.get(scope.db, organization_id=scope.organization_id, user_id=user_id)
    if not member:
        raise Missing("This user is not a member")
    return member


@on_organization(Action.MEMBER_ADD, writes=Writes.TRANSACTION)
async def put(scope: Scope, user_id: UUID, new: NewRole, *, version: datetime | None = None) -> Member:
    """Add a member, or change the role of one. ``version`` is the ``updated_at`` of the organization.

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
    scope, owner_id = await _touch(scope, version)
    if user_id == owner_id:
        raise OwnerMustStay("The owner's role cannot be changed: hand the organization over first")
    before = await queries.get(scope.db, organization_id=scope.organization_id, user_id=user_id)
    if before is None:
        await _require_consent(scope.context, user_id)
    else:
        if not scope.may(Action.MEMBER_UPDATE):
            raise Forbidden("This user is already a member, and you are not allowed to change members")
        await _require_no_less(scope, user_id, "change this member")
    role = await role_to_give(scope, new.role)
    where = {"organization_id": scope.organization_id, "user_id": user_id}
    write = queries.insert if before is None else queries.update
    await write(scope.db, **where, role=role.built_in_name, role_id=role.id)
    used = await use_up_invitations(scope.context, [scope.organization_id], user_id)
    action = Action.MEMBER_ADD if before is None else Action.MEMBER_UPDATE
    await record(scope.context, action, user_id, organization_id=scope.organization_id, role=new.role, **used)
    member = await queries.get(scope.db, **where)
    if member is None:
        raise AssertionError("the member was written in this transaction")
    return member


async def join(
    context: Context,
    organization_id: UUID,
    user_id: UUID,
    *,
    role_name: str,
    role_id: UUID | None,
    invitation_id: UUID,
    vouched: Callable[[AssignableRole], Awaitable[None]],
) -> None:
    """Add a user who was invited, which is their right to it; whoever calls this has used up the invitation.

    Args:
        context: of the user, or of nobody while they sign up.
        organization_id: where.
        user_id: whom.
        role_name: what they were promised to be, as it was called then.
        role_id: which role of the organization's own that is; None for a built-in one.
        invitation_id: for the log.
        vouched: raises when nobody stands for the role any more; called once nobody else changes who may do what.

    Raises:
        OrganizationGone: ``organization_gone``.
        AlreadyMember: ``already_member``.
        RoleGone: ``role_gone``: the role no longer exists.
    """
    if await queries.touch_organization(context.db, organization_id=organization_id, version=None) is None:
        raise OrganizationGone
    role = await promised_role(context.db, organization_id, role_name, role_id, await own_actions(context))
    if role is None:
        raise RoleGone(role_name)
    await vouched(role)
    await queries.insert(
        context.db, organization_id=organization_id, user_id=user_id, role=role.built_in_name, role_id=role.id
    )
    used = await use_up_invitations(context, [organization_id], user_id)
    await record(
        context,
        Action.MEMBER_ADD,
        user_id,
        organization_id=organization_id,
        actor_id=user_id,
        role=role.name,
        invitation_id=str(invitation_id),
        **used,
    )


@on_organization(Action.MEMBER_REMOVE, writes=Writes.TRANSACTION)
async def remove(scope: Scope, user_id: UUID, *, version: datetime | None = None) -> LeftBehind | None:
    """Remove a member. ``version`` is the ``updated_at`` of the organization. They get a mail.

    Returns:
        What they leave behind, as far as the actor may read it; None for nothing.

    Raises:
        OwnerMustStay: ``owner_must_stay``.
        Missing: ``not_found``: the user is not a member.
        Forbidden: the member has actions that the actor lacks.
        Stale: ``stale``.
    """
    return await _remove(scope, user_id, version)


@on_organization(Action.ORGANIZATION_READ, writes=Writes.TRANSACTION)
async def leave(scope: Scope, *, version: datetime | None = None) -> LeftBehind | None:
    """Leave an organization. The owner must hand it over first.

    Returns:
        What the actor leaves behind, as far as they might read it; None for nothing.

    Raises:
        OwnerMustStay: ``owner_must_stay``.
        Forbidden: the actor is a limited API key.
        Stale: ``stale``.
    """
    if scope.standing.key is not None and scope.standing.key.is_limited:
        raise Forbidden("A limited API key cannot end a membership")
    if scope.context.actor_id is None:
        raise Missing("The operator is not a member")
    return await _remove(scope, scope.context.actor_id, version)


async def _remove(scope: Scope, user_id: UUID, version: datetime | None) -> LeftBehind | None:
    scope, owner_id = await _touch(scope, version)
    if user_id == owner_id:
        raise OwnerMustStay
    await _require_no_less(scope, user_id, "remove this member")
    key = {"organization_id": scope.organization_id, "user_id": user_id}
    removed = await queries.delete(scope.db.deleting("organization_members", **key), **key)
    if removed is None:
        raise Missing("This user is not a member")
    where = [scope.organization_id]
    used = await use_up_invitations(scope.context, where, user_id)
    left = (await left_behind(scope.context, where, user_id))[scope.organization_id]
    if user_id != scope.context.actor_id:
        name = await queries.name_of(scope.db, organization_id=scope.organization_id)
        await tell(scope.context, user_id, "member_removed", organization=name or "")
    await record(
        scope.context, Action.MEMBER_REMOVE, user_id, organization_id=scope.organization_id, **used, **ids_of(left)
    )
    return as_seen(scope, left)


async def _require_consent(context: Context, user_id: UUID) -> None:
    """Let nobody be added who has nothing to do with the actor; whether they exist makes no difference.

    Raises:
        NoSuchUser: ``no_such_user``.
        InvitationNeeded: ``invitation_needed``.
    """
    who = context.tools.settings.direct_adding
    if context.is_admin or who == "anyone":
        return
    if who == "nobody":
        raise InvitationNeeded
    if not await is_fellow(context, user_id):
        raise NoSuchUser(
            "No user with this id shares an organization with you: invite them by e-mail instead "
            "(POST /v1/organizations/ORGANIZATION/invitations)"
        )


async def _require_no_less(scope: Scope, user_id: UUID, purpose: str) -> None:
    """Let nobody change or remove a member who holds more than they do."""
    scope.require_all((await standing_of(scope, user_id)).granted, purpose)


async def _touch(scope: Scope, version: datetime | None) -> tuple[Scope, UUID]:
    """Give the organization a new version; changes of its members wait for each other from here on."""
    owner_id = await queries.touch_organization(scope.db, organization_id=scope.organization_id, version=version)
    if owner_id is None:
        raise no_such_organization() if version is None else Stale()
    return await checked_again(scope), owner_id
