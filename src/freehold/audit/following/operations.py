"""Reading the audit log as it is written: every event once, whatever order transactions end in.

Of one organization, the sequence of its chain is the order: whoever writes to a chain holds it until the end of their
transaction. Of the whole platform, it is the number of the transaction, and a reader only sees events of transactions
below the oldest that still runs, since nothing can come before these any more. So no event is passed over, none is read
twice, and the id of the last one is all that a reader has to keep.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from freehold.access import AccountAction, Action, By, Scope, on_organization, operation
from freehold.audit.following import queries
from freehold.audit.following.types import EventsRequest
from freehold.audit.types import AuditEvent
from freehold.base.errors import FieldError, Invalid
from freehold.data.context import Context
from freehold.data.paging import FIRST_ID, FIRST_TIME

_EARLIER: Final = timedelta(days=1)
"""How long before a time one looks for events of after it: longer than a transaction runs that writes them."""


@operation(AccountAction.AUDIT_READ, by=By.ADMIN)
async def read_events(context: Context, request: EventsRequest) -> list[AuditEvent]:
    """Read events of the whole platform after a position, the oldest first.

    Repeat it with the id of the last event as ``after``: you get every event once, without gaps, also when transactions
    end in another order than they began. An event appears when no transaction is open that began to write before it;
    one that runs for long, such as an import, delays what is written meanwhile.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        Invalid: the log has no event with the id ``after``, such as after a backup was restored.
    """
    time = request.from_ or FIRST_TIME
    if request.newest:
        found = await queries.newest_placed(context.db, from_time=time, limit=request.limit)
        if len(found) < request.limit:
            found += await queries.newest_unplaced(context.db, from_time=time, limit=request.limit - len(found))
        return found[::-1]
    after = request.after
    if after is None and request.from_ is not None:
        after = await queries.last_before(context.db, id=_id_at(request.from_ - _EARLIER))
    is_placed = False
    if after is not None:
        position = await queries.position(context.db, id=after)
        if position is None:
            raise _no_such_event()
        is_placed = position.is_placed
    begin = after or FIRST_ID
    if not is_placed:
        found = await queries.page_unplaced(context.db, after_id=begin, from_time=time, limit=request.limit)
        if found:
            return found
    return await queries.page_placed(context.db, after_id=begin, from_time=time, limit=request.limit)


@on_organization(Action.AUDIT_READ)
async def read_events_of_organization(scope: Scope, request: EventsRequest) -> list[AuditEvent]:
    """Read events of an organization after a position, the oldest first, at once when they are stored.

    Repeat it with the id of the last event as ``after``: you get every event once, in the order of ``sequence``.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        Forbidden: ``forbidden``: the role of the actor lacks ``audit.read``.
        Invalid: the organization's log has no event with the id ``after``.
    """
    chain_id, time = scope.organization_id, request.from_ or FIRST_TIME
    if request.newest:
        found = await queries.newest_of_chain(scope.db, chain_id=chain_id, from_time=time, limit=request.limit)
        return found[::-1]
    after = request.after
    if after is not None:
        position = await queries.position(scope.db, id=after)
        if position is None or position.chain_id != chain_id:
            raise _no_such_event()
    elif request.from_ is not None:
        after = await queries.last_of_chain_before(scope.db, chain_id=chain_id, time=request.from_ - _EARLIER)
    return await queries.page_of_chain(
        scope.db, chain_id=chain_id, after_id=after or FIRST_ID, from_time=time, limit=request.limit
    )


def _id_at(time: datetime) -> UUID:
    """Return the first id that is made at a time."""
    return UUID(int=max(int(time.timestamp() * 1000), 0) << 80)


def _no_such_event() -> Invalid:
    return Invalid(
        [FieldError("/after", "no_such_event", "there is no event with this id in this log: start from a time instead")]
    )
