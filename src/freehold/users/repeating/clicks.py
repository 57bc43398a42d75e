"""A token from a mail works once. Whoever clicks its link again is told that it is done, and not that it is wrong."""

from uuid import UUID

from freehold.data.context import Context
from freehold.users.repeating import queries
from freehold.users.repeating.types import Used


async def note(
    context: Context, token_hash: bytes, *, user_id: UUID | None, organization_id: UUID | None = None
) -> None:
    """Note that a token has done its work, in the transaction in which it did.

    Args:
        context: its ``db`` is that transaction.
        token_hash: of the token.
        user_id: who has used it; None when nobody needed to be signed in.
        organization_id: what it invited to, if it did.
    """
    await queries.note(context.db, token_hash=token_hash, user_id=user_id, organization_id=organization_id)


async def find(context: Context, token_hash: bytes) -> Used | None:
    """Say who has used a token within the last 30 days; None when nobody has."""
    return await queries.find(context.db, token_hash=token_hash)
