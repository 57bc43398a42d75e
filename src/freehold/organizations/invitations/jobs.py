"""Forgets invitations that were never answered."""

from freehold.data.context import Context
from freehold.data.jobs import job
from freehold.organizations.invitations import queries


@job("organizations.drop_expired_invitations", every_seconds=3600)
async def drop_expired_invitations(context: Context) -> None:
    """Forget invitations that expired long ago; those that did so lately can still be sent again."""
    await queries.drop_expired(context.db)
