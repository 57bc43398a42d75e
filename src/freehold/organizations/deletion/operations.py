"""Deleting an organization, restoring it while that is possible, and removing it for good."""

from datetime import datetime
from uuid import UUID

from freehold.access import (
    AccountAction,
    Action,
    By,
    Scope,
    Subject,
    no_such_organization,
    on_organization,
    on_user,
    operation,
)
from freehold.audit.recording import record
from freehold.context import Context
from freehold.errors import Missing, Stale
from freehold.organizations.deletion import queries
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.types import Organization
from freehold.paging import LAST_ID, Page, PageRequest, read_page

_SECONDS_A_DAY = 86_400


@on_organization(Action.ORGANIZATION_DELETE, writes=True)
async def delete(scope: Scope, *, version: datetime | None = None) -> DeletedOrganization:
    """Delete an organization: from now on it exists for nobody, but its owner can restore it for a while.

    Its slug stays taken until it is removed for good.

    Raises:
        Stale: ``stale``.
    """
    deleted = await queries.delete(
        scope.db, id=scope.organization_id, version=version, restorable_seconds=_restorable_seconds(scope)
    )
    if deleted is None:
        raise _not_changed(version)
    await record(scope, scope.action, deleted.id, organization_id=deleted.id)
    return deleted


@on_organization(Action.ORGANIZATION_RESTORE, writes=True, deleted=True)
async def restore(scope: Scope) -> Organization:
    """Bring a deleted organization back as it was, with members, projects and invitations.

    Raises:
        Missing: ``not_found``: it was not deleted, it is too late, or the actor could not restore it.
    """
    restored = await queries.restore(scope.db, id=scope.organization_id, restorable_seconds=_restorable_seconds(scope))
    if restored is None:
        raise no_such_organization()
    await record(scope, scope.action, restored.id, organization_id=restored.id)
    return restored


@on_organization(Action.ORGANIZATION_DELETE, writes=True, deleted=True)
async def purge(scope: Scope, *, version: datetime | None = None) -> None:
    """Remove a deleted organization for good, with all that belongs to it, before its time; its slug is free again.

    Raises:
        Missing: ``not_found``: it was not deleted.
        Stale: ``stale``.
    """
    purged = await queries.purge(scope.db, id=scope.organization_id, version=version)
    if purged is None:
        raise _not_changed(version)
    await record(scope, AccountAction.ORGANIZATION_PURGE, purged, organization_id=purged)


@operation(AccountAction.ORGANIZATION_PURGE, by=By.ADMIN, writes=True)
async def purge_next(context: Context) -> UUID | None:
    """Remove for good one organization that can no longer be restored; tells which, or None when there is none left."""
    purged = await queries.purge_next(context.db, restorable_seconds=_restorable_seconds(context))
    if purged is not None:
        await record(context, AccountAction.ORGANIZATION_PURGE, purged, organization_id=purged)
    return purged


@on_user(AccountAction.ORGANIZATION_LIST, private=True)
async def list_of_user(subject: Subject, request: PageRequest) -> Page[DeletedOrganization]:
    """List the deleted organizations that a user can restore, newest first.

    Raises:
        Missing: ``not_found``: there is no such user to see.
        Forbidden: somebody else's.
        Invalid: the cursor is not of this list.
    """
    seconds = _restorable_seconds(subject)

    async def fetch(before_id: UUID, limit: int) -> list[DeletedOrganization]:
        return await queries.page_of_user(
            subject.db, user_id=subject.user_id, before_id=before_id, limit=limit, restorable_seconds=seconds
        )

    return await read_page(
        subject.tools.cursors,
        request,
        listing=f"deleted-organizations:{subject.user_id}",
        start=(LAST_ID,),
        fetch=fetch,
        position=lambda organization: (organization.id,),
        count=lambda: queries.count_of_user(subject.db, user_id=subject.user_id, restorable_seconds=seconds),
    )


@operation(AccountAction.ORGANIZATION_LIST, by=By.ADMIN)
async def list_all(context: Context, request: PageRequest) -> Page[DeletedOrganization]:
    """List all deleted organizations that can be restored, newest first.

    Raises:
        Invalid: the cursor is not of this list.
    """
    seconds = _restorable_seconds(context)

    async def fetch(before_id: UUID, limit: int) -> list[DeletedOrganization]:
        return await queries.page(context.db, before_id=before_id, limit=limit, restorable_seconds=seconds)

    return await read_page(
        context.tools.cursors,
        request,
        listing="deleted-organizations",
        start=(LAST_ID,),
        fetch=fetch,
        position=lambda organization: (organization.id,),
        count=lambda: queries.count_all(context.db, restorable_seconds=seconds),
    )


def _restorable_seconds(context: Context) -> float:
    return context.tools.settings.restore_days * _SECONDS_A_DAY


def _not_changed(version: datetime | None) -> Missing | Stale:
    return no_such_organization() if version is None else Stale()
