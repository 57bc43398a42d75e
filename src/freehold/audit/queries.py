"""Typed stubs of the audit log's statements."""

from uuid import UUID

from freehold.sql import Executor, statement


@statement
async def insert(
    db: Executor,
    *,
    id: UUID,
    organization_id: UUID | None,
    actor_id: UUID | None,
    action: str,
    target_type: str,
    target_id: UUID | None,
    details: str,
    request_id: str | None,
    ip: str | None,
) -> None: ...
