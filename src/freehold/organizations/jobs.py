"""Gives old slugs free."""

from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.organizations import queries


@job("slugs.drop_released", every_seconds=3600)
async def drop_released(context: Context) -> None:
    """Let anybody have the slugs that organizations gave up 90 days ago."""
    await forget(context, Over("slugs", ("slug",), lambda kept: queries.drop_released_slugs(context.db, kept=kept)))
