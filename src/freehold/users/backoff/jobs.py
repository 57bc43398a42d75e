"""Forgets failed attempts to sign in."""

from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.users.backoff import queries


@job("backoff.drop_expired", every_seconds=3600)
async def drop_expired(context: Context) -> None:
    """Forget failures after a day, and devices after 90 days without signing in."""
    await forget(
        context, Over("sign_in_budgets", ("subject",), lambda kept: queries.drop_expired(context.db, kept=kept))
    )
