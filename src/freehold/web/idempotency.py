"""The Idempotency-Key header: a POST that is sent again gets the answer that it got before."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import msgspec

from freehold.base.errors import (
    Forbidden,
    FreeholdError,
    Missing,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from freehold.data.context import Context
from freehold.data.db import Transaction
from freehold.idempotency.keys import IdempotencyKey
from freehold.idempotency.once import once
from freehold.web.answers import Answer
from freehold.web.problems import answer_to, status_of
from freehold.web.requests import Request

HEADER: Final = b"idempotency-key"
REPLAYED: Final = (b"idempotency-replayed", b"true")

_LONGER_SECONDS: Final = 1.0
"""How much longer than one statement a request may take in which a connection falls silent."""
_CLIENT_ERRORS = range(400, 500)
_unpack = msgspec.msgpack.Decoder(Answer).decode


class Repeatable:
    """Answers requests that have an Idempotency-Key.

    Each holds a database connection from its first to its last statement, also while a password is hashed, so only some
    of the pool's are lent to them at a time: requests without a key always find the others.
    """

    def __init__(self) -> None:
        self._turns: asyncio.Semaphore | None = None

    async def answer(
        self, request: Request, context: Context, respond: Callable[[Context], Awaitable[Answer]]
    ) -> Answer:
        """Answer once: with what ``respond`` makes of the context, or with what it made of it before.

        Also an answer that the request cannot be done (4xx) is kept; not one that it cannot be done now. It is given
        again for as long as the caller could still do the request: an answer may hold what only those may see who may.

        Raises:
            InvalidIdempotencyKey, IdempotencyKeyReused, IdempotencyKeyInFlight: the key cannot be used.
            Unavailable: too many such requests are waiting.
        """
        fingerprint = _fingerprint(request)
        key = IdempotencyKey(request.headers[HEADER].decode("latin-1"), caller=_caller(context, fingerprint))

        async def work(transaction: Transaction) -> bytes:
            try:
                answer = await respond(_on(context, transaction))
            except FreeholdError as error:
                if status_of(type(error)) not in _CLIENT_ERRORS or isinstance(error, TooManyRequests):
                    raise
                answer = answer_to(error, request.id)
            return msgspec.msgpack.encode(answer)

        async def check(transaction: Transaction) -> None:
            if context.actor is not None:
                await _require_still_allowed(transaction, lambda inner: respond(_on(context, inner)))

        settings = context.tools.settings
        self._turns = self._turns or asyncio.Semaphore(max(1, settings.pool_size // 2))
        try:
            async with asyncio.timeout(settings.acquire_timeout_seconds):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable("Too many requests with an Idempotency-Key are waiting: try again in a moment") from None
        try:
            seconds = settings.statement_timeout_seconds + _LONGER_SECONDS
            packed, is_replayed = await once(context.db, key, fingerprint, work, check, seconds=seconds)
        finally:
            self._turns.release()
        answer = _unpack(packed)
        return msgspec.structs.replace(answer, headers=(*answer.headers, REPLAYED)) if is_replayed else answer


class _Undone(Exception):
    """Ends work that is done only to see whether it may be."""


async def _require_still_allowed(transaction: Transaction, respond: Callable[[Transaction], Awaitable[Answer]]) -> None:
    """Do the request once more, see whether the caller may, and undo it.

    So every check of the operation counts, and none is written twice. What else stops it now, such as a name that its
    first time has taken, says nothing about the caller.

    Raises:
        Unauthenticated, Forbidden, Missing: the caller may not do this any more, or sees nothing of it.
        Unavailable: the database cannot do it now.
    """

    async def attempt(inner: Transaction) -> None:
        await respond(inner)
        raise _Undone

    with suppress(_Undone):
        try:
            await transaction.transact(attempt)
        except (Unauthenticated, Forbidden, Unavailable):
            raise
        except FreeholdError as error:
            if type(error) is Missing:  # not one of its kinds, which name what is missing to somebody who may ask
                raise


def _on(context: Context, transaction: Transaction) -> Context:
    return msgspec.structs.replace(context, db=transaction)


def _caller(context: Context, fingerprint: bytes) -> str:
    """Tell callers apart. Strangers cannot be, so that each request of theirs has keys of its own."""
    actor = context.actor
    if actor is None:
        return f"nobody {fingerprint.hex()}"
    return f"key {actor.key.id}" if actor.key else f"user {actor.user_id}"


def _fingerprint(request: Request) -> bytes:
    """Tell the request from any other: method, path, query and body, to the byte."""
    scope = request.scope
    head = f"{scope['method']} {scope['path']}".encode()
    parts = (head, scope["query_string"], request.body)
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).digest()
