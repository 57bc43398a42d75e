"""Forgets counts of requests."""

from freehold.data.context import Context
from freehold.data.jobs import job
from freehold.limits import queries


@job("limits.drop_ended", every_seconds=60)
async def drop_ended(context: Context) -> None:
    """Forget what was counted in windows that have ended."""
    await queries.drop_ended(context.db)
