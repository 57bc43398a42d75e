"""What a session alone may not do: it takes the password, in the request or given to the session lately."""

from uuid import UUID

from freehold.data.context import Context
from freehold.users.backoff import alarm, attempts
from freehold.users.errors import WrongPassword
from freehold.users.proving import queries
from freehold.users.proving.errors import FreshSignInNeeded, NotWhileActing

_SECONDS_A_MINUTE = 60


async def check_password(context: Context, user_id: UUID, password: str, pointer: str) -> None:
    """Return when this is a user's password. Whoever guesses it here is slowed down as at the door.

    Raises:
        WrongPassword: ``wrong_password``, at the pointer.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
        NotWhileActing: ``not_while_acting``: an administrator acts for the user.
        Unavailable: too many passwords are being hashed.
    """
    refuse_acting(context)
    budget = attempts.budget_of(user_id, "")
    await attempts.check(context, budget)
    stored = await queries.password_hash_of(context.db, id=user_id)
    if not await context.tools.passwords.verify(stored, password):
        await alarm.failed(context, user_id, "")
        raise WrongPassword(pointer)
    await attempts.check(context, budget)


async def require_fresh(context: Context, password: str | None) -> None:
    """Return when the actor has given their password with the request, or to their session lately.

    Call it before a transaction begins. The operator, and whom a program of yours lets act without a session, pass:
    who they are is not for a password to show.

    Args:
        context: of the actor.
        password: what the request brings as ``current_password``, if anything.

    Raises:
        FreshSignInNeeded: ``fresh_sign_in_needed``.
        NotWhileActing: ``not_while_acting``: an administrator acts for the user, whatever password they know.
        WrongPassword: ``wrong_password``.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
    """
    actor = context.signed_in
    refuse_acting(context)
    if actor.user_id is None or (actor.session_id is None and actor.key is None):
        return
    if password is not None:
        await check_password(context, actor.user_id, password, "/current_password")
        return
    seconds = context.tools.settings.fresh_sign_in_minutes * _SECONDS_A_MINUTE
    if actor.session_id is None or not await queries.is_fresh(context.db, session_id=actor.session_id, seconds=seconds):
        raise FreshSignInNeeded


def refuse_acting(context: Context) -> None:
    """Return unless an administrator acts for the user: for what only the user can prove or consent to.

    Raises:
        NotWhileActing: ``not_while_acting``.
    """
    if context.actor is not None and context.actor.acting_admin_id is not None:
        raise NotWhileActing
