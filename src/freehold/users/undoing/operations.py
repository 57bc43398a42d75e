"""Taking back a change of address, with the token that was mailed to the one from before."""

from typing import Final
from uuid import UUID

from freehold.access import AccountAction, By, Writes, in_transaction, operation
from freehold.audit.recording import record
from freehold.base.errors import InvalidToken
from freehold.base.tokens import Kind, new_token, token_hash
from freehold.data.context import Context
from freehold.mail.links import link_to
from freehold.mail.news import tell
from freehold.mail.types import Reader
from freehold.users.backoff import attempts
from freehold.users.closing.doors import close
from freehold.users.errors import WrongPassword
from freehold.users.proving.proof import check_password
from freehold.users.recovery.operations import mail_token
from freehold.users.repeating import clicks
from freehold.users.undoing import queries
from freehold.users.undoing.types import EmailUndo

UNDO_DAYS: Final = 7
_LIFETIME_SECONDS: Final = UNDO_DAYS * 86_400.0


async def offer(context: Context, user_id: UUID, *, username: str, email: str, new_email: str) -> None:
    """Tell the address from before that it was changed, and mail it a token that takes that back.

    Call it only for an address that was confirmed: a token for another would be a way into the account.

    Args:
        context: its ``db`` is the transaction of the change.
        user_id: whose address it was.
        username: of theirs.
        email: the address from before.
        new_email: the one that counts from now on.
    """
    token = new_token(Kind.EMAIL_UNDO)
    await queries.insert(
        context.db, token_hash=token.hash, user_id=user_id, email=email, lifetime_seconds=_LIFETIME_SECONDS
    )
    await tell(
        context,
        user_id,
        "email_changed",
        reader=Reader(username=username, email=email),
        email=email,
        new_email=new_email,
        token=token.token,
        link=link_to(context.tools.settings, "undo", token.token),
        days=str(UNDO_DAYS),
    )


@operation(AccountAction.EMAIL_CHANGE_UNDO, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def undo(context: Context, undo: EmailUndo) -> None:
    """Take back a change of address; works once, and ends every later change with it.

    Every session and API key of the user ends. Without a new password in the request, a mail with a link to set one
    goes to the address. The same token again, within 30 days, changes nothing and is answered as done.

    Raises:
        InvalidToken: ``invalid_token``: it was altered, has expired, is for something else, or was used
            with another password.
        SignInDelayed: ``sign_in_delayed``: it was used, and too many passwords have been tried with it since.
        EmailTaken: ``email_taken``: somebody else has the address by now.
        Unavailable: too many passwords are being hashed.
    """
    hashed = token_hash(Kind.EMAIL_UNDO, undo.token) or b""
    if not await queries.is_live(context.db, token_hash=hashed):  # before a hash is spent on it
        return await _repeat(context, hashed, undo.new_password)
    password = undo.new_password
    password_hash = password and await context.tools.passwords.hash(password, pointer="/new_password")

    async def store(context: Context) -> bool:
        user = await queries.undo(context.db, token_hash=hashed, password_hash=password_hash)
        if user is None:
            return False
        await close(context, user.id)
        await clicks.note(context, hashed, user_id=user.id)
        if password_hash is None:
            await mail_token(context, user.email)
        else:
            await attempts.note_success(context, user.id)
        await record(context, AccountAction.EMAIL_CHANGE_UNDO, user.id, user_id=user.id, actor_id=user.id)
        return True

    if not await in_transaction(context, store):  # another click of the same moment may have done it
        await _repeat(context, hashed, password)
    return None


async def _repeat(context: Context, hashed: bytes, password: str | None) -> None:
    """Answer a second click as done, if all is as it asks for; it never sets a password.

    Raises:
        InvalidToken: nothing was done with the token, or not with this password.
    """
    used = await clicks.find(context, hashed)
    if used is None or used.user_id is None:
        raise InvalidToken
    if password is not None:
        try:
            await check_password(context, used.user_id, password, "/new_password")
        except WrongPassword:
            raise InvalidToken from None
