"""Forgets invitations of long ago."""

from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.data.jobs import job
from freehold.organizations.invitations import queries


@job("organizations.drop_old_invitations", every_seconds=3600)
async def drop_old_invitations(context: Context) -> None:
    """Forget invitations 90 days after they were answered or revoked, or have expired."""
    await forget(
        context,
        Over(
            "invitations",
            (
                "organization_id",
                "id",
            ),
            lambda kept: queries.drop_old(context.db, kept=kept),
        ),
    )
