"""Handing out all that is kept about one person, and erasing it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from freehold.access import AccountAction, Action, Subject, Writes, in_transaction, on_user
from freehold.audit.operations import erase_addresses, of_user
from freehold.audit.recording import record
from freehold.base.errors import Missing
from freehold.data.context import Context
from freehold.data.hooks import Erasure
from freehold.data.paging import FIRST_ID
from freehold.data.transactions import Transaction
from freehold.mail.news import reader_of, tell
from freehold.organizations.errors import OwnsOrganizations
from freehold.organizations.members.leaving import ids_of, left_behind, use_up_invitations
from freehold.organizations.ownership.operations import let_go
from freehold.personal_data import queries
from freehold.personal_data.types import Account
from freehold.users import operations as users
from freehold.users.closing.doors import hold_open
from freehold.users.proving.proof import require_fresh
from freehold.users.rights.keeping import keep_an_admin

T = TypeVar("T")

_ROWS_AT_A_TIME: Final = 500
_encode: Final = msgspec.json.Encoder().encode


@on_user(AccountAction.USER_EXPORT, private=True)
async def export(subject: Subject) -> AsyncIterator[bytes]:
    """Read everything stored about a user, as parts of one JSON document (see ``PersonalData``), without secrets.

    ``private_metadata`` is in it when a platform administrator asks.

    The rows are read as you take the parts, so memory stays flat for any size, and a slow reader holds no connection.
    Changes made while you read may or may not be included.

    Raises:
        Missing: ``not_found``.
        Forbidden: the user is somebody else, and the actor is not a platform administrator.
    """
    found = await queries.account(subject.db, user_id=subject.user_id)
    if found is None:
        raise Missing("This user does not exist, or you cannot view them")
    kept = msgspec.structs.asdict(found.kept)
    if not subject.context.is_admin:
        del kept["private_metadata"]
    account = msgspec.structs.replace(found.account, **kept)
    # Whoever gets hold of an account would take this first, so its user can find it in the log.
    await in_transaction(subject.context, lambda inner: record(inner, AccountAction.USER_EXPORT, account.id))
    return _document(subject, account)


@on_user(AccountAction.USER_DELETE, writes=Writes.OWN_TRANSACTION)
async def erase(subject: Subject, *, version: datetime | None = None, current_password: str | None = None) -> None:
    """Remove a user and everything stored about them. Only audit events stay, which know the user by id.

    This removes the account, sessions, memberships, API keys, tokens, mails about the user and the IP addresses they
    used. It also removes mails and invitations to their e-mail address, if they have confirmed it or a platform
    administrator erases them. So nobody can remove what was sent to an address that they only claim. They get a
    last mail, if they have confirmed their address.

    Raises:
        LastAdministrator: ``last_administrator``: nobody else could administer the platform.
        OwnsOrganizations: ``owns_organizations``: names them, including deleted ones that can be restored. What they
            were made owner of without being asked does not count: it goes to somebody else in it.
        StillReferenced: ``still_referenced``: rows of your own tables refer to them. Names the tables, and how many.
        Missing: ``not_found``.
        Stale: ``stale``.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
    """
    await require_fresh(subject.context, current_password)

    async def store(context: Context) -> None:
        await _erase(msgspec.structs.replace(subject, context=context), version)

    await in_transaction(subject.context, store)


async def _erase(subject: Subject, version: datetime | None) -> None:
    user_id, context = subject.user_id, subject.context
    await hold_open(context)
    hooks = context.tools.hooks
    if isinstance(context.db, Transaction):
        await hooks.before_erasure.run(Erasure(user_id=user_id, connection=context.db.raw))
    await let_go(context, user_id)
    await keep_an_admin(context, user_id)
    owned = await queries.owned(subject.db, user_id=user_id)
    if owned:
        raise OwnsOrganizations(_naming(owned))
    organization_ids = await queries.organization_ids(subject.db, user_id=user_id)
    left = await left_behind(context, organization_ids, user_id)
    reader = await reader_of(context, user_id)
    await use_up_invitations(context, organization_ids, user_id)
    await queries.erase_received(subject.db, user_id=user_id, is_sure=context.is_admin)
    if subject.db.is_citus:
        await queries.erase_invitations(subject.db, user_id=user_id, is_sure=context.is_admin)
    await users.delete(context, user_id, version=version)
    if reader is not None:
        await tell(context, None, "user_deleted", reader=reader)
    for organization_id in organization_ids:
        details = ids_of(left[organization_id])
        await record(context, Action.MEMBER_REMOVE, user_id, organization_id=organization_id, **details)
    await erase_addresses(context, user_id)
    if isinstance(context.db, Transaction):
        await hooks.after_erasure.run(Erasure(user_id=user_id, connection=context.db.raw))


async def _document(subject: Subject, account: Account) -> AsyncIterator[bytes]:
    yield b'{"exported_at":' + _encode(datetime.now(UTC)) + b',"user":' + _encode(account)
    for name, lists in _sections(subject, account).items():
        yield b"," + _encode(name) + b":["
        separator = b""
        for rows in lists:
            async for part in rows:
                yield separator + part
                separator = b","
        yield b"]"
    yield b"}\n"


def _sections(subject: Subject, account: Account) -> dict[str, list[AsyncIterator[bytes]]]:
    """Say what to read. What is only addressed to the user is theirs once they have shown that the address is."""
    db, user_id, email = subject.db, subject.user_id, account.email
    mails = [_rows(partial(queries.mails_about, db, user_id=user_id), "id")]
    if account.email_verified:
        mails.append(_rows(partial(queries.mails_to, db, email=email, user_id=user_id), "id"))
    invitations = partial(queries.invitations, db, user_id=user_id, email=email if account.email_verified else None)
    return {
        "sessions": [_rows(partial(queries.sessions, db, user_id=user_id), "id")],
        "organizations": [_rows(partial(queries.memberships, db, user_id=user_id), "organization_id")],
        "invitations": [_rows(invitations, "id")],
        "owner_offers": [_rows(partial(queries.owner_offers, db, user_id=user_id), "organization_id")],
        "api_keys": [_rows(partial(queries.api_keys, db, user_id=user_id), "id")],
        "former_emails": [_few(partial(queries.former_emails, db, user_id=user_id))],
        "mails": mails,
        "audit_events": [_rows(partial(of_user, subject.context, user_id), "id")],
    }


async def _rows(read: Callable[..., Awaitable[list[Any]]], position: str) -> AsyncIterator[bytes]:
    """Read all rows of a list, some at a time, and write them one after the other."""
    after_id: UUID = FIRST_ID
    while rows := await read(after_id=after_id, limit=_ROWS_AT_A_TIME):
        yield b",".join(map(_encode, rows))
        after_id = getattr(rows[-1], position)


async def _few(read: Callable[..., Awaitable[list[Any]]]) -> AsyncIterator[bytes]:
    """Read all rows of a list of which nobody has many."""
    if rows := await read(limit=_ROWS_AT_A_TIME):
        yield b",".join(map(_encode, rows))


def _naming(owned: list[queries.Owned]) -> str:
    names = ", ".join(f"{each.slug} (deleted)" if each.is_deleted else each.slug for each in owned)
    deleted = (
        "; restore a deleted organization and hand it over, remove it for good with permanently=true, or wait"
        if any(each.is_deleted for each in owned)
        else ""
    )
    return f"This user owns organizations: hand them over or delete them first: {names}{deleted}"
