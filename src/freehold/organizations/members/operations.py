"""What can be done with the members of an organization."""

from datetime import datetime
from uuid import UUID

from freehold.access import Action, Scope, no_such_organization, on_organization
from freehold.audit.operations import record
from freehold.errors import Forbidden, Missing, Stale
from freehold.organizations.errors import OwnerMustStay
from freehold.organizations.members import queries
from freehold.organizations.members.types import Member, NewRole
from freehold.paging import FIRST_ID, FIRST_TIME, Page, PageRequest, read_page


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
        scope.tools.cursors,
        request,
        listing=f"members:{scope.organization_id}",
        start=(FIRST_TIME, FIRST_ID),
        fetch=fetch,
        position=lambda member: (member.joined_at, member.user.id),
        count=lambda: queries.count_all(scope.db, organization_id=scope.organization_id),
    )


@on_organization(Action.MEMBER_ADD, writes=True)
async def put(scope: Scope, user_id: UUID, new: NewRole, *, version: datetime | None = None) -> Member:
    """Add a user, or change a member's role; ``version`` is the organization's ``updated_at``.

    Raises:
        NoSuchUser: ``no_such_user``.
        OwnerMustStay: ``owner_must_stay``: the owner's role is the ownership.
        Forbidden: the actor may add members and not change them.
        Stale: ``stale``.
    """
    owner_id = await _touch(scope, version)
    before = await queries.get(scope.db, organization_id=scope.organization_id, user_id=user_id)
    where = {"organization_id": scope.organization_id, "user_id": user_id}
    if before is None:
        await queries.insert(scope.db, **where, role=new.role)
    elif user_id == owner_id:
        raise OwnerMustStay("The owner's role cannot be changed: hand the organization over first")
    elif not scope.may(Action.MEMBER_UPDATE):
        raise Forbidden("This user is a member already, and you may not change members")
    else:
        await queries.update(scope.db, **where, role=new.role)
    action = Action.MEMBER_ADD if before is None else Action.MEMBER_UPDATE
    await record(scope, action, user_id, organization_id=scope.organization_id, role=new.role)
    member = await queries.get(scope.db, **where)
    if member is None:
        raise AssertionError("the member was written in this transaction")
    return member


@on_organization(Action.MEMBER_REMOVE, writes=True)
async def remove(scope: Scope, user_id: UUID, *, version: datetime | None = None) -> None:
    """Remove a member; ``version`` is the organization's ``updated_at``.

    Raises:
        OwnerMustStay: ``owner_must_stay``.
        Missing: ``not_found``: no such member.
        Stale: ``stale``.
    """
    await _remove(scope, user_id, version)


@on_organization(Action.ORGANIZATION_READ, writes=True)
async def leave(scope: Scope, *, version: datetime | None = None) -> None:
    """Leave an organization, as any member but the owner may.

    Raises:
        OwnerMustStay: ``owner_must_stay``.
        Stale: ``stale``.
    """
    if scope.actor_id is None:
        raise Missing("The operator is no member")
    await _remove(scope, scope.actor_id, version)


async def _remove(scope: Scope, user_id: UUID, version: datetime | None) -> None:
    if await _touch(scope, version) == user_id:
        raise OwnerMustStay
    removed = await queries.delete(scope.db, organization_id=scope.organization_id, user_id=user_id)
    if removed is None:
        raise Missing("There is no such member")
    await record(scope, Action.MEMBER_REMOVE, user_id, organization_id=scope.organization_id)


async def _touch(scope: Scope, version: datetime | None) -> UUID:
    """Give the organization a new version, which also makes changes of its members wait for each other."""
    owner_id = await queries.touch_organization(scope.db, organization_id=scope.organization_id, version=version)
    if owner_id is None:
        raise no_such_organization() if version is None else Stale()
    return owner_id
