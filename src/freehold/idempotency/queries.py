"""Typed stubs of the statements that keep answers."""

import msgspec

from freehold.data.sql import Executor, statement


class KeptAnswer(msgspec.Struct, frozen=True):
    """An answer that nobody can read without the key, and the hash of the request that it answered."""

    request_hash: bytes
    sealed_answer: bytes


@statement
async def claim(db: Executor, *, lock: int) -> bool: ...


@statement
async def find(db: Executor, *, key_hash: bytes) -> KeptAnswer | None: ...


@statement
async def insert(db: Executor, *, key_hash: bytes, request_hash: bytes, sealed_answer: bytes) -> None: ...


@statement
async def drop_expired(db: Executor, *, kept: list[str]) -> None: ...
