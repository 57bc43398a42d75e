"""Forgets changes of address that can no longer be undone."""

from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.users.undoing import queries


@job("undoing.drop_expired", every_seconds=3600)
async def drop_expired(context: Context) -> None:
    """Forget the tokens that have expired; they stopped working by themselves."""
    await forget(
        context, Over("email_undos", ("token_hash",), lambda kept: queries.drop_expired(context.db, kept=kept))
    )
