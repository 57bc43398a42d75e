"""Setting a new password with a token that is mailed, for those who have forgotten theirs."""

import msgspec

from freehold.access import AccountAction, By, Subject, Writes, in_transaction, on_user, operation
from freehold.audit.recording import record
from freehold.base.errors import Forbidden, InvalidToken, Missing
from freehold.base.tokens import Kind, new_token, token_hash
from freehold.data.context import Context
from freehold.mail.errors import MailedTooOften
from freehold.mail.links import link_to
from freehold.mail.news import tell
from freehold.mail.operations import enqueue
from freehold.mail.restraint import restrain
from freehold.mail.types import Reader
from freehold.users.backoff import attempts
from freehold.users.closing.doors import close
from freehold.users.recovery import queries
from freehold.users.recovery.types import NewPasswordReset, PasswordResetCompletion
from freehold.users.suspension.errors import UserSuspended

_SECONDS_A_MINUTE = 60


@operation(AccountAction.PASSWORD_RESET_CREATE, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def request(context: Context, reset: NewPasswordReset) -> None:
    """Mail a token that sets a new password, if a user has this address. Callers cannot find out whether one does.

    An unknown address takes the same time, because the same statements run; they only store the event. When an address
    has reached its limit of such mails per hour, no mail is sent and the last token keeps working. So nobody can fill
    the mailbox of somebody else, or keep them from setting a new password.

    Raises:
        MailedTooOften: ``mailed_too_often``: only for platform administrators, who can know who has an account.
    """
    try:
        await in_transaction(context, lambda inner: mail_token(inner, reset.email))
    except MailedTooOften:
        if context.is_admin:
            raise


@on_user(AccountAction.PASSWORD_RESET_CREATE, writes=Writes.TRANSACTION)
async def request_for(subject: Subject) -> None:
    """Mail a user a token that sets a new password, as a platform administrator.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        UserSuspended: ``user_suspended``.
        MailedTooOften: ``mailed_too_often``: too many mails to this address in the last hour.
        Missing: ``not_found``.
    """
    if not subject.context.is_admin:
        raise Forbidden("Only a platform administrator can do this for somebody else: ask for a new password by mail")
    recipient = await queries.recipient(subject.db, id=subject.user_id)
    if recipient is None:
        raise Missing("There is no such user")
    if recipient.is_suspended:
        raise UserSuspended
    await mail_token(subject.context, recipient.email)


async def mail_token(context: Context, email: str) -> None:
    """Mail a token that sets a new password to an address, if somebody has it; an earlier token ends.

    To an address that was never confirmed it is one of the mails that ask to confirm it, and counts as such: whoever
    claimed it may be somebody else, and its owner gets no more mail for that.

    Raises:
        MailedTooOften: ``mailed_too_often``: too many mails to this address in the last hour.
    """
    holder = await queries.holder(context.db, email=email)
    is_own = context.is_admin or (holder is not None and holder.id == context.actor_id)
    mail = "verify_email" if holder is not None and holder.is_unconfirmed else "password_reset"
    await restrain(context, email, mail, own=is_own)
    minutes = context.tools.settings.password_reset_minutes
    token = new_token(Kind.PASSWORD_RESET)
    found = await queries.replace(
        context.db, email=email, token_hash=token.hash, lifetime_seconds=minutes * _SECONDS_A_MINUTE
    )
    await enqueue(
        context,
        found.email if found else None,
        "password_reset",
        about=found.id if found else None,
        username=found.username if found else "",
        token=token.token,
        link=link_to(context.tools.settings, "reset", token.token),
        minutes=f"{minutes:g}",
    )
    user_id = found.id if found else None
    # Whoever asks may be signed in as somebody else: it is no deed of that one, whose own data would tell them the id.
    known = context if is_own else msgspec.structs.replace(context, actor=None)
    await record(known, AccountAction.PASSWORD_RESET_CREATE, user_id, user_id=user_id)


@operation(AccountAction.PASSWORD_RESET_COMPLETE, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def complete(context: Context, completion: PasswordResetCompletion) -> None:
    """Set a new password with the token from the mail, which works once.

    Every session, API key and pending change of the user ends, they get a mail that says so, and their address counts
    as confirmed: whoever made these may be somebody else, who knew the password or had only claimed the address.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced or changed, has expired, or has another purpose.
        Unavailable: too many passwords are being hashed.
    """
    # A token that cannot be one is looked up all the same, so that all that do not work take the same time.
    hashed = token_hash(Kind.PASSWORD_RESET, completion.token) or b""
    if not await queries.is_live(context.db, token_hash=hashed):  # before a hash is spent on it
        raise InvalidToken
    password_hash = await context.tools.passwords.hash(completion.new_password, pointer="/new_password")

    async def store(context: Context) -> None:
        user = await queries.complete(context.db, token_hash=hashed, password_hash=password_hash)
        if user is None:
            raise InvalidToken
        await close(context, user.id)
        await tell(context, user.id, "password_changed", reader=Reader(username=user.username, email=user.email))
        await attempts.note_success(context, user.id)
        await record(context, AccountAction.PASSWORD_RESET_COMPLETE, user.id, actor_id=user.id)

    await in_transaction(context, store)
