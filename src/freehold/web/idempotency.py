"""The Idempotency-Key header: a POST that is sent again gets the answer that it got before."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from freehold.base.errors import FreeholdError, TooManyRequests, Unavailable
from freehold.data.context import Context
from freehold.data.db import Transaction
from freehold.idempotency.keys import IdempotencyKey
from freehold.idempotency.once import once
from freehold.web.answers import Answer
from freehold.web.problems import answer_to, status_of
from freehold.web.requests import Request

HEADER: Final = b"idempotency-key"
REPLAYED: Final = (b"idempotency-replayed", b"true")

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

        Also an answer that the request cannot be done (4xx) is kept; not one that it cannot be done now.

        Raises:
            InvalidIdempotencyKey, IdempotencyKeyReused, IdempotencyKeyInFlight: the key cannot be used.
            Unavailable: too many such requests are waiting.
        """
        key = IdempotencyKey(request.headers[HEADER].decode("latin-1"), caller=_caller(context))

        async def work(transaction: Transaction) -> bytes:
            try:
                answer = await respond(msgspec.structs.replace(context, db=transaction))
            except FreeholdError as error:
                if status_of(type(error)) not in _CLIENT_ERRORS or isinstance(error, TooManyRequests):
                    raise
                answer = answer_to(error, request.id)
            return msgspec.msgpack.encode(answer)

        settings = context.tools.settings
        self._turns = self._turns or asyncio.Semaphore(max(1, settings.pool_size // 2))
        try:
            async with asyncio.timeout(settings.acquire_timeout_seconds):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable("Too many requests with an Idempotency-Key are waiting: try again in a moment") from None
        try:
            packed, is_replayed = await once(context.db, key, _fingerprint(request), work)
        finally:
            self._turns.release()
        answer = _unpack(packed)
        return msgspec.structs.replace(answer, headers=(*answer.headers, REPLAYED)) if is_replayed else answer


def _caller(context: Context) -> str:
    actor = context.actor
    if actor is None:
        return "nobody"
    return f"key {actor.key.id}" if actor.key else f"user {actor.user_id}"


def _fingerprint(request: Request) -> bytes:
    """Tell the request from any other: method, path, query and body, to the byte."""
    scope = request.scope
    head = f"{scope['method']} {scope['path']}".encode()
    parts = (head, scope["query_string"], request.body)
    return hashlib.sha256(b"".join(b"%d:%s" % (len(part), part) for part in parts)).digest()
