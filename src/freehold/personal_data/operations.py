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
from freehold.data.paging import FIRST_ID
from freehold.organizations.errors import OwnsOrganizations
from freehold.personal_data import queries
from freehold.personal_data.types import Account
from freehold.users import operations as users

T = TypeVar("T")

_ROWS_AT_A_TIME: Final = 500
_encode: Final = msgspec.json.Encoder().encode


@on_user(AccountAction.USER_EXPORT, private=True)
async def export(subject: Subject) -> AsyncIterator[bytes]:
    """Read all that is kept about a user, as the parts of one JSON document (see ``PersonalData``), without secrets.

    It is read while it is taken, some rows at a time, so memory stays flat however much there is, and no connection is
    held while the reader is slow. What changes meanwhile may be in it or not.

    Raises:
        Missing: ``not_found``.
        Forbidden: somebody else's, and the actor is no platform administrator.
    """
    account = await queries.account(subject.db, user_id=subject.user_id)
    if account is None:
        raise Missing("This user does not exist, or you cannot view them")
    # Whoever gets hold of an account would take this first, so its user can find it in the log.
    await in_transaction(subject.context, lambda inner: record(inner, AccountAction.USER_EXPORT, account.id))
    return _document(subject, account)


@on_user(AccountAction.USER_DELETE, writes=Writes.TRANSACTION)
async def erase(subject: Subject, *, version: datetime | None = None) -> None:
    """Remove a user with all that is kept about them; only events of the audit log stay, which know them by id.

    Gone are the account, sessions, memberships, API keys, tokens, the mails that speak of them and the addresses from
    which they acted; also mails and invitations to their address, provided that they have confirmed it or a platform
    administrator erases them: who only claims an address cannot make away with what was sent there.

    Raises:
        OwnsOrganizations: ``owns_organizations``, naming them: also one that was deleted and can be restored.
        Missing: ``not_found``.
        Stale: ``stale``.
    """
    user_id = subject.user_id
    owned = await queries.owned(subject.db, user_id=user_id)
    if owned:
        raise OwnsOrganizations(_naming(owned))
    organization_ids = await queries.organization_ids(subject.db, user_id=user_id)
    await queries.erase_received(subject.db, user_id=user_id, is_sure=subject.context.is_admin)
    await users.delete(subject.context, user_id, version=version)
    for organization_id in organization_ids:
        await record(subject.context, Action.MEMBER_REMOVE, user_id, organization_id=organization_id)
    await erase_addresses(subject.context, user_id)


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
    invitations = []
    if account.email_verified:
        mails.append(_rows(partial(queries.mails_to, db, email=email, user_id=user_id), "id"))
        invitations.append(_rows(partial(queries.invitations, db, email=email), "organization_id"))
    return {
        "sessions": [_rows(partial(queries.sessions, db, user_id=user_id), "id")],
        "organizations": [_rows(partial(queries.memberships, db, user_id=user_id), "organization_id")],
        "invitations": invitations,
        "api_keys": [_rows(partial(queries.api_keys, db, user_id=user_id), "id")],
        "mails": mails,
        "audit_events": [_rows(partial(of_user, subject.context, user_id), "id")],
    }


async def _rows(read: Callable[..., Awaitable[list[Any]]], position: str) -> AsyncIterator[bytes]:
    """Read all rows of a list, some at a time, and write them one after the other."""
    after_id: UUID = FIRST_ID
    while rows := await read(after_id=after_id, limit=_ROWS_AT_A_TIME):
        yield b",".join(map(_encode, rows))
        after_id = getattr(rows[-1], position)


def _naming(owned: list[queries.Owned]) -> str:
    names = ", ".join(f"{each.slug} (deleted)" if each.is_deleted else each.slug for each in owned)
    deleted = (
        "; restore a deleted organization and hand it over, remove it for good with permanently=true, or wait"
        if any(each.is_deleted for each in owned)
        else ""
    )
    return f"This user owns organizations: hand them over or delete them first: {names}{deleted}"
