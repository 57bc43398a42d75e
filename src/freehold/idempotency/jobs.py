"""Forgets the answers of yesterday's requests."""

from freehold.context import Context
from freehold.idempotency import queries
from freehold.jobs import job


@job("idempotency.drop_expired", every_seconds=600)
async def drop_expired(context: Context) -> None:
    """Forget answers after 24 hours; they stopped being given by themselves."""
    await queries.drop_expired(context.db)
