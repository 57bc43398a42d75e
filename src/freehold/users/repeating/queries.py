"""Typed stubs of the statements about used tokens."""

from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement


class Used(msgspec.Struct, frozen=True):
    """Who has used a token, for what, and whether their account has no password since."""

    user_id: UUID | None
    organization_id: UUID | None
    email: str | None
    is_locked: bool


@statement
async def note(db: Executor, *, token_hash: bytes, user_id: UUID | None, organization_id: UUID | None) -> None: ...


@statement
async def find(db: Executor, *, token_hash: bytes) -> Used | None: ...
