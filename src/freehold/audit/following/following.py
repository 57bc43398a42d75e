"""Following the log: what is there, and what comes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from freehold.access import OrganizationRef
from freehold.audit.following.operations import read_events, read_events_of_organization
from freehold.audit.following.types import MOST_EVENTS, EventsRequest
from freehold.audit.types import AuditEvent
from freehold.data.context import Context

WAIT_SECONDS: Final = 1.0
"""How long to wait before one looks again, when there is nothing more."""


async def follow(
    context: Context, request: EventsRequest, *, organization: OrganizationRef | None = None, ends: bool = False
) -> AsyncIterator[list[AuditEvent]]:
    """Give events after a position, some at a time, as they are written.

    Args:
        context: of an actor who may read the log; that is checked each time.
        request: where to begin, and how many events to read first.
        organization: follow this organization's log alone.
        ends: whether to end when there is nothing more for now.

    Raises:
        Forbidden, Missing, Invalid: as reading does.
    """
    while True:
        if organization is None:
            found = await read_events(context, request)
        else:
            found = await read_events_of_organization(context, organization, request)
        if found:
            yield found
        if ends and (request.newest or len(found) < request.limit):
            return
        after = found[-1].id if found else request.after
        request = msgspec.structs.replace(request, after=after, newest=False, limit=MOST_EVENTS)
        if not found:
            await asyncio.sleep(WAIT_SECONDS)
