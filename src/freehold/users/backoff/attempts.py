"""Slows down whoever guesses passwords, without locking anybody out for good.

After five failures each attempt has to wait, 1 second at first, then twice as long each time, up to 15 minutes.
Failures count against the account, however its login is written, and (after fifty) against the address. An address from
which an account was used before is a known device: it has a budget of its own, so strangers who guess, however long, do
not keep its user out; setting a new password by mail makes a device known, too. A login that nobody has is counted and
answered as an account. Every time is the database's.
"""

import hashlib
from uuid import UUID

from freehold.base.addresses import network_of
from freehold.base.scalars import EMAIL
from freehold.base.text import folded, trimmed
from freehold.data.context import Context
from freehold.users.backoff import queries
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.backoff.queries import Failures

FREE = 5
"""Failures before the first wait, as the statement has it."""
FREE_OF_ADDRESS = 50


def budget_of(user_id: UUID | None, login: str) -> str:
    """Say whose attempts are counted together: an account's, or those of a login that nobody has."""
    return str(user_id) if user_id else _folded(login)


async def check(context: Context, budget: str) -> None:
    """Return when an attempt to sign in may be made now; ask again when the password has fitted.

    The second time it turns away whoever tries many passwords at once: the right one among them is answered like the
    wrong ones, as soon as enough of these have been.

    Raises:
        SignInDelayed: ``sign_in_delayed``.
    """
    seconds = await queries.wait_seconds(
        context.db,
        device=_device(context, budget),
        account=_subject("account", budget),
        address=_address(context),
    )
    if seconds > 0:
        raise SignInDelayed(retry_after_seconds=seconds)


async def note_failure(context: Context, budget: str) -> Failures:
    """Count an attempt that has failed, and say how many have."""
    return await queries.note_failure(
        context.db,
        device=_device(context, budget),
        account=_subject("account", budget),
        address=_address(context),
    )


async def note_success(context: Context, user_id: UUID) -> bool:
    """Forgive what has failed before, and know the device from now on.

    Say whether it was known; where there is no address, as for a program, there is no device to know.
    """
    budget = str(user_id)
    device = _device(context, budget)
    was_known = await queries.note_success(
        context.db, accounts=[_subject("account", budget)], devices=[device] if device else []
    )
    return was_known or context.ip is None


def _device(context: Context, budget: str) -> bytes | None:
    return _subject("device", budget, network_of(context.ip)) if context.ip else None


def _address(context: Context) -> bytes | None:
    return _subject("address", network_of(context.ip)) if context.ip else None


def _subject(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _folded(login: str) -> str:
    """Spell a login in one way, so that no other spelling has a budget of its own."""
    try:
        return EMAIL.check(login).lower() if "@" in login else folded(trimmed(login))
    except ValueError:
        return folded(trimmed(login))
