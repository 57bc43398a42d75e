"""Making somebody a platform administrator, and taking that back; never from the last one."""

from freehold.access import AccountAction, Subject, Writes, in_transaction, on_user
from freehold.audit.recording import event_of
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.users.closing.doors import hold_open
from freehold.users.proving.proof import require_fresh
from freehold.users.rights import queries
from freehold.users.rights.keeping import keep_an_admin
from freehold.users.rights.types import AdminGrant
from freehold.users.types import User


@on_user(AccountAction.USER_GRANT_ADMIN, writes=Writes.OWN_TRANSACTION)
async def grant(subject: Subject, grant: AdminGrant | None = None) -> User:
    """Make a user a platform administrator, who can do everything. Takes effect with their next request.

    Args:
        subject: whom.
        grant: the password of whoever asks, if their session did not give it lately.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        Missing: ``not_found``.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
    """
    _require_admin(subject)
    await require_fresh(subject.context, grant.current_password if grant else None)

    async def store(context: Context) -> User:
        await hold_open(context)
        event = event_of(context, AccountAction.USER_GRANT_ADMIN, subject.user_id)
        granted = _existing(await queries.grant(context.db, event, id=subject.user_id))
        await queries.end_acting(context.db, id=subject.user_id)
        return granted

    return await in_transaction(subject.context, store)


@on_user(AccountAction.USER_REVOKE_ADMIN, writes=Writes.TRANSACTION)
async def revoke(subject: Subject) -> User:
    """Take the rights of a platform administrator from a user, or from yourself. Takes effect with their next request.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        LastAdministrator: ``last_administrator``: nobody else could administer the platform.
        Missing: ``not_found``.
    """
    _require_admin(subject)
    await keep_an_admin(subject.context, subject.user_id)
    event = event_of(subject.context, AccountAction.USER_REVOKE_ADMIN, subject.user_id)
    revoked = _existing(await queries.revoke(subject.db, event, id=subject.user_id))
    await queries.end_acting(subject.db, id=subject.user_id)
    return revoked


def _require_admin(subject: Subject) -> None:
    if not subject.context.is_admin:
        raise Forbidden("Only a platform administrator can decide who is one")


def _existing(user: User | None) -> User:
    if user is None:
        raise Missing("There is no such user")
    return user
