"""Suspending a user and letting them in again, as a platform administrator."""

from uuid import UUID

from freehold.access import AccountAction, Subject, Writes, on_user
from freehold.audit.recording import event_of, record
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.users.closing.doors import close
from freehold.users.rights.keeping import keep_an_admin
from freehold.users.suspension import queries
from freehold.users.suspension.errors import AccountSuspended, NotSuspended
from freehold.users.suspension.types import NewSuspension, Suspension
from freehold.users.types import User


@on_user(AccountAction.USER_SUSPEND, writes=Writes.TRANSACTION)
async def suspend(subject: Subject, new: NewSuspension | None = None) -> Suspension:
    """Suspend a user: at once they can do nothing, and nothing lets them in. Their memberships stay.

    Their sessions, API keys, mailed tokens and pending changes end. Until they are resumed, they cannot sign in, set a
    new password by mail or accept invitations, and those that they sent do not work. To change the reason, suspend
    them again.

    Args:
        subject: whom.
        new: why; only platform administrators see it, and the audit log does not have it.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator, or suspends themselves.
        LastAdministrator: ``last_administrator``: nobody else could administer the platform.
        Missing: ``not_found``.
    """
    _require_admin(subject)
    if subject.user_id == subject.context.actor_id:
        raise Forbidden("You cannot suspend yourself: ask another platform administrator")
    await keep_an_admin(subject.context, subject.user_id)
    suspension = await queries.suspend(subject.db, id=subject.user_id, new=new or NewSuspension())
    if suspension is None:
        raise Missing("There is no such user")
    await close(subject.context, subject.user_id)
    await record(subject.context, AccountAction.USER_SUSPEND, subject.user_id)
    return suspension


@on_user(AccountAction.USER_RESUME, writes=Writes.ONE_STATEMENT)
async def resume(subject: Subject) -> User:
    """Let a suspended user sign in again, with the password and the memberships that they had.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        NotSuspended: ``not_suspended``: the user is active.
        Missing: ``not_found``.
    """
    _require_admin(subject)
    event = event_of(subject.context, AccountAction.USER_RESUME, subject.user_id)
    user = await queries.resume(subject.db, event, id=subject.user_id)
    if user is None:
        raise await _not_suspended(subject)
    return user


@on_user(AccountAction.USER_SUSPEND, private=True)
async def get(subject: Subject) -> Suspension:
    """Read since when a user is suspended, and why.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        NotSuspended: ``not_suspended``: the user is active.
        Missing: ``not_found``.
    """
    _require_admin(subject)
    found = await queries.by_id(subject.db, id=subject.user_id)
    if found is None:
        raise await _not_suspended(subject)
    return found


async def refuse_suspended(context: Context, user_id: UUID) -> None:
    """Return when a user is not suspended; call it where their password has fitted, or they are known otherwise.

    Raises:
        AccountSuspended: ``account_suspended``.
    """
    if await queries.is_suspended(context.db, id=user_id):
        raise AccountSuspended


def _require_admin(subject: Subject) -> None:
    if not subject.context.is_admin:
        raise Forbidden("Only a platform administrator can suspend and resume users")


async def _not_suspended(subject: Subject) -> Missing:
    is_there = await queries.is_suspended(subject.db, id=subject.user_id) is not None
    return NotSuspended() if is_there else Missing("There is no such user")
