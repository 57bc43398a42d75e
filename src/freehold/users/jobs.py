"""Forgets what was mailed and not used in time."""

from freehold.data.context import Context
from freehold.data.jobs import job
from freehold.users import queries


@job("users.drop_expired_tokens", every_seconds=3600)
async def drop_expired_tokens(context: Context) -> None:
    """Forget the tokens that have expired; they stopped working by themselves."""
    await queries.drop_expired_tokens(context.db)
