"""Says by name who acted for whom. The log holds ids alone: a name can be erased elsewhere, and not there."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from freehold.audit import queries
from freehold.audit.types import AuditEvent
from freehold.data.sql import Executor


async def naming_who_acted(db: Executor, events: Sequence[AuditEvent]) -> list[AuditEvent]:
    """Give the events in which an administrator acted for a user both names: one more statement where there are any."""
    admins = {event.id: admin_id for event in events if (admin_id := _acting_admin_id(event)) is not None}
    if not admins:
        return list(events)
    ids = {*admins.values(), *(event.actor_id for event in events if event.id in admins and event.actor_id)}
    names = {each.id: each.username for each in await queries.usernames(db, ids=sorted(ids))}
    return [
        msgspec.structs.replace(
            event,
            actor_name=names.get(event.actor_id) if event.actor_id else None,
            acting_admin_id=admins[event.id],
            acting_admin_name=names.get(admins[event.id]),
        )
        if event.id in admins
        else event
        for event in events
    ]


def _acting_admin_id(event: AuditEvent) -> UUID | None:
    found = event.details.get("acting_admin_id")
    try:
        return UUID(found) if isinstance(found, str) else None
    except ValueError:  # an event of a program's own, which says something else by it
        return None
