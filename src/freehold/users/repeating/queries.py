"""Typed stubs of the statements about used tokens."""

from uuid import UUID

from freehold.data.sql import Executor, statement
from freehold.users.repeating.types import Used


@statement
async def note(db: Executor, *, token_hash: bytes, user_id: UUID | None, organization_id: UUID | None) -> None: ...


@statement
async def find(db: Executor, *, token_hash: bytes) -> Used | None: ...
