"""Typed stubs of the statements that sum up requests over all nodes."""

import msgspec

from freehold.data.sql import Executor, statement


class Total(msgspec.Struct, frozen=True):
    """What all nodes have counted in a bucket; times are seconds since 1970 by the database's clock."""

    bucket: str
    ends_at: float
    requests: int
    now: float


@statement
async def add(db: Executor, *, buckets: list[str], ends: list[float], requests: list[int]) -> list[Total]: ...


@statement
async def add_one(db: Executor, *, bucket: str, window_seconds: int) -> Total: ...


@statement
async def drop_ended(db: Executor) -> None: ...
