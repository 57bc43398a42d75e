"""The doors to an account: sessions, API keys, mailed tokens and the password, ended together."""

from uuid import UUID

from freehold.access import AccountAction
from freehold.audit.recording import record
from freehold.base.errors import Unauthenticated
from freehold.data.context import Context
from freehold.users.closing import queries


async def close(
    context: Context, user_id: UUID, *, kept_session: UUID | None = None, keep_api_keys: bool = False
) -> None:
    """End sessions, API keys and what was mailed to change the account.

    Call it after the change that it belongs to, in its transaction: so it also ends what began meanwhile.

    Args:
        context: its ``db`` is the transaction of the change.
        user_id: whose account.
        kept_session: the session that asks and goes on; None ends all.
        keep_api_keys: whether programs go on.
    """
    ended = await queries.end_access(
        context.db, user_id=user_id, kept_session_id=kept_session, keep_api_keys=keep_api_keys
    )
    if context.db.is_citus:
        await queries.end_mailed(context.db, user_id=user_id)
    if ended:
        ids = [str(key_id) for key_id in ended]
        await record(context, AccountAction.API_KEY_DELETE, None, user_id=user_id, actor_id=user_id, ended=ids)


async def lock(context: Context, user_id: UUID) -> None:
    """Let no password fit any more, and close every other door; a mailed token opens the account again."""
    await queries.lock_password(context.db, user_id=user_id)
    await close(context, user_id)


async def hold_open(context: Context) -> None:
    """Return when the session that asks has not ended, and have whatever would end it wait for this transaction.

    Without it, what a stolen session was just about to make (a key, a change of address) could be stored right after
    its owner has closed every door.

    Raises:
        Unauthenticated: ``unauthenticated``: it was ended meanwhile.
    """
    actor = context.actor
    if actor is None or actor.user_id is None or actor.session_id is None:
        return
    await queries.lock_session(context.db, user_id=actor.user_id)
    if not await queries.is_open(context.db, session_id=actor.session_id):
        raise Unauthenticated("The token is not valid, or its session has ended: sign in again")
