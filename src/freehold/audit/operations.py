"""Writing the audit log."""

from uuid import UUID

import msgspec

from freehold.access import AccountAction, Action
from freehold.audit import queries
from freehold.context import Context
from freehold.ids import new_id


async def record(
    context: Context,
    action: Action | AccountAction,
    target_id: UUID | None,
    *,
    organization_id: UUID | None = None,
    actor_id: UUID | None = None,
    **details: str | bool | list[str] | None,
) -> None:
    """Write down what the context's actor does, in the transaction of the change itself.

    Args:
        context: its ``db`` is the transaction of the change.
        action: what is done; the noun before its dot is the type of the target.
        target_id: what it is done to.
        organization_id: the organization whose log this belongs to; None for what concerns accounts alone.
        actor_id: who did it, where the context has no actor yet (signing up, signing in).
        details: what else a reader of the log needs; never a secret.
    """
    await queries.insert(
        context.db,
        id=new_id(),
        organization_id=organization_id,
        actor_id=context.actor_id or actor_id,
        action=action.value,
        target_type=action.value.partition(".")[0],
        target_id=target_id,
        details=msgspec.json.encode(details).decode(),
        request_id=context.request_id,
        ip=context.ip,
    )
