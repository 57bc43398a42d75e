"""Typed stubs of the statements on a file's lines, which a temporary table holds; they run in one transaction."""

from collections.abc import AsyncIterator, Sequence

import msgspec

from freehold.data.sql import Executor, Runner, Streamer, command, statement, streaming


class Clash(msgspec.Struct, frozen=True, kw_only=True):
    """A line that brings what is there already, or what an earlier line (``first``) brings."""

    line: int
    field: str
    first: int | None


class Dangling(msgspec.Struct, frozen=True, kw_only=True):
    """A line that names what does not exist."""

    line: int
    field: str


@statement
async def pages(db: Executor) -> int: ...


@command
async def analyze(db: Runner) -> int: ...


@command
async def discard(db: Runner, *, lines: Sequence[int]) -> int: ...


@command
async def end(db: Runner) -> int: ...


@command
async def users_stage(db: Runner) -> int: ...


@streaming
def users_clashes(db: Streamer, *, updates: bool) -> AsyncIterator[Clash]: ...


@streaming
def users_stranding(db: Streamer) -> AsyncIterator[Dangling]: ...


@command
async def users_insert(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def users_insert_new(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def users_insert_others(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def users_update(db: Runner) -> int: ...


@command
async def users_end_access(db: Runner) -> int: ...


@command
async def users_use_up(db: Runner) -> int: ...


@command
async def organizations_stage(db: Runner) -> int: ...


@streaming
def organizations_clashes(db: Streamer, *, updates: bool) -> AsyncIterator[Clash]: ...


@streaming
def organizations_dangling(db: Streamer) -> AsyncIterator[Dangling]: ...


@command
async def organizations_insert(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def organizations_insert_new(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def organizations_insert_others(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def organizations_update(db: Runner) -> int: ...


@command
async def organizations_take_slugs(db: Runner) -> int: ...


@command
async def organizations_drop_claims(db: Runner) -> int: ...


@command
async def organizations_owners(db: Runner) -> int: ...


@command
async def organizations_use_up(db: Runner) -> int: ...


@command
async def members_stage(db: Runner) -> int: ...


@streaming
def members_clashes(db: Streamer, *, updates: bool) -> AsyncIterator[Clash]: ...


@streaming
def members_dangling(db: Streamer) -> AsyncIterator[Dangling]: ...


@command
async def members_insert(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def members_insert_new(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def members_insert_others(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def members_update(db: Runner) -> int: ...


@command
async def members_touch_updated(db: Runner) -> int: ...


@command
async def members_touch(db: Runner) -> int: ...


@command
async def members_use_up(db: Runner) -> int: ...


@command
async def projects_stage(db: Runner) -> int: ...


@streaming
def projects_clashes(db: Streamer, *, updates: bool) -> AsyncIterator[Clash]: ...


@streaming
def projects_dangling(db: Streamer) -> AsyncIterator[Dangling]: ...


@command
async def projects_insert(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def projects_insert_new(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def projects_insert_others(db: Runner, *, first_page: int, end_page: int) -> int: ...


@command
async def projects_update(db: Runner) -> int: ...
