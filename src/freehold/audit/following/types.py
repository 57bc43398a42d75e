"""Where a reader stands in the stream of events."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from freehold.base.validation import Input

MOST_EVENTS: Final = 1000
"""How many events are read at once at most."""


class EventsRequest(Input, frozen=True, kw_only=True):
    """Which events to read, the oldest first.

    ``after`` is the id of the last event that you have; without it, reading begins with the first event. ``from``
    leaves out what was written before a time. With ``newest``, the newest events are read.
    """

    after: UUID | None = None
    from_: datetime | None = msgspec.field(default=None, name="from")
    newest: bool = False
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_EVENTS)] = 100
