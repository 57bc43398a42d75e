"""Does the work of a request once, however often it is sent."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from freehold.data.db import Database, Transaction
from freehold.idempotency import queries
from freehold.idempotency.errors import IdempotencyKeyInFlight, IdempotencyKeyReused
from freehold.idempotency.keys import IdempotencyKey


class Given(NamedTuple):
    """An answer, and whether it was given before."""

    answer: bytes
    is_replayed: bool


async def once(
    db: Database | Transaction,
    key: IdempotencyKey,
    request_hash: bytes,
    work: Callable[[Transaction], Awaitable[bytes]],
) -> Given:
    """Return the first answer that was given under the key, or do the work and keep its answer.

    Everything is one transaction: the key is claimed, the work done (its own transactions are savepoints), the answer
    kept. If it breaks off anywhere, nothing has happened, and the same request can be sent again at once.

    Args:
        db: where the transaction is begun; after a lost race it is begun anew, with nothing done twice.
        key: the caller's key.
        request_hash: 32 bytes that tell this request from any other.
        work: does what the request asks for and returns its answer; what it raises is not kept.

    Raises:
        IdempotencyKeyInFlight: ``idempotency_key_in_flight``: another request with the key is at work.
        IdempotencyKeyReused: ``idempotency_key_reused``: the key was already used for another request.
    """

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
        return Given(key.open(kept.sealed_answer), is_replayed=True)

    return await db.transact(run)
