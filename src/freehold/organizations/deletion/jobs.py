"""Removes for good what can no longer be restored."""

from freehold.data.context import Context
from freehold.data.jobs import job
from freehold.organizations.deletion import operations


@job("organizations.purge", every_seconds=3600)
async def purge(context: Context) -> None:
    """Remove every organization whose time is over, each in a transaction of its own."""
    while await operations.purge_next(context):
        pass
