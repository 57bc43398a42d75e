"""The life of a signing key: known to those who verify before it signs, and for as long as what it signed is valid.

A new key is published ``LEAD_SECONDS`` before it signs, so that whoever keeps the public keys for ``CACHE_SECONDS`` has
it by then. The one before it stays published for ``OVERLAP_SECONDS`` after that, which is longer than a token is valid,
whatever the clocks.
"""

from typing import Final
from uuid import UUID

from freehold.access import AccountAction
from freehold.audit.recording import record
from freehold.base.ids import new_id
from freehold.data.context import Context
from freehold.data.forgetting import Over, forget
from freehold.tokens import queries
from freehold.tokens.signing import new_pair
from freehold.tokens.types import CACHE_SECONDS, TOKEN_SECONDS

LEAD_SECONDS: Final = CACHE_SECONDS + 300
"""How long a key is published before it signs."""
OVERLAP_SECONDS: Final = TOKEN_SECONDS + CACHE_SECONDS + 300
"""How long a key is published after it signed last."""
_SECONDS_A_DAY: Final = 86_400


async def make_next(context: Context, *, min_age_days: float | None, at_once: bool = False) -> bool:
    """Make the next key, in the context's transaction.

    Args:
        context: whose ``db`` is a transaction.
        min_age_days: do nothing while the newest key has signed for less; None makes one in any case.
        at_once: sign with it from now on, and let those before it verify nothing any more.

    Returns:
        Whether it was made: not when the newest is too young, or another node makes it at this moment.
    """
    pair, key_id = new_pair(), new_id()
    generation = await queries.insert(
        context.db,
        id=key_id,
        public_key=pair.public_key,
        private_key=pair.private_key,
        lead_seconds=0 if at_once else LEAD_SECONDS,
        min_age_seconds=None if min_age_days is None else min_age_days * _SECONDS_A_DAY,
    )
    if generation is None:
        return False
    ended: list[UUID] = await queries.delete_before(context.db, generation=generation, kept=[]) if at_once else []
    await record(
        context, AccountAction.SIGNING_KEY_ROTATE, key_id, at_once=at_once, ended=[str(each) for each in ended]
    )
    return True


async def drop_outlived(context: Context) -> None:
    """Remove the keys that signed nothing which is still valid."""
    generation = await queries.outlived(context.db, overlap_seconds=OVERLAP_SECONDS)
    if generation is not None:
        await forget(
            context,
            Over(
                "signing_keys",
                ("generation",),
                lambda kept: queries.delete_before(context.db, generation=generation, kept=kept),
            ),
        )
