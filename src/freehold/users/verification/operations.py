"""Confirming that an e-mail address is one's own, with a token that is mailed there."""

from uuid import UUID

from freehold.access import AccountAction, By, Subject, Writes, in_transaction, on_user, operation
from freehold.audit.recording import record
from freehold.base.errors import Forbidden, InvalidToken, Missing
from freehold.base.tokens import Kind, new_token, token_hash
from freehold.data.context import Context
from freehold.limits.charging import charge_address
from freehold.mail.links import link_to
from freehold.mail.operations import enqueue
from freehold.mail.restraint import restrain
from freehold.users.closing.doors import hold_open, lock
from freehold.users.errors import EmailTaken
from freehold.users.proving.proof import check_password
from freehold.users.recovery.operations import mail_token
from freehold.users.repeating import clicks
from freehold.users.repeating.types import Used
from freehold.users.suspension.errors import UserSuspended
from freehold.users.types import User
from freehold.users.undoing.operations import offer
from freehold.users.verification import queries
from freehold.users.verification.errors import EmailVerified
from freehold.users.verification.types import EmailVerification, PasswordNeeded

_SECONDS_AN_HOUR = 3600


async def ask_for_confirmation(context: Context, user: User, email: str, *, is_proven: bool = False) -> None:
    """Mail a token to an address that is to be a user's; one that was mailed before no longer works.

    Args:
        context: its ``db`` is a transaction.
        user: whose address it is to be.
        email: the address.
        is_proven: whether the password was just given, by somebody who cannot sign in before they confirm.

    Raises:
        MailedTooOften: ``mailed_too_often``: too many mails to this address in the last hour.
    """
    is_own = user.email == email and (is_proven or context.actor_id == user.id)
    await restrain(context, email, "verify_email", own=is_own or context.is_admin)
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
        link=link_to(context.tools.settings, "verify", token.token),
        hours=f"{hours:g}",
    )
    await record(context, AccountAction.EMAIL_VERIFICATION_CREATE, user.id, actor_id=user.id)


async def count_change(context: Context, user_id: UUID) -> None:
    """Count that a user asks for another address, in a transaction of its own, before anything is told about it.

    So a conflict counts, too: going through addresses to learn which are taken leads no further than by signing up,
    and uses up the same quota of whoever asks, however many accounts they have.

    Raises:
        LimitReached: ``limit_reached``: sign-ups from this IP address.
        MailedTooOften: ``mailed_too_often``: by this user within the hour.
    """
    await charge_address(context, "sign-ups")
    await in_transaction(context, lambda inner: restrain(inner, str(user_id), "email_change"))


async def ask_for_change(context: Context, user: User, email: str) -> None:
    """Mail a token to the address that a user changes to, and tell the one they have.

    Raises:
        EmailTaken: ``email_taken``.
        MailedTooOften: ``mailed_too_often``: to the new address within the hour.
    """
    await hold_open(context)
    if await queries.is_taken(context.db, email=email, user_id=user.id):
        raise EmailTaken
    await ask_for_confirmation(context, user, email)
    await enqueue(
        context,
        user.email if user.email_verified else None,  # who never confirmed it may never have heard of the account
        "email_change",
        about=user.id,
        username=user.username,
        email=user.email,
        new_email=email,
    )


async def correct(context: Context, user: User, email: str, password_hash: str) -> None:
    """Replace an address that was never confirmed, and mail a token to the new one.

    Args:
        context: its ``db`` is a transaction.
        user: whose password was just given.
        email: the address that was meant.
        password_hash: what the password fitted.

    Raises:
        EmailTaken: ``email_taken``.
        EmailVerified: ``email_verified``: it was confirmed meanwhile, or the password was changed.
        MailedTooOften: ``mailed_too_often``: to the new address within the hour.
    """
    if await queries.is_taken(context.db, email=email, user_id=user.id):
        raise EmailTaken
    corrected = await queries.correct(context.db, user_id=user.id, email=email, password_hash=password_hash)
    if corrected is None:
        raise EmailVerified
    await ask_for_confirmation(context, corrected, corrected.email)
    await record(context, AccountAction.EMAIL_CORRECT, user.id, user_id=user.id, actor_id=user.id)


async def withdraw_change(context: Context, user: User) -> None:
    """End a change of address that was not confirmed yet, if there is one: what was mailed to the new one is void."""
    if await queries.withdraw(context.db, user_id=user.id) is not None:
        await record(context, AccountAction.EMAIL_VERIFICATION_DELETE, user.id)


@on_user(AccountAction.EMAIL_VERIFICATION_CREATE, writes=Writes.TRANSACTION)
async def send_again(subject: Subject) -> None:
    """Mail the confirmation token again, to the new address of the user if they are changing it. Ends earlier tokens.

    Raises:
        EmailVerified: ``email_verified``: no address waits for confirmation.
        UserSuspended: ``user_suspended``: a platform administrator asks for somebody who is suspended.
        MailedTooOften: ``mailed_too_often``: too many mails to this address in the last hour.
        Missing: ``not_found``.
    """
    found = await queries.pending(subject.db, user_id=subject.user_id)
    if found is None:
        raise Missing("This user does not exist, or you cannot view them")
    if found.user.state == "suspended":
        raise UserSuspended
    if found.pending_email is None:
        raise EmailVerified
    await ask_for_confirmation(subject.context, found.user, found.pending_email)


@operation(AccountAction.EMAIL_VERIFICATION_COMPLETE, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def confirm(context: Context, verification: EmailVerification) -> PasswordNeeded | None:
    """Confirm an e-mail address with the token that was mailed there, which works once.

    A second click is answered as the first.

    It counts for the one whose account it is: a session of that account asks, or its password comes along. Where
    neither does, whoever reads the mail may never have heard of the account, which somebody else has made under their
    address. Then all that was made before ends (sessions, keys, pending changes, the password), and a link to set a new
    password is mailed to the address.

    Returns:
        None when the account was shown to be the confirmer's own.

    Raises:
        InvalidToken: ``invalid_token``: the token was used, replaced or changed, has expired, or has another purpose.
        EmailTaken: ``email_taken``: somebody else has confirmed the address.
        WrongPassword: ``wrong_password``: the password is not that of the account; the token goes on working.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
    """
    # A token that cannot be one is looked up all the same, so that all that do not work take the same time.
    hashed = token_hash(Kind.EMAIL_VERIFICATION, verification.token) or b""
    user_id = await queries.whose(context.db, token_hash=hashed)
    used = await clicks.find(context, hashed) if user_id is None else None
    if used is not None and used.organization_id is None:
        user_id = used.user_id
    if user_id is None:
        raise InvalidToken
    actor = context.actor
    is_own = actor is not None and actor.user_id == user_id and actor.key is None and actor.acting_admin_id is None
    if not is_own and verification.password is not None:
        await check_password(context, user_id, verification.password, "/password")
        is_own = True
    if used is not None:
        return _as_before(used, is_own=is_own)
    return await in_transaction(context, lambda inner: _confirm(inner, hashed, is_own=is_own))


async def is_own_token(context: Context, token: str) -> bool:
    """Say whether a token confirms an address of whoever is signed in, without using it. Of others it says nothing."""
    actor = context.actor
    if actor is None or actor.user_id is None or actor.key is not None:
        return False
    hashed = token_hash(Kind.EMAIL_VERIFICATION, token) or b""
    return await queries.whose(context.db, token_hash=hashed) == actor.user_id


def _as_before(used: Used, *, is_own: bool) -> PasswordNeeded | None:
    """Answer a second click as the first; to nobody but the same person, or to who waits for a new password.

    Raises:
        InvalidToken: somebody else has used it.
    """
    if used.is_locked and used.email is not None:
        return PasswordNeeded(email=used.email)
    if not is_own:
        raise InvalidToken
    return None


async def _confirm(context: Context, hashed: bytes, *, is_own: bool) -> PasswordNeeded | None:
    confirmed = await queries.confirm(context.db, token_hash=hashed)
    if confirmed is None:  # another click of the same moment may have done it
        used = await clicks.find(context, hashed)
        if used is None or used.organization_id is not None:
            raise InvalidToken
        return _as_before(used, is_own=is_own)
    await clicks.note(context, hashed, user_id=confirmed.id)
    await queries.use_up_invitations(context.db, user_id=confirmed.id)
    if confirmed.is_change and confirmed.was_verified:
        await offer(
            context,
            confirmed.id,
            username=confirmed.username,
            email=confirmed.earlier_email,
            new_email=confirmed.email,
        )
    if not is_own:
        await lock(context, confirmed.id)
        await mail_token(context, confirmed.email)
    await record(
        context,
        AccountAction.EMAIL_VERIFICATION_COMPLETE,
        confirmed.id,
        user_id=confirmed.id,
        actor_id=confirmed.id,
        is_change=confirmed.is_change,
        is_own=is_own,
    )
    return None if is_own else PasswordNeeded(email=confirmed.email)


@on_user(AccountAction.USER_VERIFY, writes=Writes.TRANSACTION)
async def mark_verified(subject: Subject) -> User:
    """Mark the e-mail address of a user as confirmed, as a platform administrator.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        Missing: ``not_found``.
    """
    if not subject.context.is_admin:
        raise Forbidden("Only a platform administrator can confirm an e-mail address without its token")
    user = await queries.mark_verified(subject.db, user_id=subject.user_id)
    if user is None:
        raise Missing("There is no such user")
    await record(subject.context, AccountAction.USER_VERIFY, user.id)
    return user
