"""Somebody administers the platform, always, once anybody does."""

from uuid import UUID

from freehold.data.context import Context
from freehold.users.rights import queries
from freehold.users.rights.errors import LastAdministrator


async def keep_an_admin(context: Context, user_id: UUID) -> None:
    """Return when the platform has another active administrator than this user, or the user is none.

    Call it first, in the transaction that takes the user away: until that ends, nobody else can take away the other.

    Raises:
        LastAdministrator: ``last_administrator``.
    """
    if not await queries.is_active_admin(context.db, user_id=user_id):
        return
    if not set(await queries.lock_active_admins(context.db)) - {user_id}:
        raise LastAdministrator
