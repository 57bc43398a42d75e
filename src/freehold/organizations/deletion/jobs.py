"""Removes for good what can no longer be restored."""

import logging
from uuid import UUID

from freehold.base.errors import FreeholdError, Missing, Unavailable
from freehold.data.context import Context
from freehold.data.jobs import job
from freehold.data.paging import FIRST_ID
from freehold.organizations.deletion import operations

_log = logging.getLogger(__name__)
_FAULT = "it failed with a fault that is in the log"


@job("organizations.purge", every_seconds=3600)
async def purge(context: Context) -> None:
    """Remove every organization whose time is over, each in a transaction of its own.

    One that cannot be removed keeps no other from it, and is tried again the next time.
    """
    organization_id = FIRST_ID
    while found := await operations.next_overdue(context, organization_id):
        organization_id = found
        try:
            await operations.purge_overdue(context, organization_id)
        except Unavailable:
            raise  # so are the others
        except FreeholdError as error:
            await _note(context, organization_id, error.detail)
        except Exception:  # noqa: BLE001 - a hook is a program's own, and may raise anything
            _log.exception("removing the organization %s failed", organization_id)
            await _note(context, organization_id, _FAULT)


async def _note(context: Context, organization_id: UUID, reason: str) -> None:
    _log.warning("the organization %s is not removed, and tried again within the hour: %s", organization_id, reason)
    try:
        await operations.note_failure(context, organization_id, reason)
    except Missing:
        _log.debug("the organization %s is gone meanwhile", organization_id)
