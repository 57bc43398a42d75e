"""Typed stubs of the statements that count failed attempts to sign in."""

import msgspec

from freehold.data.sql import Executor, statement


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """How often signing in has failed: to an account (or, for a known device, from it), and from an address."""

    failures: int
    failures_of_address: int


@statement
async def wait_seconds(db: Executor, *, device: bytes | None, account: bytes, address: bytes | None) -> int: ...


@statement
async def note_failure(db: Executor, *, device: bytes | None, account: bytes, address: bytes | None) -> Failures: ...


@statement
async def note_success(db: Executor, *, accounts: list[bytes], devices: list[bytes]) -> bool: ...


@statement
async def drop_expired(db: Executor, *, kept: list[str]) -> None: ...
