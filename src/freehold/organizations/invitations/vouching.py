"""Whether somebody still stands for an invitation: whoever sent it could send it now."""

from uuid import UUID

from freehold.access import Action, Role, all_actions, built_in, granted_by, known_actions
from freehold.data.context import Context
from freehold.data.own_actions import OwnActions
from freehold.data.sql import Executor
from freehold.organizations.invitations import queries
from freehold.organizations.invitations.queries import InvitationRow, ReceivedRow, Sender
from freehold.organizations.invitations.types import Invitation, InvitingOrganization, ReceivedInvitation


def sender_of(context: Context) -> dict[str, UUID | None]:
    """Say who sends an invitation now: a user, or a key of the organization; the operator is neither."""
    key = context.actor.key if context.actor else None
    is_own_key = key is not None and key.organization_id is not None
    return {"invited_by": context.actor_id, "invited_by_key": key.id if key and is_own_key else None}


async def held_by_sender(
    db: Executor, *, organization_id: UUID, user_id: UUID | None, key_id: UUID | None, own: OwnActions
) -> frozenset[str]:
    """Find what whoever sent something in an organization may do there now: the operator all, the suspended nothing."""
    sender = await queries.sender(db, organization_id=organization_id, invited_by=user_id, invited_by_key=key_id)
    return _held(sender, own)


def may_invite(sender: Sender, promised: frozenset[str], own: OwnActions) -> bool:
    """Say whether somebody could invite now to a role with these actions.

    The operator always could. A user could by their role, however they asked then, unless they are suspended; a key of
    the organization while it works.
    """
    held = _held(sender, own)
    return Action.INVITATION_CREATE in held and promised <= held


def _held(sender: Sender, own: OwnActions) -> frozenset[str]:
    if sender.sender_is_suspended:
        return frozenset()
    is_operator = sender.invited_by is None and sender.invited_by_key is None
    if is_operator or sender.sender_is_admin:
        return all_actions(own)
    if sender.sender_role is not None:
        return granted_by(sender.sender_role, sender.sender_actions, own)
    return known_actions(sender.key_actions or (), own)


def needs_resending(row: InvitationRow, own: OwnActions) -> bool:
    """Say whether an invitation does not work until somebody sends it again."""
    is_built_in = row.role_id is None and row.role in set(Role)
    promised = built_in(row.role, own) if is_built_in else known_actions(row.promised_actions or (), own)
    return not may_invite(row, promised, own)


def received(row: ReceivedRow, own: OwnActions) -> ReceivedInvitation:
    """Show an invitation to whom it was sent."""
    return ReceivedInvitation(
        id=row.id,
        organization=InvitingOrganization(
            id=row.organization_id, name=row.organization_name, slug=row.organization_slug
        ),
        role=row.role,
        email=row.email,
        inviter=row.inviter,
        created_at=row.created_at,
        expires_at=row.expires_at,
        needs_resending=needs_resending(row, own),
    )


def shown(row: InvitationRow, own: OwnActions) -> Invitation:
    """Show an invitation, with whether it must be sent again: one that was answered or revoked cannot be."""
    return Invitation(
        id=row.id,
        email=row.email,
        role=row.role,
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        needs_resending=row.status in {"open", "expired"} and needs_resending(row, own),
        status=row.status,
        ended_at=row.ended_at,
    )
