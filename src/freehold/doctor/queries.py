"""Typed stubs of what an examination reads."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement
from freehold.doctor.types import FailedPurge, FailingEndpoint, Outbox, Role, Server


@statement
async def server(db: Executor) -> Server: ...


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What one server of a cluster is, and how far."""

    in_recovery: bool
    system: int
    timeline: int
    lsn: int
    is_paused: bool
    feedback: str


@statement
async def standing(db: Executor) -> Standing: ...


@statement
async def role(db: Executor, *, tables: Sequence[str]) -> Role: ...


@statement
async def unproved_constraints(db: Executor) -> list[str]: ...


@statement
async def broken_indexes(db: Executor) -> list[str]: ...


@statement
async def idle_triggers(db: Executor) -> list[str]: ...


@statement
async def organizations_without_owner(db: Executor) -> list[UUID]: ...


@statement
async def outbox(db: Executor) -> Outbox: ...


@statement
async def any_admin(db: Executor) -> bool: ...


@statement
async def failing_endpoints(db: Executor) -> list[FailingEndpoint]: ...


@statement
async def idle_queues(db: Executor) -> float: ...


@statement
async def failed_purges(db: Executor) -> list[FailedPurge]: ...
