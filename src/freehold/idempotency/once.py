"""Does the work of a request once, however often it is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, NamedTuple

from freehold.base.errors import OutcomeUnknown, Unavailable
from freehold.data.db import Database, Transaction
from freehold.idempotency import queries
from freehold.idempotency.errors import IdempotencyKeyInFlight, IdempotencyKeyReused
from freehold.idempotency.keys import IdempotencyKey

FIND_OUT_SECONDS: Final = 3.0
"""For how long it is looked for what became of a change whose answer got lost."""
LEAST_SECONDS: Final = 0.4
"""For how long at least, also when the answer was waited for until there was no time left."""
_PAUSE_SECONDS: Final = 0.05


class Given(NamedTuple):
    """An answer, and whether it was given before."""

    answer: bytes
    is_replayed: bool


async def once(
    db: Database | Transaction,
    key: IdempotencyKey,
    request_hash: bytes,
    work: Callable[[Transaction], Awaitable[bytes]],
    check: Callable[[Transaction], Awaitable[None]],
    *,
    seconds: float = FIND_OUT_SECONDS,
) -> Given:
    """Return the first answer that was given under the key, or do the work and keep its answer.

    Everything is one transaction: the key is claimed, the work done (its own transactions are savepoints), the answer
    kept. If it breaks off anywhere, nothing has happened, and the same request can be sent again at once. If only the
    answer to its COMMIT gets lost, another connection finds out: who can claim the key sees what has become of it.

    Args:
        db: where the transaction is begun; after a lost race it is begun anew, with nothing done twice.
        key: the caller's key.
        request_hash: 32 bytes that tell this request from any other.
        work: does what the request asks for and returns its answer; what it raises is not kept.
        check: called before an answer is given again; raises when the caller could not do the request now.
        seconds: how long all of it may take before it is no longer looked for what became of it.

    Raises:
        IdempotencyKeyInFlight: ``idempotency_key_in_flight``: another request with the key is at work.
        IdempotencyKeyReused: ``idempotency_key_reused``: the key was already used for another request.
        OutcomeUnknown: ``outcome_unknown``: whether it is stored cannot be found out now.
    """
    end = monotonic() + seconds

    async def run(transaction: Transaction) -> Given:
        if not await queries.claim(transaction, lock=key.lock):
            raise IdempotencyKeyInFlight
        # Looked for only now: a statement sees what was committed when it began, and the claim may have come after.
        kept = await queries.find(transaction, key_hash=key.hash)
        if kept is None:
            answer = await work(transaction)
            await queries.insert(
                transaction, key_hash=key.hash, request_hash=request_hash, sealed_answer=key.seal(answer)
            )
            return Given(answer, is_replayed=False)
        if kept.request_hash != request_hash:
            raise IdempotencyKeyReused
        await check(transaction)
        return Given(key.open(kept.sealed_answer), is_replayed=True)

    try:
        return await db.transact(run)
    except OutcomeUnknown as unknown:
        now = monotonic()
        return await _find_out(lambda: db.transact(run), unknown, min(max(end - now, LEAST_SECONDS), FIND_OUT_SECONDS))


async def _find_out(again: Callable[[], Awaitable[Given]], unknown: OutcomeUnknown, seconds: float) -> Given:
    """Do it again, which gives the answer that was kept, or does the work if nothing was stored.

    As long as the key cannot be claimed, the lost transaction may still be committed.
    """
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    return (await again())._replace(is_replayed=False)
                except (IdempotencyKeyInFlight, Unavailable, OutcomeUnknown):
                    await asyncio.sleep(_PAUSE_SECONDS)
    except TimeoutError:
        raise unknown from None
