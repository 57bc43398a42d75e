"""Events of a program's own, in the same chains as Freehold's."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec

from freehold.access import AccountAction, Action, OrganizationRef, enter, in_transaction
from freehold.audit.recording import record_own
from freehold.base.cleaning import RESERVED_NOUNS
from freehold.base.errors import FieldError, Forbidden, Invalid
from freehold.data.context import Context

MOST_BYTES: Final = 8192
"""How long the details of an event may be, as JSON."""

_NOUNS: Final = RESERVED_NOUNS | {each.partition(".")[0] for each in (*Action, *AccountAction)}
_ACTION: Final = re.compile(r"[a-z][a-z_]{0,31}\.[a-z][a-z_]{0,30}")


async def record(
    context: Context,
    action: str,
    target_id: UUID | None = None,
    *,
    organization: OrganizationRef | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write an event of your own to the audit log, in the same chain of hashes as Freehold's.

    Pass your connection to ``within``, and the event is stored with your change or not at all. Call it last: until the
    transaction ends, whoever else changes something in this organization waits::

        async with platform.in_organization("acme") as connection:
            await connection.execute("UPDATE invoices SET sent_at = now() WHERE id = $1", invoice_id)
            await platform.within(connection).audit.record("invoice.sent", invoice_id, organization="acme")

    Args:
        context: who acts.
        action: a noun and a verb of your own, such as ``invoice.sent``: lower-case letters and underscores, at most 32
            and 31. Nouns of Freehold's own actions are refused, so that no event can be mistaken for one of its own.
        target_id: what it is done to.
        organization: whose log it belongs to, by id or slug. The actor must be able to see it. None for what concerns
            the actor's account alone, or the platform.
        details: what else a reader needs, at most 8 KiB as JSON. Never a secret, never personal data: an event cannot
            be erased.

    Raises:
        Unauthenticated: ``unauthenticated``: nobody is signed in.
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        Forbidden: ``forbidden``: an API key asks that is not for ``organization.read``, or names no organization.
        Invalid: the action or the details are not valid.
    """
    _require_valid(action, details)
    actor = context.signed_in
    if organization is None and actor.key is not None:
        raise Forbidden("An API key can write events of organizations alone: name one")

    async def store(inner: Context) -> None:
        found = None
        if organization is not None:
            found = (await enter(inner, organization, Action.ORGANIZATION_READ)).organization_id
        await record_own(inner, action, target_id, organization_id=found, details=details or {})

    await in_transaction(context, store)


def _require_valid(action: str, details: Mapping[str, object] | None) -> None:
    problems = []
    if not _ACTION.fullmatch(action):
        says = "must be a noun and a verb of lower-case letters and underscores, such as invoice.sent"
        problems.append(FieldError("/action", "invalid_action", says))
    elif (noun := action.partition(".")[0]) in _NOUNS:
        says = f"must not begin with '{noun}.', which is Freehold's own: use your own noun"
        problems.append(FieldError("/action", "reserved_action", says))
    try:
        written = msgspec.json.encode(dict(details or {}))
    except (TypeError, ValueError):
        problems.append(FieldError("/details", "invalid_details", "must be a JSON object"))
    else:
        if len(written) > MOST_BYTES:
            problems.append(FieldError("/details", "too_long", f"must be at most {MOST_BYTES:,} bytes as JSON"))
        if b"\\u0000" in written:  # PostgreSQL has no such character
            problems.append(FieldError("/details", "invalid_details", "must not contain the character U+0000"))
    if problems:
        raise Invalid(problems)
