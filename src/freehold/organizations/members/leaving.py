"""What a person leaves behind who is no longer a member, and what must not wait there for them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from freehold.access import Action, Scope
from freehold.data.context import Context
from freehold.organizations.members import queries
from freehold.organizations.members.types import LeftApiKey, LeftBehind, LeftInvitation


class Left(TypedDict, total=False):
    """What is left behind, for the audit log; nothing that is empty."""

    left_api_keys: list[str]
    left_invitations: list[str]


class Used(TypedDict, total=False):
    """Which invitations were dropped, for the audit log."""

    used_invitations: list[str]


async def left_behind(context: Context, organization_ids: Sequence[UUID], user_id: UUID) -> dict[UUID, LeftBehind]:
    """Find the organizations' own keys that a user has made, and the open invitations that they have sent.

    The keys are the organization's and go on. The invitations do not work any more until somebody sends them again.
    """
    keys: dict[UUID, list[LeftApiKey]] = defaultdict(list)
    for key in await queries.api_keys_of(context.db, organization_ids=organization_ids, user_id=user_id):
        keys[key.organization_id].append(LeftApiKey(id=key.id, name=key.name))
    invitations: dict[UUID, list[LeftInvitation]] = defaultdict(list)
    for sent in await queries.invitations_of(context.db, organization_ids=organization_ids, user_id=user_id):
        invitations[sent.organization_id].append(LeftInvitation(id=sent.id, email=sent.email, role=sent.role))
    return {
        each: LeftBehind(api_keys=tuple(keys[each]), invitations=tuple(invitations[each])) for each in organization_ids
    }


def ids_of(left: LeftBehind) -> Left:
    """Name what is left behind for the audit log, which holds no address."""
    ids = Left()
    if left.api_keys:
        ids["left_api_keys"] = [str(key.id) for key in left.api_keys]
    if left.invitations:
        ids["left_invitations"] = [str(sent.id) for sent in left.invitations]
    return ids


def as_seen(scope: Scope, left: LeftBehind) -> LeftBehind | None:
    """Show as much of it as the actor may read; None for nothing."""
    seen = LeftBehind(
        api_keys=left.api_keys if scope.may(Action.API_KEY_READ) else (),
        invitations=left.invitations if scope.may(Action.INVITATION_READ) else (),
    )
    return seen if seen.api_keys or seen.invitations else None


async def use_up_invitations(context: Context, organization_ids: Sequence[UUID], user_id: UUID) -> Used:
    """Drop what invites a user where they are a member; returns the ids for the audit log.

    Called whenever they become one, and when they cease to be: an invitation from before must not bring them back, nor
    to more than they were.
    """
    dropped = await queries.use_up_invitations(context.db, organization_ids=organization_ids, user_id=user_id)
    return Used(used_invitations=[str(each) for each in dropped]) if dropped else Used()
