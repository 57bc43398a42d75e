"""Typed stubs of the statements of imports and exports."""

from collections.abc import AsyncIterator

import msgspec

from freehold.data.sql import Executor, Streamer, statement, streaming
from freehold.transfer.types import MemberLine, OrganizationLine, ProjectLine, UserLine


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """How far a partial import has come: its last line, what came of the lines, how long the file of refusals was."""

    line: int
    stored: int = 0
    updated: int = 0
    skipped: int = 0
    refused: int = 0
    refusals_bytes: int = 0
    unusable_passwords: int = 0


@statement
async def is_spread(db: Executor) -> bool: ...


@statement
async def checkpoint(db: Executor, *, fingerprint: bytes) -> Checkpoint | None: ...


@statement
async def claim(db: Executor, *, fingerprint: bytes, line: int, after: int) -> int | None: ...


@statement
async def note(
    db: Executor,
    *,
    fingerprint: bytes,
    stored: int,
    updated: int,
    skipped: int,
    refused: int,
    refusals_bytes: int,
    unusable_passwords: int,
) -> None: ...


@statement
async def finish(db: Executor, *, fingerprint: bytes) -> int | None: ...


@statement
async def forget(db: Executor, *, fingerprint: bytes) -> None: ...


@statement
async def count_users(db: Executor) -> int: ...


@streaming
def every_user(db: Streamer) -> AsyncIterator[UserLine]: ...


@statement
async def count_organizations(db: Executor) -> int: ...


@streaming
def every_organization(db: Streamer) -> AsyncIterator[OrganizationLine]: ...


@statement
async def count_members(db: Executor) -> int: ...


@streaming
def every_member(db: Streamer) -> AsyncIterator[MemberLine]: ...


@statement
async def count_projects(db: Executor) -> int: ...


@streaming
def every_project(db: Streamer) -> AsyncIterator[ProjectLine]: ...
