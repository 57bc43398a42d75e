"""Confirming that an e-mail address is one's own, with a token that is mailed there."""

from freehold.access import AccountAction, By, Subject, Writes, on_user, operation
from freehold.audit.recording import record
from freehold.base.errors import Forbidden, InvalidToken, Missing
from freehold.base.tokens import Kind, new_token, token_hash
from freehold.data.context import Context
from freehold.mail.operations import enqueue
from freehold.mail.restraint import restrain
from freehold.users.errors import EmailTaken
from freehold.users.types import User
from freehold.users.verification import queries
from freehold.users.verification.errors import EmailVerified
from freehold.users.verification.types import EmailVerification

_SECONDS_AN_HOUR = 3600


async def ask_for_confirmation(context: Context, user: User, email: str) -> None:
    """Mail a token to an address that is to be a user's; one that was mailed before no longer works.

    Raises:
        MailedTooOften: ``mailed_too_often``: to this address within the hour.
    """
    await restrain(context, email, "verify_email")
    hours = context.tools.settings.email_verification_hours
    token = new_token(Kind.EMAIL_VERIFICATION)
    await queries.replace(
        context.db,
        user_id=user.id,
        email=email,
        token_hash=token.hash,
        lifetime_seconds=hours * _SECONDS_AN_HOUR,
    )
    await enqueue(
        context,
        email,
        "verify_email",
        about=user.id,
        username=user.username,
        email=email,
        token=token.token,
        link=f"{context.tools.settings.base_url}/verify?token={token.token}",
        hours=f"{hours:g}",
    )
    await record(context, AccountAction.EMAIL_VERIFICATION_CREATE, user.id, actor_id=user.id)


async def ask_for_change(context: Context, user: User, email: str) -> None:
    """Mail a token to the address that a user changes to, and tell the one they have.

    Raises:
        EmailTaken: ``email_taken``.
        MailedTooOften: ``mailed_too_often``: to one of the two addresses within the hour.
    """
    if await queries.is_taken(context.db, email=email, user_id=user.id):
        raise EmailTaken
    await restrain(context, user.email, "email_change")
    await ask_for_confirmation(context, user, email)
    await enqueue(
        context,
        user.email,
        "email_change",
        about=user.id,
        username=user.username,
        email=user.email,
        new_email=email,
    )


async def withdraw_change(context: Context, user: User) -> None:
    """End a change of address that was not confirmed yet, if there is one: what was mailed to the new one is void."""
    if await queries.withdraw(context.db, user_id=user.id) is not None:
        await record(context, AccountAction.EMAIL_VERIFICATION_DELETE, user.id)


@on_user(AccountAction.EMAIL_VERIFICATION_CREATE, writes=Writes.TRANSACTION)
async def send_again(subject: Subject) -> None:
    """Mail the token anew: to the address that the user changes to, else to theirs. Earlier tokens end.

    Raises:
        EmailVerified: ``email_verified``: there is nothing to confirm.
        MailedTooOften: ``mailed_too_often``: to this address within the hour.
        Missing: ``not_found``.
    """
    found = await queries.pending(subject.db, user_id=subject.user_id)
    if found is None:
        raise Missing("This user does not exist, or you cannot view them")
    if found.pending_email is None:
        raise EmailVerified
    await ask_for_confirmation(subject.context, found.user, found.pending_email)


@operation(AccountAction.EMAIL_VERIFICATION_COMPLETE, by=By.ANYONE, writes=Writes.TRANSACTION)
async def confirm(context: Context, verification: EmailVerification) -> None:
    """Confirm an address with the token that was mailed there; works once.

    Raises:
        InvalidToken: ``invalid_token``: it was used, replaced, altered, has expired, or is for something else.
        EmailTaken: ``email_taken``: somebody else confirmed the address meanwhile.
    """
    # A token that cannot be one is looked up all the same, so that all that do not work take the same time.
    hashed = token_hash(Kind.EMAIL_VERIFICATION, verification.token) or b""
    confirmed = await queries.confirm(context.db, token_hash=hashed)
    if confirmed is None:
        raise InvalidToken
    await record(
        context,
        AccountAction.EMAIL_VERIFICATION_COMPLETE,
        confirmed.id,
        actor_id=confirmed.id,
        is_change=confirmed.is_change,
    )


@on_user(AccountAction.USER_VERIFY, writes=Writes.TRANSACTION)
async def mark_verified(subject: Subject) -> User:
    """Take somebody's address as confirmed, as a platform administrator.

    Raises:
        Forbidden: ``forbidden``: not an administrator.
        Missing: ``not_found``.
    """
    if not subject.context.is_admin:
        raise Forbidden("Only a platform administrator can confirm an e-mail address without its token")
    user = await queries.mark_verified(subject.db, user_id=subject.user_id)
    if user is None:
        raise Missing("There is no such user")
    await record(subject.context, AccountAction.USER_VERIFY, user.id)
    return user
