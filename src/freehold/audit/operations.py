"""Reading the audit log, and checking that nobody has changed it."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from freehold.access import AccountAction, Action, By, Scope, on_organization, operation
from freehold.audit import queries
from freehold.audit.acting import naming_who_acted
from freehold.audit.chain import findings
from freehold.audit.types import (
    AccountAuditPageRequest,
    AuditEvent,
    AuditHead,
    AuditPageRequest,
    AuditReport,
    ExportedEvent,
    Finding,
)
from freehold.data.context import Context
from freehold.data.paging import FIRST_ID, FIRST_TIME, LAST_ID, LAST_TIME, Page, read_page

Progress = Callable[[int, int], None]
"""Is told how many events of how many are done, about every thousand."""

MOST_FINDINGS: Final = 1000
"""How many findings a report names; it counts the rest."""

_PROGRESS_EVERY = 1000


@on_organization(Action.AUDIT_READ)
async def list_of_organization(scope: Scope, request: AuditPageRequest) -> Page[AuditEvent]:
    """List the audit events of an organization, newest first.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        Forbidden: ``forbidden``: the role of the actor lacks ``audit.read``.
        InvalidCursor: the cursor belongs to another list.
    """
    filters = {"organization_id": scope.organization_id, **_filters(request)}

    async def fetch(before_time: datetime, before_id: UUID, limit: int) -> list[AuditEvent]:
        events = await queries.page_of_organization(
            scope.db, before_time=before_time, before_id=before_id, limit=limit, **filters
        )
        return await naming_who_acted(scope.db, events)

    return await read_page(
        scope.context.tools.cursors,
        request,
        listing=f"audit:{filters}",
        start=(LAST_TIME, LAST_ID),
        fetch=fetch,
        position=lambda event: (event.created_at, event.id),
        count=lambda: queries.count_of_organization(scope.db, **filters),
    )


@on_organization(Action.AUDIT_READ)
async def chain_of_organization(scope: Scope) -> UUID:
    """Name the chain of an organization's events.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        Forbidden: ``forbidden``: the role of the actor lacks ``audit.read``.
    """
    return scope.organization_id


@operation(AccountAction.AUDIT_READ, by=By.ADMIN)
async def list_of_accounts(context: Context, request: AccountAuditPageRequest) -> Page[AuditEvent]:
    """List the audit events of accounts, outside organizations, newest first.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        InvalidCursor: the cursor belongs to another list.
    """
    filters = {"user_id": request.user_id, **_filters(request)}

    async def fetch(before_time: datetime, before_id: UUID, limit: int) -> list[AuditEvent]:
        events = await queries.page_of_accounts(
            context.db, before_time=before_time, before_id=before_id, limit=limit, **filters
        )
        return await naming_who_acted(context.db, events)

    return await read_page(
        context.tools.cursors,
        request,
        listing=f"audit:accounts:{filters}",
        start=(LAST_TIME, LAST_ID),
        fetch=fetch,
        position=lambda event: (event.created_at, event.id),
        count=lambda: queries.count_of_accounts(context.db, **filters),
    )


@operation(AccountAction.AUDIT_VERIFY, by=By.ADMIN)
async def verify(
    context: Context,
    *,
    chain_id: UUID | None = None,
    expected: Sequence[AuditHead] = (),
    progress: Progress | None = None,
) -> AuditReport:
    """Check every event, or those of one chain, and report each that was changed, moved, removed or inserted.

    It reads one snapshot of the log, a thousand events at a time. Others can keep writing.

    Args:
        context: of the operator or a platform administrator.
        chain_id: an organization's or a user's id; None for all.
        expected: heads that you stored elsewhere. Without them, somebody who can write to the database could rewrite a
            chain from any event to its end. With them, only events after the newest head can be rewritten.
        progress: called with the progress.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
    """
    found: list[Finding] = []
    counted = 0
    async with context.db.snapshot() as snapshot:
        total = await queries.count_written(snapshot, **_range(chain_id))
        tally = _Tally(total, progress)
        events = tally.over(queries.every_event(snapshot, **_range(chain_id)))
        heads = queries.every_head(snapshot, **_range(chain_id))
        async for finding in findings(events, heads, expected):
            counted += 1
            if counted <= MOST_FINDINGS:
                found.append(finding)
    return AuditReport(chains=tally.chains, events=tally.events, found=counted, findings=found)


@operation(AccountAction.AUDIT_EXPORT, by=By.ADMIN)
async def export(
    context: Context,
    write: Callable[[bytes], object],
    *,
    chain_id: UUID | None = None,
    progress: Progress | None = None,
) -> int:
    """Write every event, or those of one chain, as lines of JSON, with everything an outsider needs to check them.

    Args:
        context: of the operator or a platform administrator.
        write: called with each line, including its line end.
        chain_id: an organization's or a user's id; None for all.
        progress: called with the progress.

    Returns:
        How many events were written.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
    """
    async with context.db.snapshot(anywhere=True) as snapshot:
        tally = _Tally(await queries.count_written(snapshot, **_range(chain_id)), progress)
        async for event in tally.over(queries.every_event(snapshot, **_range(chain_id))):
            write(msgspec.json.encode(event) + b"\n")
    return tally.events


@operation(AccountAction.AUDIT_VERIFY, by=By.ADMIN)
async def heads(context: Context, *, chain_id: UUID | None = None) -> list[AuditHead]:
    """Return the end of each chain. Store it elsewhere, and give it to ``verify`` later.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
    """
    async with context.db.snapshot() as snapshot:
        return [head async for head in queries.every_head(snapshot, **_range(chain_id))]


async def of_user(context: Context, user_id: UUID, *, after_id: UUID, limit: int) -> list[AuditEvent]:
    """Read what a user did and what was done to their account, in order of id; for the export about them."""
    return await queries.page_of_user(context.db, user_id=user_id, after_id=after_id, limit=limit)


async def erase_addresses(context: Context, user_id: UUID) -> None:
    """Erase the addresses from which a user acted, the last step of erasing them; every chain stays whole."""
    await queries.erase_addresses(context.db, user_id=user_id)


def _filters(request: AuditPageRequest) -> dict[str, Any]:
    return {
        "actor_id": request.actor_id,
        "action": request.action,
        "from_time": request.from_ or FIRST_TIME,
        "to_time": request.to or LAST_TIME,
    }


def _range(chain_id: UUID | None) -> dict[str, UUID]:
    """Tell the first and the last of the chains that are asked for: one, or all."""
    return {"first_chain": chain_id or FIRST_ID, "last_chain": chain_id or LAST_ID}


class _Tally:
    """Counts events and their chains as they go by, and tells how far they are."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.events = 0
        self.chains = 0
        self._total = total
        self._progress = progress

    async def over(self, events: AsyncIterator[ExportedEvent]) -> AsyncIterator[ExportedEvent]:
        chain_id = None
        async for event in events:
            self.events += 1
            self.chains += event.chain_id != chain_id
            chain_id = event.chain_id
            if self._progress and self.events % _PROGRESS_EVERY == 0:
                self._progress(self.events, self._total)
            yield event
        if self._progress:
            self._progress(self.events, self._total)
