"""Forgets offers that nobody has answered."""

from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.organizations.ownership import queries


@job("organizations.drop_expired_owner_offers", every_seconds=3600)
async def drop_expired_owner_offers(context: Context) -> None:
    """Forget the offers of ownership that have expired; they stopped working by themselves."""
    await forget(
        context, Over("owner_offers", ("organization_id",), lambda kept: queries.drop_expired(context.db, kept=kept))
    )
