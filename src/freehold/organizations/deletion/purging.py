"""Removes organizations for good, with what a program does before and after it."""

from collections.abc import Collection
from uuid import UUID

from freehold.access import AccountAction
from freehold.audit.recording import record
from freehold.data.context import Context
from freehold.data.hooks import Purge, Registered
from freehold.data.transactions import Transaction
from freehold.organizations.deletion import queries


async def purge_locked(context: Context, organization_ids: Collection[UUID]) -> None:
    """Remove organizations whose rows are locked, in the context's transaction.

    Raises:
        StillReferenced: ``still_referenced``: rows of other tables refer to one, or to something in it.
    """
    ids = sorted(organization_ids)
    hooks = context.tools.hooks
    await _run(hooks.before_purge, context, ids)
    db = context.db
    for organization_id in ids:
        db = db.deleting("organizations", id=organization_id)
    await queries.purge(db, ids=ids)
    await _run(hooks.after_purge, context, ids)
    for organization_id in ids:
        await record(context, AccountAction.ORGANIZATION_PURGE, organization_id, organization_id=organization_id)


async def _run(hooks: Registered[Purge], context: Context, organization_ids: Collection[UUID]) -> None:
    db = context.db
    if not hooks or not isinstance(db, Transaction):
        return
    for organization_id in organization_ids:
        # Row-level security may bind Freehold's role, too: what a hook writes concerns this organization.
        shown = await queries.show_rows_of(db, organization_id=str(organization_id))
        await hooks.run(Purge(organization_id=organization_id, connection=db.raw))
        await queries.show_rows_of(db, organization_id=shown)
