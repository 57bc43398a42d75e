"""Deleting an organization, restoring it while that is possible, and removing it for good."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from freehold.access import (
    AccountAction,
    Action,
    By,
    Scope,
    Subject,
    Writes,
    no_such_organization,
    on_organization,
    on_user,
    operation,
)
from freehold.audit.recording import record
from freehold.base.errors import Missing, Stale
from freehold.data.context import Context
from freehold.data.paging import FIRST_ID, Page, PageRequest, page_by_id
from freehold.organizations.deletion import queries
from freehold.organizations.deletion.purging import purge_locked
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.seeing import kept_as_seen
from freehold.organizations.types import Organization

_SECONDS_A_DAY = 86_400
_MOST_CHARACTERS = 500


@on_organization(Action.ORGANIZATION_DELETE, writes=Writes.TRANSACTION)
async def delete(scope: Scope, *, version: datetime | None = None) -> DeletedOrganization:
    """Delete an organization. It is gone for everybody, but its owner can restore it for some time.

    Its slug stays taken until the organization is removed for good.

    Raises:
        Stale: ``stale``.
    """
    deleted = await queries.delete(
        scope.db, id=scope.organization_id, version=version, restorable_seconds=_restorable_seconds(scope.context)
    )
    if deleted is None:
        raise _not_changed(version)
    await record(scope.context, scope.action, deleted.id, organization_id=deleted.id)
    return deleted


@on_organization(Action.ORGANIZATION_RESTORE, writes=Writes.TRANSACTION, deleted=True)
async def restore(scope: Scope) -> Organization:
    """Restore a deleted organization with its members, projects and invitations.

    Raises:
        Missing: ``not_found``: it was not deleted, it is too late, or the actor is not allowed to restore it.
    """
    restored = await queries.restore(
        scope.db, id=scope.organization_id, restorable_seconds=_restorable_seconds(scope.context)
    )
    if restored is None:
        raise no_such_organization()
    await queries.forget_failure(scope.db, organization_id=scope.organization_id)
    await record(scope.context, scope.action, scope.organization_id, organization_id=scope.organization_id)
    return kept_as_seen(scope, restored)


@on_organization(Action.ORGANIZATION_DELETE, writes=Writes.TRANSACTION, deleted=True)
async def purge(scope: Scope, *, version: datetime | None = None) -> None:
    """Remove a deleted organization and everything in it for good, without waiting. Frees its slug.

    Raises:
        Missing: ``not_found``: it was not deleted.
        Stale: ``stale``.
        StillReferenced: ``still_referenced``: rows of your own tables refer to it. Names the tables, and how many.
    """
    if await queries.lock_deleted(scope.db, id=scope.organization_id, version=version) is None:
        raise _not_changed(version)
    await purge_locked(scope.context, [scope.organization_id])


@operation(AccountAction.ORGANIZATION_PURGE, by=By.ADMIN)
async def next_overdue(context: Context, after_id: UUID = FIRST_ID) -> UUID | None:
    """Find the next organization that can no longer be restored, after another; None when there is none left."""
    return await queries.next_overdue(context.db, restorable_seconds=_restorable_seconds(context), after_id=after_id)


@operation(AccountAction.ORGANIZATION_PURGE, by=By.ADMIN, writes=Writes.TRANSACTION)
async def purge_overdue(context: Context, organization_id: UUID) -> None:
    """Remove an organization for good that can no longer be restored, unless another process is doing that.

    Raises:
        StillReferenced: ``still_referenced``: rows of your own tables refer to it.
    """
    seconds = _restorable_seconds(context)
    if await queries.lock_overdue(context.db, id=organization_id, restorable_seconds=seconds) is not None:
        await purge_locked(context, [organization_id])


@operation(AccountAction.ORGANIZATION_PURGE, by=By.ADMIN, writes=Writes.ONE_STATEMENT)
async def note_failure(context: Context, organization_id: UUID, reason: str) -> None:
    """Remember that an organization could not be removed, and why."""
    await queries.note_failure(context.db, organization_id=organization_id, reason=reason[:_MOST_CHARACTERS])


@on_user(AccountAction.ORGANIZATION_LIST, private=True, looks_up=True)
async def list_of_user(subject: Subject, request: PageRequest) -> Page[DeletedOrganization]:
    """List the deleted organizations that a user can restore, newest first.

    Raises:
        Missing: ``not_found``: the user does not exist, or the actor cannot see them.
        Forbidden: somebody else's, or an API key asks that does not include organization.restore.
        InvalidCursor: the cursor belongs to another list.
    """
    subject.require_by_key(Action.ORGANIZATION_RESTORE)
    keys: dict[str, Any] = {
        "user_id": subject.user_id,
        "restorable_seconds": _restorable_seconds(subject.context),
    }
    return await page_by_id(
        subject.context.tools.cursors,
        request,
        listing=f"deleted-organizations:{subject.user_id}",
        page=partial(queries.page_of_user, subject.db, **keys),
        count=partial(queries.count_of_user, subject.db, **keys),
    )


@operation(AccountAction.ORGANIZATION_LIST, by=By.ADMIN)
async def list_all(context: Context, request: PageRequest) -> Page[DeletedOrganization]:
    """List all deleted organizations that can be restored, newest first.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    seconds = _restorable_seconds(context)
    return await page_by_id(
        context.tools.cursors,
        request,
        listing="deleted-organizations",
        page=partial(queries.page, context.db, restorable_seconds=seconds),
        count=partial(queries.count_all, context.db, restorable_seconds=seconds),
    )


def _restorable_seconds(context: Context) -> float:
    return context.tools.settings.restore_days * _SECONDS_A_DAY


def _not_changed(version: datetime | None) -> Missing | Stale:
    return no_such_organization() if version is None else Stale()
