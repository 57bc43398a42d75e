"""Typed stubs of the statements about suspensions."""

from uuid import UUID

from freehold.audit.recording import recorded
from freehold.audit.types import NewEvent
from freehold.data.sql import Executor, statement
from freehold.users.suspension.types import NewSuspension, Suspension
from freehold.users.types import User


@statement
async def suspend(db: Executor, *, id: UUID, new: NewSuspension) -> Suspension | None: ...


@recorded
async def resume(db: Executor, event: NewEvent, /, *, id: UUID) -> User | None: ...


@statement
async def by_id(db: Executor, *, id: UUID) -> Suspension | None: ...


@statement
async def is_suspended(db: Executor, *, id: UUID) -> bool | None: ...
