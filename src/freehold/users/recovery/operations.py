"""Setting a new password with a token that is mailed, for those who have forgotten theirs."""

from freehold.access import AccountAction, By, Writes, in_transaction, operation
from freehold.audit.recording import record
from freehold.base.errors import InvalidToken
from freehold.base.tokens import Kind, new_token, token_hash
from freehold.data.context import Context
from freehold.mail.errors import MailedTooOften
from freehold.mail.operations import enqueue
from freehold.mail.restraint import restrain
from freehold.users.backoff import attempts
from freehold.users.recovery import queries
from freehold.users.recovery.types import NewPasswordReset, PasswordResetCompletion

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
        await in_transaction(context, lambda inner: _mail_token(inner, reset))
    except MailedTooOften:
        if context.is_admin:
            raise


async def _mail_token(context: Context, reset: NewPasswordReset) -> None:
    await restrain(context, reset.email, "password_reset")
    minutes = context.tools.settings.password_reset_minutes
    token = new_token(Kind.PASSWORD_RESET)
    found = await queries.replace(
        context.db, email=reset.email, token_hash=token.hash, lifetime_seconds=minutes * _SECONDS_A_MINUTE
    )
    await enqueue(
        context,
        found.email if found else None,
        "password_reset",
        about=found.id if found else None,
        username=found.username if found else "",
        token=token.token,
        link=f"{context.tools.settings.base_url}/reset-password?token={token.token}",
        minutes=f"{minutes:g}",
    )
    user_id = found.id if found else None
    await record(context, AccountAction.PASSWORD_RESET_CREATE, user_id, user_id=user_id)


@operation(AccountAction.PASSWORD_RESET_COMPLETE, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def complete(context: Context, completion: PasswordResetCompletion) -> None:
    """Set a new password with the token from the mail, which works once.

    All sessions of the user end, they are notified by mail, and their address counts as confirmed. If it was not
    confirmed before, their API keys end too, because somebody else may have created the account.

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
        await queries.end_sessions(context.db, user_id=user.id)
        await enqueue(context, user.email, "password_changed", about=user.id, username=user.username)
        await attempts.note_success(context, (user.username, user.email))
        if not user.was_verified and (ended := await queries.end_api_keys(context.db, user_id=user.id)):
            ids = [str(key_id) for key_id in ended]
            await record(context, AccountAction.API_KEY_DELETE, None, user_id=user.id, actor_id=user.id, ended=ids)
        await record(context, AccountAction.PASSWORD_RESET_COMPLETE, user.id, actor_id=user.id)

    await in_transaction(context, store)
