"""What can be done with the members of an organization."""

from datetime import datetime
from uuid import UUID

from freehold.access import Action, Scope, Writes, checked_again, no_such_organization, on_organization, standing_of
from freehold.audit.recording import record
from freehold.base.errors import Forbidden, Missing, Stale
from freehold.data.context import Context
from freehold.data.paging import FIRST_ID, FIRST_TIME, Page, PageRequest, read_page
from freehold.organizations.errors import OrganizationGone, OwnerMustStay
from freehold.organizations.members import queries
from freehold.organizations.members.errors import RoleGone
from freehold.organizations.members.types import Member, NewRole
from freehold.organizations.roles.assigning import promised_role, role_to_give


@on_organization(Action.MEMBER_READ)
async def list_all(scope: Scope, request: PageRequest) -> Page[Member]:
    """List the members in order of joining.

    Raises:
        Missing: ``not_found``: there is no such organization to see.
        Invalid: the cursor is not of this list.
    """

    async def fetch(after_joined_at: datetime, after_id: UUID, limit: int) -> list[Member]:
        return await queries.page(
            scope.db,
            organization_id=scope.organization_id,
            after_joined_at=after_joined_at,
            after_id=after_id,
            limit=limit,
        )

    return await read_page(
        scope.context.tools.cursors,
        request,
        listing=f"members:{scope.organization_id}",
        start=(FIRST_TIME, FIRST_ID),
        fetch=fetch,
        position=lambda member: (member.joined_at, member.user.id),
        count=lambda: queries.count_all(scope.db, organization_id=scope.organization_id),
    )


@on_organization(Action.MEMBER_ADD, writes=Writes.TRANSACTION)
async def put(scope: Scope, user_id: UUID, new: NewRole, *, version: datetime | None = None) -> Member:
    """Add a user, or change a member's role; ``version`` is the organization's ``updated_at``.

    Raises:
        NoSuchUser: ``no_such_user``.
        OwnerMustStay: ``owner_must_stay``: the owner's role is the ownership.
        UnknownRole: ``unknown_role``: the organization has no such role.
        Forbidden: the actor may add members and not change them, or lacks actions of the role that is given or of the
            member who is changed.
        Stale: ``stale``.
    """
    scope, owner_id = await _touch(scope, version)
    if user_id == owner_id:
        raise OwnerMustStay("The owner's role cannot be changed: hand the organization over first")
    before = await queries.get(scope.db, organization_id=scope.organization_id, user_id=user_id)
    if before is not None:
        if not scope.may(Action.MEMBER_UPDATE):
            raise Forbidden("This user is already a member, and you are not allowed to change members")
        await _require_no_less(scope, user_id, "change this member")
    role = await role_to_give(scope, new.role)
    where = {"organization_id": scope.organization_id, "user_id": user_id}
    write = queries.insert if before is None else queries.update
    await write(scope.db, **where, role=role.built_in_name, role_id=role.id)
    action = Action.MEMBER_ADD if before is None else Action.MEMBER_UPDATE
    await record(scope.context, action, user_id, organization_id=scope.organization_id, role=new.role)
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
) -> None:
    """Add a user who was invited, which is their right to it; whoever calls this has used up the invitation.

    Args:
        context: of the user, or of nobody while they sign up.
        organization_id: where.
        user_id: whom.
        role_name: what they were promised to be, as it was called then.
        role_id: which role of the organization's own that is; None for a built-in one.
        invitation_id: for the log.

    Raises:
        OrganizationGone: ``organization_gone``.
        AlreadyMember: ``already_member``.
        RoleGone: ``role_gone``: the organization no longer has the role.
    """
    if await queries.touch_organization(context.db, organization_id=organization_id, version=None) is None:
        raise OrganizationGone
    role = await promised_role(context.db, organization_id, role_name, role_id)
    if role is None:
        raise RoleGone(role_name)
    await queries.insert(
        context.db, organization_id=organization_id, user_id=user_id, role=role.built_in_name, role_id=role.id
    )
    await record(
        context,
        Action.MEMBER_ADD,
        user_id,
        organization_id=organization_id,
        actor_id=user_id,
        role=role.name,
        invitation_id=str(invitation_id),
    )


@on_organization(Action.MEMBER_REMOVE, writes=Writes.TRANSACTION)
async def remove(scope: Scope, user_id: UUID, *, version: datetime | None = None) -> None:
    """Remove a member; ``version`` is the organization's ``updated_at``.

    Raises:
        OwnerMustStay: ``owner_must_stay``.
        Missing: ``not_found``: no such member.
        Forbidden: the member has actions that the actor lacks.
        Stale: ``stale``.
    """
    await _remove(scope, user_id, version)


@on_organization(Action.ORGANIZATION_READ, writes=Writes.TRANSACTION)
async def leave(scope: Scope, *, version: datetime | None = None) -> None:
    """Leave an organization, as any member but the owner may.

    Raises:
        OwnerMustStay: ``owner_must_stay``.
        Forbidden: an API key asks that is limited; leaving takes the person, or all that they may do.
        Stale: ``stale``.
    """
    if scope.standing.key is not None and scope.standing.key.is_limited:
        raise Forbidden("A limited API key cannot end a membership")
    if scope.context.actor_id is None:
        raise Missing("The operator is not a member")
    await _remove(scope, scope.context.actor_id, version)


async def _remove(scope: Scope, user_id: UUID, version: datetime | None) -> None:
    scope, owner_id = await _touch(scope, version)
    if user_id == owner_id:
        raise OwnerMustStay
    await _require_no_less(scope, user_id, "remove this member")
    removed = await queries.delete(scope.db, organization_id=scope.organization_id, user_id=user_id)
    if removed is None:
        raise Missing("This user is not a member")
    await record(scope.context, Action.MEMBER_REMOVE, user_id, organization_id=scope.organization_id)


async def _require_no_less(scope: Scope, user_id: UUID, purpose: str) -> None:
    """Let nobody change or remove a member who holds more than they do."""
    scope.require_all((await standing_of(scope, user_id)).granted, purpose)


async def _touch(scope: Scope, version: datetime | None) -> tuple[Scope, UUID]:
    """Give the organization a new version; changes of its members wait for each other from here on."""
    owner_id = await queries.touch_organization(scope.db, organization_id=scope.organization_id, version=version)
    if owner_id is None:
        raise no_such_organization() if version is None else Stale()
    return await checked_again(scope), owner_id
