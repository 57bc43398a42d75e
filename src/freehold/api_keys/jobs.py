"""Forgets keys that have not worked for long."""

from freehold.api_keys import queries
from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job


@job("forget-expired-api-keys", every_seconds=3600)
async def forget_expired(context: Context) -> None:
    """Drop keys a month after they expired; until then they are listed, so that people see why a program stopped."""
    await forget(context, Over("api_keys", ("id",), lambda kept: queries.delete_expired(context.db, kept=kept)))
