"""Forgets sessions that have ended by themselves."""

from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.sessions import queries


@job("sessions.drop_expired", every_seconds=3600)
async def drop_expired(context: Context) -> None:
    """Forget sessions that have expired, with the address and the device that they were begun from."""
    await forget(context, Over("sessions", ("id",), lambda kept: queries.drop_expired(context.db, kept=kept)))
