"""Typed stubs of the statements that count failed attempts to sign in."""

from freehold.data.sql import Executor, statement


@statement
async def wait_seconds(db: Executor, *, device: bytes | None, account: bytes, address: bytes | None) -> int: ...


@statement
async def note_failure(db: Executor, *, device: bytes | None, account: bytes, address: bytes | None) -> None: ...


@statement
async def note_success(db: Executor, *, accounts: list[bytes], devices: list[bytes]) -> bool: ...


@statement
async def drop_expired(db: Executor) -> None: ...
