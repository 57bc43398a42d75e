"""Forgets what was mailed and not used in time."""

from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.users import queries


@job("users.drop_expired_tokens", every_seconds=3600)
async def drop_expired_tokens(context: Context) -> None:
    """Forget the tokens that have expired; they stopped working by themselves."""
    db = context.db
    await forget(
        context,
        Over("password_resets", ("user_id",), lambda kept: queries.drop_expired_resets(db, kept=kept)),
        Over("used_tokens", ("token_hash",), lambda kept: queries.drop_used_tokens(db, kept=kept)),
        Over("email_verifications", ("user_id",), lambda kept: queries.drop_expired_verifications(db, kept=kept)),
    )
