"""Rotates the signing keys."""

from freehold.access import in_transaction
from freehold.data.context import Context
from freehold.data.jobs import job
from freehold.tokens.rotating import drop_outlived, make_next


@job("tokens.rotate_keys", every_seconds=3600)
async def rotate_keys(context: Context) -> None:
    """Make the first key, the next one when it is time, and remove those that verify nothing any more."""
    days = context.tools.settings.signing_key_days
    await in_transaction(context, lambda inner: make_next(inner, min_age_days=days))
    await drop_outlived(context)
