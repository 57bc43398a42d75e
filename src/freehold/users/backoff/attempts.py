"""Slows down whoever guesses passwords, without locking anybody out for good.

After five failures each attempt has to wait, 1 second at first, then twice as long each time, up to 15 minutes.
Failures count against the login, and (after fifty) against the address. An address from which the login was used before
is a known device: it has a budget of its own, so strangers who guess, however long, do not keep its user out; setting a
new password by mail makes a device known, too. An unknown login is counted and answered as a known one. Every time is
the database's.
"""

import hashlib
from collections.abc import Iterable

from freehold.base.addresses import network_of
from freehold.base.scalars import EMAIL
from freehold.data.context import Context
from freehold.data.failures import incidental
from freehold.users.backoff import queries
from freehold.users.backoff.errors import SignInDelayed


async def check(context: Context, login: str) -> None:
    """Return when an attempt to sign in may be made now; ask again when the password has fitted.

    The second time it turns away whoever tries many passwords at once: the right one among them is answered like the
    wrong ones, as soon as enough of these have been.

    Raises:
        SignInDelayed: ``sign_in_delayed``.
    """
    seconds = await queries.wait_seconds(
        context.db,
        device=_device(context, login),
        account=_subject("account", _folded(login)),
        address=_address(context),
    )
    if seconds > 0:
        raise SignInDelayed(retry_after_seconds=seconds)


async def note_failure(context: Context, login: str) -> None:
    """Count an attempt that has failed."""
    with incidental():
        await queries.note_failure(
            context.db,
            device=_device(context, login),
            account=_subject("account", _folded(login)),
            address=_address(context),
        )


async def note_success(context: Context, logins: Iterable[str]) -> bool:
    """Forgive what has failed before, and know the device from now on, under each of a user's logins and their id.

    Say whether it was known; where there is no address, as for a program, there is no device to know.
    """
    logins = {_folded(login) for login in logins}
    was_known = await queries.note_success(
        context.db,
        accounts=[_subject("account", login) for login in logins],
        devices=[device for login in logins if (device := _device(context, login))],
    )
    return was_known or context.ip is None


def _device(context: Context, login: str) -> bytes | None:
    return _subject("device", _folded(login), network_of(context.ip)) if context.ip else None


def _address(context: Context) -> bytes | None:
    return _subject("address", network_of(context.ip)) if context.ip else None


def _subject(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _folded(login: str) -> str:
    """Spell a login in one way, so that no other spelling has a budget of its own."""
    try:
        return (EMAIL.check(login) if "@" in login else login).lower()
    except ValueError:
        return login.lower()
