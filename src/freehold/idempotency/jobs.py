"""Forgets the answers of yesterday's requests."""

from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.idempotency import queries


@job("idempotency.drop_expired", every_seconds=600)
async def drop_expired(context: Context) -> None:
    """Forget answers after 24 hours; they stopped being given by themselves."""
    await forget(
        context, Over("idempotent_answers", ("key_hash",), lambda kept: queries.drop_expired(context.db, kept=kept))
    )
