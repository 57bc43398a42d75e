"""Acting for a user: a platform administrator sees and does what the user could, and everybody can see who it was."""

from uuid import UUID

from freehold.access import AccountAction, Subject, Writes, in_transaction, on_user
from freehold.audit.recording import record
from freehold.base.errors import FieldError, Forbidden, FreeholdError, Invalid, Missing
from freehold.base.ids import new_id
from freehold.base.tokens import Kind, new_token
from freehold.data.context import Context
from freehold.sessions.acting import queries
from freehold.sessions.acting.types import Impersonation, NewImpersonation
from freehold.users.closing.doors import hold_open
from freehold.users.proving.proof import require_fresh
from freehold.users.suspension.errors import UserSuspended


@on_user(AccountAction.USER_IMPERSONATE, writes=Writes.OWN_TRANSACTION)
async def begin(subject: Subject, new: NewImpersonation, *, admin_id: UUID | None = None) -> Impersonation:
    """Act for a user, for up to 60 minutes: with the token you are them, but for what takes their password.

    Every answer to the token has ``X-Acting-For`` over HTTP, and every audit event of the session names the user and
    the administrator. It ends at once when the administrator is suspended or no longer one, and when the user becomes
    one. The user sees the session in their list, and the event with the reason in the data that they export.

    Args:
        subject: for whom; never another platform administrator.
        new: why, and for how long.
        admin_id: who acts, where the operator begins it for an administrator; others act themselves.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator or is an API key, or the user is one.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        UserSuspended: ``user_suspended``.
        Invalid: the operator names no active platform administrator.
        Missing: ``not_found``.
    """
    context = subject.context
    if not context.is_admin:
        raise Forbidden("Only a platform administrator can act for a user")
    if subject.by_key:
        raise Forbidden("An API key cannot act for a user: sign in")
    if context.actor_id is not None and admin_id not in {None, context.actor_id}:
        raise Forbidden("You can act for a user yourself, and not let somebody else do it")
    await require_fresh(context, new.current_password)
    acting_id = context.actor_id or admin_id
    if acting_id is None:
        raise _no_administrator()

    async def store(context: Context) -> Impersonation:
        await hold_open(context)
        token, session_id = new_token(Kind.SESSION), new_id()
        expires_at = await queries.insert(
            context.db,
            id=session_id,
            token_hash=token.hash,
            user_id=subject.user_id,
            admin_id=acting_id,
            minutes=new.minutes,
            user_agent=context.user_agent and context.user_agent[:512],
            ip=context.ip,
        )
        if expires_at is None:
            raise await _refusal(context, subject.user_id)
        await record(
            context,
            AccountAction.USER_IMPERSONATE,
            subject.user_id,
            actor_id=acting_id,
            reason=new.reason,
            minutes=new.minutes,
            session_id=str(session_id),
        )
        return Impersonation(
            session_id=session_id,
            token=token.token,
            acting_for=subject.user_id,
            acting_admin_id=acting_id,
            expires_at=expires_at,
        )

    return await in_transaction(context, store)


async def _refusal(context: Context, user_id: UUID) -> FreeholdError:
    found = await queries.standing(context.db, id=user_id)
    if found is None:
        return Missing("There is no such user")
    if found.is_admin:
        return Forbidden("Nobody can act for a platform administrator")
    return UserSuspended() if found.is_suspended else _no_administrator()


def _no_administrator() -> Invalid:
    return Invalid(
        [FieldError("/admin", "no_administrator", "must be an active platform administrator, who then acts")]
    )
