"""Whether somebody still stands for an invitation: whoever sent it could send it now."""

from uuid import UUID

from freehold.access import GRANTS, Action, Role, known_actions
from freehold.access.standing import ALL_ACTIONS, granted_by
from freehold.data.context import Context
from freehold.organizations.invitations.queries import InvitationRow, Sender
from freehold.organizations.invitations.types import Invitation


def sender_of(context: Context) -> dict[str, UUID | None]:
    """Say who sends an invitation now: a user, or a key of the organization; the operator is neither."""
    key = context.actor.key if context.actor else None
    is_own_key = key is not None and key.organization_id is not None
    return {"invited_by": context.actor_id, "invited_by_key": key.id if key and is_own_key else None}


def may_invite(sender: Sender, promised: frozenset[Action]) -> bool:
    """Say whether somebody could invite now to a role with these actions.

    The operator always could. A user could by their role, however they asked then, unless they are suspended; a key of
    the organization while it works.
    """
    if sender.invited_by is None and sender.invited_by_key is None:
        return True
    if sender.sender_is_suspended:
        return False
    if sender.sender_is_admin:
        held = ALL_ACTIONS
    elif sender.sender_role is not None:
        held = granted_by(sender.sender_role, sender.sender_actions)
    else:
        held = known_actions(sender.key_actions or ())
    return Action.INVITATION_CREATE in held and promised <= held


def shown(row: InvitationRow) -> Invitation:
    """Show an invitation, with whether it must be sent again."""
    is_built_in = row.role_id is None and row.role in set(Role)
    promised = GRANTS[Role(row.role)] if is_built_in else known_actions(row.promised_actions or ())
    return Invitation(
        id=row.id,
        email=row.email,
        role=row.role,
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        needs_resending=not may_invite(row, promised),
    )
