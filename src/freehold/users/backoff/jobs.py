"""Forgets failed attempts to sign in."""

from freehold.data.context import Context
from freehold.data.jobs import job
from freehold.users.backoff import queries


@job("backoff.drop_expired", every_seconds=3600)
async def drop_expired(context: Context) -> None:
    """Forget failures after a day, and devices after 90 days without signing in."""
    await queries.drop_expired(context.db)
