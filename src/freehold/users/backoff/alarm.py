"""Has failed attempts to sign in seen: in the account's audit log, in the log of the process, and by whom it concerns.

Whoever guesses must not learn by a stopwatch whether an account exists. So the same statements run for a login that
nobody has, and what they write is undone.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from freehold.access import AccountAction, in_transaction
from freehold.audit.recording import record
from freehold.base.devices import describe
from freehold.data.context import Context
from freehold.data.failures import incidental
from freehold.mail.errors import MailedTooOften
from freehold.users.backoff import attempts
from freehold.users.backoff.queries import Failures

EVERY: Final = 10
"""Failures from one that is told of to the next."""

_log = logging.getLogger("freehold.sign_ins")


class _Undone(Exception):
    """What was written is not to be stored."""


class Reminder(NamedTuple):
    """A mail to somebody whose password cannot fit, as after an import, since none is stored.

    Attributes:
        mail: writes it.
        is_due: whether there is such an account; for all others the mail is written and undone.
    """

    mail: Callable[[Context], Awaitable[None]]
    is_due: bool


async def failed(context: Context, user_id: UUID | None, login: str, reminder: Reminder | None = None) -> None:
    """Count an attempt that has failed; the first, the one that begins the waiting and every tenth are told of.

    Args:
        context: who has tried, from where.
        user_id: whose account it is; None for a login that nobody has.
        login: as it was typed; it is not written down.
        reminder: is mailed at the first failure.
    """
    with incidental():
        await in_transaction(context, lambda inner: _note(inner, user_id, login, reminder))


async def _note(context: Context, user_id: UUID | None, login: str, reminder: Reminder | None) -> None:
    found = await attempts.note_failure(context, attempts.budget_of(user_id, login))
    if not _is_told(found):
        return
    with suppress(_Undone):
        await in_transaction(context, lambda inner: _tell(inner, user_id, found))
    if found.failures == 1 and reminder:
        with suppress(_Undone, MailedTooOften):
            await in_transaction(context, lambda inner: _remind(inner, reminder))
    fields = {
        "user_id": str(user_id) if user_id else None,
        "failures": found.failures,
        "failures_of_address": found.failures_of_address,
        "ip": context.ip,
        "device": describe(context.user_agent),
        "is_delayed": _is_delayed(found),
    }
    level = logging.WARNING if _is_delayed(found) else logging.INFO
    whose = f"user {user_id}" if user_id else "a login that nobody has"
    _log.log(
        level,
        "sign-in failed: %s, %d times, %d from %s (%s)",
        whose,
        found.failures,
        found.failures_of_address,
        context.ip or "an unknown address",
        fields["device"],
        extra={"fields": fields},
    )


async def _remind(context: Context, reminder: Reminder) -> None:
    await reminder.mail(msgspec.structs.replace(context, actor=None))
    if not reminder.is_due:
        raise _Undone


async def _tell(context: Context, user_id: UUID | None, found: Failures) -> None:
    # Whoever tries may be signed in as somebody else: it is no deed of that one.
    stranger = msgspec.structs.replace(context, actor=None)
    await record(
        stranger,
        AccountAction.SESSION_FAIL,
        None,
        user_id=user_id,
        failures=found.failures,
        device=describe(context.user_agent),
        is_delayed=_is_delayed(found),
    )
    if user_id is None:
        raise _Undone


def _is_told(found: Failures) -> bool:
    first_delay = found.failures == attempts.FREE or found.failures_of_address == attempts.FREE_OF_ADDRESS
    return found.failures == 1 or found.failures % EVERY == 0 or first_delay


def _is_delayed(found: Failures) -> bool:
    return found.failures >= attempts.FREE or found.failures_of_address >= attempts.FREE_OF_ADDRESS
