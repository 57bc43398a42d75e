"""Typed stubs of the statements about who administers the platform."""

from uuid import UUID

from freehold.audit.recording import recorded
from freehold.audit.types import NewEvent
from freehold.data.sql import Executor, statement
from freehold.users.types import User


@statement
async def is_active_admin(db: Executor, *, user_id: UUID) -> bool | None: ...


@statement
async def lock_active_admins(db: Executor) -> list[UUID]: ...


@recorded
async def grant(db: Executor, event: NewEvent, /, *, id: UUID) -> User | None: ...


@recorded
async def revoke(db: Executor, event: NewEvent, /, *, id: UUID) -> User | None: ...


@statement
async def end_acting(db: Executor, *, id: UUID) -> None: ...
