"""Removes for good what can no longer be restored."""

import logging

from freehold.base.errors import FreeholdError, Missing, Unavailable
from freehold.data.context import Context
from freehold.data.jobs import job
from freehold.organizations.deletion import operations
from freehold.organizations.deletion.types import Overdue

_log = logging.getLogger(__name__)
_FAULT = "it failed with a fault that is in the log"


@job("organizations.purge", every_seconds=3600)
async def purge(context: Context) -> None:
    """Remove every organization whose time is over, each in a transaction of its own.

    One that cannot be removed keeps no other from it, and is tried again the next time.
    """
    position: Overdue | None = None
    while position := await operations.next_overdue(context, position):
        try:
            await operations.purge_overdue(context, position.id)
        except Unavailable:
            raise  # so are the others
        except FreeholdError as error:
            await _note(context, position, error.detail)
        except Exception:  # noqa: BLE001 - a hook is a program's own, and may raise anything
            _log.exception("removing the organization %s failed", position.id)
            await _note(context, position, _FAULT)


async def _note(context: Context, overdue: Overdue, reason: str) -> None:
    _log.warning("the organization %s is not removed, and tried again within the hour: %s", overdue.id, reason)
    try:
        await operations.note_failure(context, overdue.id, reason)
    except Missing:
        _log.debug("the organization %s is gone meanwhile", overdue.id)
