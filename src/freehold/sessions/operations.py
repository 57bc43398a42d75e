"""Signing in, staying signed in, signing out."""

from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Literal
from uuid import UUID

import msgspec

from freehold.access import AccountAction, By, OrganizationRef, Subject, Writes, in_transaction, on_user, operation
from freehold.audit.recording import event_of, record
from freehold.base.devices import describe
from freehold.base.errors import Forbidden, Missing, Unauthenticated
from freehold.base.ids import new_id
from freehold.base.tokens import Kind, new_token, token_hash
from freehold.data.context import Actor, Ahead, Context, Mine
from freehold.data.failures import ReadOnly, incidental
from freehold.data.paging import Page, PageRequest, page_by_id
from freehold.mail.errors import MailedTooOften
from freehold.mail.news import tell
from freehold.mail.types import Reader
from freehold.passwords.formats import UNUSABLE
from freehold.passwords.hashing import Fit
from freehold.sessions import queries
from freehold.sessions.errors import WrongCredentials
from freehold.sessions.types import EmailCorrection, NewSession, Session, SessionRefresh, SignedIn
from freehold.users.backoff import alarm, attempts
from freehold.users.operations import Credentials, credentials_of
from freehold.users.proving.proof import check_password
from freehold.users.recovery.operations import mail_token
from freehold.users.suspension.operations import refuse_suspended
from freehold.users.verification.errors import EmailUnverified, EmailVerified
from freehold.users.verification.operations import ask_for_confirmation, correct, count_change

_SECONDS_A_DAY = 86_400


@operation(AccountAction.SESSION_CREATE, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def sign_in(context: Context, new: NewSession) -> SignedIn:
    """Sign in with a username or an e-mail address.

    An unknown login takes as long as a wrong password and gets the same answer. Somebody whose account has no password,
    as after an import of hashes that Freehold cannot check, is mailed a token that sets one.

    Raises:
        WrongCredentials: ``wrong_credentials``.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
        AccountSuspended: ``account_suspended``: told only with the right password.
        EmailUnverified: ``email_unverified``: the platform requires a confirmed address; the mail is sent again.
        Unavailable: too many people are signing in.
    """
    with context.tools.observer.sign_in():
        return await _sign_in(context, new)


async def _sign_in(context: Context, new: NewSession) -> SignedIn:
    passwords = context.tools.passwords
    found, fit = await _known(context, new.login, new.password)
    if not (found.user.email_verified or context.tools.settings.unverified_may_sign_in):
        # Only after the password has fitted: it tells nothing to whoever tries logins, and mails nobody in their name.
        with suppress(MailedTooOften):  # the last one that was mailed goes on working
            await in_transaction(
                context, lambda inner: ask_for_confirmation(inner, found.user, found.user.email, is_proven=True)
            )
        raise EmailUnverified
    is_outdated = fit is Fit.AS_TYPED or passwords.outdated(found.password_hash)
    renewed = await passwords.rehash(new.password) if is_outdated else None
    token = new_token(Kind.SESSION)

    async def store(context: Context) -> SignedIn | None:
        if renewed:
            await queries.renew_password_hash(
                context.db, user_id=found.user.id, outdated=found.password_hash, renewed=renewed
            )
        session_id = new_id()
        expires_at = await queries.insert(
            context.db,
            id=session_id,
            token_hash=token.hash,
            user_id=found.user.id,
            password_hash=renewed or found.password_hash,
            lifetime_seconds=min(_lifetimes(context).values()),
            user_agent=context.user_agent and context.user_agent[:512],
            ip=context.ip,
        )
        if expires_at is None:
            return None
        user = found.user
        is_known = await attempts.note_success(context, user.id)
        if not is_known:
            await tell(
                context,
                user.id,
                "new_device",
                reader=Reader(username=user.username, email=user.email if user.email_verified else None),
                device=describe(context.user_agent),
                ip=context.ip or "an unknown address",
            )
        await record(context, AccountAction.SESSION_CREATE, session_id, actor_id=found.user.id)
        return SignedIn(token=token.token, expires_at=expires_at, user=found.user)

    # None: since the password was verified, another was stored or the user suspended, so the question is asked anew.
    return await in_transaction(context, store) or await _sign_in(context, new)


@operation(AccountAction.EMAIL_CORRECT, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def correct_email(context: Context, correction: EmailCorrection) -> None:
    """Correct an address that was mistyped at sign-up, with the credentials of the account, before it is confirmed.

    It takes effect at once, for nobody has confirmed the one before, and is mailed a link that confirms it. It works
    where people cannot sign in before they confirm.

    Raises:
        WrongCredentials: ``wrong_credentials``.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
        EmailVerified: ``email_verified``: the address is confirmed: sign in and change it.
        EmailTaken: ``email_taken``.
        MailedTooOften: ``mailed_too_often``: to the new address, or this user has asked for many, within the hour.
        Unavailable: too many people are signing in.
    """
    found, _ = await _known(context, correction.login, correction.password)
    if found.user.email_verified:
        raise EmailVerified("Your e-mail address is confirmed: sign in, and change it with PATCH /v1/users/me")
    await count_change(context, found.user.id)
    await in_transaction(context, lambda inner: correct(inner, found.user, correction.email, found.password_hash))


async def _known(context: Context, login: str, password: str) -> tuple[Credentials, Fit]:
    """Find whose credentials these are, and how the password fits; whoever guesses is slowed down.

    Raises:
        WrongCredentials: ``wrong_credentials``.
        SignInDelayed: ``sign_in_delayed``.
        AccountSuspended: ``account_suspended``; only whoever has the password is told.
    """
    passwords = context.tools.passwords
    found = await credentials_of(context, login)
    budget = attempts.budget_of(found.user.id if found else None, login)
    await attempts.check(context, budget)
    stored = found.password_hash if found else None
    fit = await passwords.compare(stored, password)
    if not fit or found is None:
        # Whoever is named, and whatever made their hash: a failure costs the same work.
        await passwords.charge_failure(stored, password, await queries.password_hashes_in_use(context.db))
        email = found.user.email if found else login
        reminder = alarm.Reminder(lambda inner: mail_token(inner, email), is_due=stored == UNUSABLE)
        await alarm.failed(context, found.user.id if found else None, login, reminder)
        raise WrongCredentials
    await attempts.check(context, budget)
    await refuse_suspended(context, found.user.id)
    return found, fit


async def authenticate(context: Context, token: str, reads: OrganizationRef | Mine | None = None) -> Context:
    """Say who asks; asks the database every time, so that ending a session takes effect at once.

    Args:
        context: of nobody.
        token: of a session.
        reads: what they are about to read is read in the same query: what they are in an organization, or their own
            account.

    Raises:
        Unauthenticated: ``unauthenticated``: the token was never valid, has expired, or its session was ended.
    """
    hashed, read_at = token_hash(Kind.SESSION, token), monotonic()
    found = await _whose(context, hashed, reads) if hashed else None
    if found is None:
        raise Unauthenticated("The token is not valid, or its session has ended: sign in again")
    if found.is_stale:
        # The session is valid whether or not this is noted: on a standby alone it cannot be.
        with suppress(ReadOnly), incidental():
            await queries.note_use(context.db, id=found.session_id, **_lifetimes(context))
    actor = Actor(
        user_id=found.user_id,
        session_id=found.session_id,
        is_admin=found.is_admin,
        acting_admin_id=found.acting_admin_id,
    )
    ahead = None
    if isinstance(found, queries.PresentRow) and found.presence and isinstance(reads, UUID | str):
        ahead = Ahead((reads, found.user_id), found.presence, read_at)
    elif isinstance(found, queries.OwnRow):
        ahead = Ahead(found.user_id, found.with_organizations, read_at)
    return msgspec.structs.replace(context, actor=actor, ahead=ahead)


async def _whose(
    context: Context, hashed: bytes, reads: OrganizationRef | Mine | None
) -> queries.TokenRow | queries.OwnRow | None:
    if reads is None:
        return await queries.by_token_hash(context.db, token_hash=hashed)
    if reads is Mine.ORGANIZATIONS:
        return await queries.by_token_hash_with_organizations(context.db, token_hash=hashed)
    if isinstance(reads, UUID):
        return await queries.by_token_hash_with_id(context.db, token_hash=hashed, organization_id=reads)
    return await queries.by_token_hash_with_slug(context.db, token_hash=hashed, slug=reads)


@operation(AccountAction.SESSION_REFRESH, by=By.SIGNED_IN, writes=Writes.OWN_TRANSACTION)
async def refresh(context: Context, refresh: SessionRefresh) -> Session:
    """Give the password to the session that asks: for some minutes it may do what a session alone may not.

    Raises:
        Missing: ``not_found``: the actor has no session.
        WrongPassword: ``wrong_password``.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
        Unauthenticated: the session was ended meanwhile.
    """
    session_id, user_id = context.signed_in.session_id, context.actor_id
    if session_id is None or user_id is None:
        raise Missing("You have no session to freshen")
    await check_password(context, user_id, refresh.password, "/password")
    event = event_of(context, AccountAction.SESSION_REFRESH, session_id)
    row = await context.db.persist(lambda: queries.refresh(context.db, event, id=session_id, user_id=user_id))
    if row is None:
        raise Unauthenticated("The token is not valid, or its session has ended: sign in again")
    return _described(row)


@operation(AccountAction.SESSION_READ, by=By.SIGNED_IN)
async def list_mine(context: Context, request: PageRequest) -> Page[Session]:
    """List the sessions of the actor, newest first.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    return await _read(context, _user_of(context.signed_in), request)


@on_user(AccountAction.SESSION_READ, private=True, looks_up=True)
async def list_of_user(subject: Subject, request: PageRequest) -> Page[Session]:
    """List the sessions of a user, newest first. For the user and for platform administrators.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    return await _read(subject.context, subject.user_id, request)


async def _read(context: Context, user_id: UUID, request: PageRequest) -> Page[Session]:
    current_id = context.actor.session_id if context.actor else None

    async def page(*, before_id: UUID, limit: int) -> list[Session]:
        rows = await queries.page_of_user(
            context.db, user_id=user_id, current_id=current_id, before_id=before_id, limit=limit
        )
        return [_described(row) for row in rows]

    return await page_by_id(
        context.tools.cursors,
        request,
        listing=f"sessions:{user_id}",
        page=page,
        count=partial(queries.count_of_user, context.db, user_id=user_id),
    )


def _described(row: queries.SessionRow) -> Session:
    return Session(**msgspec.structs.asdict(row), device=describe(row.user_agent))


@operation(AccountAction.SESSION_DELETE, by=By.SIGNED_IN, writes=Writes.ONE_STATEMENT)
async def end(context: Context, session: UUID | Literal["current"]) -> None:
    """End a session of the actor. ``current`` signs out.

    Raises:
        Missing: ``not_found``: the actor does not have this session.
    """
    actor = context.signed_in
    session_id = actor.session_id if session == "current" else session
    event = event_of(context, AccountAction.SESSION_DELETE, session_id)
    db = context.db.deleting("sessions", id=session_id)
    if not session_id or not await queries.delete(db, event, id=session_id, user_id=_user_of(actor)):
        raise Missing("You do not have this session")


@on_user(AccountAction.SESSION_DELETE, writes=Writes.ONE_STATEMENT)
async def end_of_user(subject: Subject, session_id: UUID) -> None:
    """End a session of a user. For the user and for platform administrators.

    Raises:
        Missing: ``not_found``: the user does not have this session.
    """
    event = event_of(subject.context, AccountAction.SESSION_DELETE, session_id, user_id=subject.user_id)
    db = subject.db.deleting("sessions", id=session_id)
    if not await queries.delete(db, event, id=session_id, user_id=subject.user_id):
        raise Missing("This user does not have this session")


@on_user(AccountAction.SESSION_DELETE, writes=Writes.TRANSACTION, looks_up=True)
async def end_others(subject: Subject) -> None:
    """End all sessions of a user except the current one, or every session if a platform administrator asks."""
    db = subject.db.deleting("sessions", user_id=subject.user_id)
    ended = await queries.delete_others(db, user_id=subject.user_id, kept_id=subject.session_id)
    if ended:
        ids = [str(session_id) for session_id in ended]
        await record(subject.context, AccountAction.SESSION_DELETE, None, user_id=subject.user_id, ended=ids)


def _lifetimes(context: Context) -> dict[str, float]:
    """How long a session lasts at most, and how long unused."""
    settings = context.tools.settings
    return {
        "lifetime_seconds": settings.session_days * _SECONDS_A_DAY,
        "idle_seconds": settings.session_idle_days * _SECONDS_A_DAY,
    }


def _user_of(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise Forbidden("The operator is not a user and has no sessions")
    return actor.user_id
