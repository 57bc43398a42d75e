"""What can be done with users."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from freehold.access import AccountAction, Action, By, Subject, Writes, in_transaction, on_user, operation
from freehold.audit.recording import event_of, record
from freehold.base.errors import Forbidden, InvalidToken, Missing, Stale
from freehold.base.ids import new_id
from freehold.base.languages import preferred
from freehold.base.metadata import KeptOfUser, KeptOfUserPatch, given, merged_into
from freehold.base.scalars import EMAIL, Password
from freehold.base.text import folded
from freehold.base.validation import given_fields, parse_value
from freehold.data.context import Context
from freehold.limits.charging import charge_address
from freehold.mail.errors import MailedTooOften
from freehold.mail.news import tell
from freehold.mail.templates import load
from freehold.users import queries
from freehold.users.backoff import attempts
from freehold.users.closing.doors import close
from freehold.users.errors import EmailTaken, SignUpClosed
from freehold.users.proving.proof import check_password, require_fresh
from freehold.users.types import (
    KeptUser,
    NewProfile,
    NewUser,
    OrganizationSummary,
    OwnUser,
    OwnUserWithOrganizations,
    PasswordChange,
    ProfilePatch,
    User,
    UserPatch,
    UserWithOrganizations,
    WithOrganizations,
)
from freehold.users.verification.operations import (
    ask_for_change,
    ask_for_confirmation,
    count_change,
    withdraw_change,
)

Credentials = queries.Credentials

Invited = Callable[[Context, User], Awaitable[None]]
"""Uses up the invitation that a new user signs up with, in the transaction that makes them; raises what is wrong."""

_SEEN_BY_ALL: Final = tuple(field.name for field in msgspec.structs.fields(User) if field.required)
_SEEN_BY_THEMSELVES: Final = tuple(field.name for field in msgspec.structs.fields(OwnUser) if field.required)


@operation(AccountAction.USER_CREATE, by=By.ANYONE, writes=Writes.OWN_TRANSACTION)
async def create(context: Context, new: NewUser, *, is_admin: bool = False, invited: Invited | None = None) -> User:
    """Sign up, or make an account for somebody; a mail asks them to confirm their address.

    An address that was mailed too often within the hour gets no more: that mail can be asked for later.

    Args:
        context: who makes the account.
        new: whom for.
        is_admin: they may administer the whole platform.
        invited: accepts ``new.invitation_token``. That token came with a mail, so that it confirms the address.

    Raises:
        UsernameTaken: ``username_taken``.
        EmailTaken: ``email_taken``.
        SignUpClosed: ``sign_up_closed``: only administrators can create accounts, or only invited people can sign up.
        InvalidToken: ``invalid_token``: the invitation does not exist.
        Forbidden: only a platform administrator can create platform administrators, and give ``public_metadata`` or
            ``private_metadata``.
        Unavailable: too many passwords are being hashed.
    """
    if is_admin and not context.is_admin:
        raise Forbidden("Only a platform administrator can create platform administrators")
    _refuse_metadata(context, new.public_metadata, new.private_metadata)
    if new.invitation_token is not None and invited is None:
        raise InvalidToken("/invitation_token")
    _refuse_closed_sign_up(context, invited=invited is not None)
    password_hash = await context.tools.passwords.hash(new.password)
    profile = new.profile or NewProfile()
    locale = new.locale or preferred(context.languages, load(context.tools.settings.mail_templates).locales)

    async def store(context: Context) -> User:
        user_id = new_id()
        user = await queries.insert(
            context.db,
            event_of(context, AccountAction.USER_CREATE, user_id, actor_id=user_id, is_admin=is_admin),
            id=user_id,
            username=new.username,
            email=new.email,
            email_verified=invited is not None,
            password_hash=password_hash,
            profile=profile,
            is_admin=is_admin,
            locale=locale,
            kept=KeptOfUser(
                metadata=new.metadata, public_metadata=new.public_metadata, private_metadata=new.private_metadata
            ),
        )
        if user is None:
            raise EmailTaken
        if not context.is_admin:
            await attempts.note_success(context, user.id)
        if invited is None:
            with suppress(
                MailedTooOften
            ):  # whoever claims an address elsewhere must not keep its owner from signing up
                await ask_for_confirmation(context, user, user.email)
        else:
            await invited(context, user)
        return msgspec.structs.replace(user, public_metadata=new.public_metadata) if new.public_metadata else user

    return await in_transaction(context, store)


@on_user(AccountAction.USER_READ)
async def get(subject: Subject) -> User:
    """Read a user; an ``OwnUser``, which shows more, when it is the actor themselves or an administrator asks.

    Raises:
        Missing: ``not_found``.
    """
    return _shown(subject, await _existing(subject))


@operation(AccountAction.USER_READ, by=By.ADMIN)
async def find(context: Context, login: str) -> User:
    """Read the user with this username or e-mail address, in upper or lower case.

    Raises:
        Missing: ``not_found``.
    """
    user = await queries.by_login(context.db, login=login)
    if user is None:
        raise Missing(f"There is no user '{login}'")
    return user


@on_user(AccountAction.USER_READ)
async def get_with_organizations(subject: Subject) -> UserWithOrganizations | OwnUserWithOrganizations:
    """Read a user with their organizations, as far as the actor can see them.

    Raises:
        Forbidden: an API key asks that does not include organization.read.
        Missing: ``not_found``.
    """
    subject.require_by_key(Action.ORGANIZATION_READ)
    ahead = subject.context.ahead and subject.context.ahead.take(subject.user_id)
    found: WithOrganizations | None = ahead or await queries.with_organizations(
        subject.db, id=subject.user_id, viewer_id=subject.viewer_id
    )
    if found is None:
        raise Missing("This user does not exist, or you cannot view them")
    user, reached = _as_seen(subject, found.user), subject.organization_ids
    is_own = isinstance(user, OwnUser)
    kind = OwnUserWithOrganizations if is_own else UserWithOrganizations
    names = _SEEN_BY_THEMSELVES if is_own else _SEEN_BY_ALL
    columns = zip(
        found.ids, found.names, found.slugs, found.owner_ids, found.times_created, found.times_updated, strict=True
    )
    return kind(
        **{name: getattr(user, name) for name in names},
        organizations=tuple(
            OrganizationSummary(
                id=id_, name=name, slug=slug, owner_id=owner_id, created_at=created_at, updated_at=updated_at
            )
            for id_, name, slug, owner_id, created_at, updated_at in columns
            if reached is None or id_ in reached
        ),
    )


@operation(AccountAction.USER_LIST, by=By.ADMIN)
async def any_admin(context: Context) -> bool:
    """Say whether any platform administrator exists yet."""
    return await queries.any_admin(context.db)


@on_user(AccountAction.USER_UPDATE, writes=Writes.OWN_TRANSACTION)
async def update(subject: Subject, patch: UserPatch, *, version: datetime | None = None) -> User:
    """Update a user. ``version`` is the ``updated_at`` that you read.

    A new e-mail address takes effect when it is confirmed with the token that is mailed to it. Until then, the user
    keeps the old address, which is notified. Set the current address to cancel an unconfirmed change. Metadata is
    merged into what the user keeps (RFC 7396).

    Raises:
        Forbidden: the actor is no platform administrator, and ``public_metadata`` or ``private_metadata`` changes.
        Invalid: with what they keep already, the metadata is too large.
        UsernameTaken: ``username_taken``.
        EmailTaken: ``email_taken``.
        MailedTooOften: ``mailed_too_often``: to the new address, or this user has asked for many, within the hour.
        LimitReached: ``limit_reached``: a new username or address counts as a sign-up from the same IP address.
        Stale: ``stale``: the user has changed since that version.
        FreshSignInNeeded: ``fresh_sign_in_needed``: a new address needs the actor's password, here or lately.
        WrongPassword: ``wrong_password``.
    """
    _refuse_metadata(subject.context, patch.public_metadata, patch.private_metadata)
    if patch.email is not UNSET:
        if subject.by_key:
            raise Forbidden("An API key cannot change an e-mail address: sign in instead")
        await require_fresh(subject.context, patch.current_password)
        await count_change(subject.context, subject.user_id)
    elif patch.username is not UNSET and (await _existing(subject)).user.username != patch.username:
        await charge_address(subject.context, "sign-ups")  # it tells whether the name is taken, as signing up does

    async def store(context: Context) -> User:
        return await _update(msgspec.structs.replace(subject, context=context), patch, version)

    return await in_transaction(subject.context, store)


async def _update(subject: Subject, patch: UserPatch, version: datetime | None) -> User:
    profile = patch.profile
    if profile is None:
        profile = ProfilePatch(**dict.fromkeys(ProfilePatch.__struct_fields__))
    elif profile is UNSET:
        profile = ProfilePatch()
    changed = [name for name in ("username", "locale") if getattr(patch, name) is not UNSET]
    changed += given_fields(profile)
    if kinds := given(patch):
        changed += kinds
        kept = await queries.lock(subject.db, id=subject.user_id)
        if kept is None:
            raise _not_updated(version)
        patch = msgspec.structs.replace(patch, **merged_into(kept, patch))
    if changed:
        found = await queries.update(
            subject.db,
            event_of(subject.context, AccountAction.USER_UPDATE, subject.user_id, changed=changed),
            id=subject.user_id,
            username=patch.username or None,
            profile=profile,
            locale=patch.locale or None,
            changed=changed,
            kept=KeptOfUserPatch(**{name: getattr(patch, name) for name in kinds}),
            version=version,
        )
        if found is None:
            raise _not_updated(version)
    else:
        found = await _existing(subject)
        if version not in {None, found.user.updated_at}:
            raise Stale
    if patch.email is not UNSET:
        if patch.email == found.user.email:
            await withdraw_change(subject.context, found.user)
        else:
            await ask_for_change(subject.context, found.user, patch.email)
        found = await _existing(subject)
    return _shown(subject, found)


@on_user(AccountAction.USER_SET_PASSWORD, writes=Writes.OWN_TRANSACTION)
async def change_password(subject: Subject, change: PasswordChange, *, version: datetime | None = None) -> None:
    """Change a password, with the current one as proof. Ends all other sessions of the user and notifies them by mail.

    API keys go on, unless ``change.end_api_keys``: programs need not stop because a person changes their password.

    Raises:
        WrongPassword: ``wrong_password``.
        SignInDelayed: ``sign_in_delayed``: too many attempts have failed.
        Stale: ``stale``.
    """
    await check_password(subject.context, subject.user_id, change.current_password, "/current_password")
    await _store_password(
        subject,
        change.new_password,
        "/new_password",
        kept_session=subject.session_id,
        keep_api_keys=not change.end_api_keys,
        version=version,
    )


@on_user(AccountAction.USER_SET_PASSWORD, writes=Writes.OWN_TRANSACTION)
async def set_password(subject: Subject, password: Password, *, keep_api_keys: bool = False) -> None:
    """Set somebody's password as a platform administrator; all their sessions end, and their API keys unless kept.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        Invalid: the password is too weak.
        Missing: ``not_found``.
    """
    if not subject.context.is_admin:
        raise Forbidden("Only a platform administrator can set a password without the current one")
    read: str = parse_value(Password, password, "/password")
    await _store_password(subject, read, "/password", kept_session=None, keep_api_keys=keep_api_keys, version=None)


@on_user(AccountAction.USER_DELETE, writes=Writes.TRANSACTION)
async def delete(subject: Subject, *, version: datetime | None = None) -> None:
    """Remove a user with their sessions and memberships.

    Raises:
        OwnsOrganizations: ``owns_organizations``: they must be handed over or deleted first.
        StillReferenced: ``still_referenced``: rows of your own tables refer to them.
        Stale: ``stale``.
    """
    db = subject.db.deleting("users", id=subject.user_id)
    if await queries.delete(db, id=subject.user_id, version=version) is None:
        raise _not_updated(version)
    await record(subject.context, AccountAction.USER_DELETE, subject.user_id)


def _refuse_closed_sign_up(context: Context, *, invited: bool) -> None:
    who = context.tools.settings.sign_up
    if not context.is_admin and (who == "closed" or (who == "invitation" and not invited)):
        raise SignUpClosed("Sign-up requires an invitation: open the link in yours" if who == "invitation" else None)


def _as_seen(subject: Subject, user: OwnUser) -> User:
    """Show of a user what concerns them alone to them and to administrators."""
    if subject.viewer_id is None:
        return user
    return User(**{name: getattr(user, name) for name in _SEEN_BY_ALL})


def _shown(subject: Subject, found: KeptUser) -> User:
    """Show the same with what they keep: what is public to all, what is private to platform administrators."""
    kept: dict[str, Any] = {"public_metadata": found.kept.public_metadata}
    if subject.viewer_id is None:
        kept["metadata"] = found.kept.metadata
    if subject.context.is_admin:
        kept["private_metadata"] = found.kept.private_metadata
    return msgspec.structs.replace(_as_seen(subject, found.user), **kept)


def _refuse_metadata(context: Context, *changes: object) -> None:
    if not context.is_admin and any(change is not UNSET and change != {} for change in changes):
        raise Forbidden("Only a platform administrator can change public_metadata and private_metadata of a user")


async def _existing(subject: Subject) -> KeptUser:
    found = await queries.by_id(subject.db, id=subject.user_id)
    if found is None:
        raise Missing("This user does not exist, or you cannot view them")
    return found


async def _store_password(
    subject: Subject,
    password: str,
    pointer: str,
    *,
    kept_session: UUID | None,
    keep_api_keys: bool,
    version: datetime | None,
) -> None:
    user_id = subject.user_id
    password_hash = await subject.context.tools.passwords.hash(password, pointer=pointer)

    async def store(context: Context) -> None:
        stored = await queries.set_password_hash(context.db, id=user_id, password_hash=password_hash, version=version)
        if stored is None:
            raise _not_updated(version)
        await close(context, user_id, kept_session=kept_session, keep_api_keys=keep_api_keys)
        await tell(context, user_id, "password_changed")
        await record(context, AccountAction.USER_SET_PASSWORD, user_id)

    await in_transaction(subject.context, store)


def _not_updated(version: datetime | None) -> Missing | Stale:
    return Missing("This user does not exist, or you cannot view them") if version is None else Stale()


async def credentials_of(context: Context, login: str) -> queries.Credentials | None:
    """Find whom a login belongs to, with the hash that their password must fit; for signing in alone."""
    if "@" in login:
        try:
            login = EMAIL.check(login)
        except ValueError:
            return None
    else:
        login = folded(login)
    return await queries.credentials_by_login(context.db, login=login)
