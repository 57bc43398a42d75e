"""Tells what others may do in an organization, by the decision that every operation starts from."""

from uuid import UUID

from freehold.access import queries
from freehold.access.actions import OPEN_TO_ALL, Action
from freehold.access.scope import Scope, no_such_organization
from freehold.access.standing import Standing, granted_by, standing
from freehold.base.errors import Forbidden
from freehold.data.context import Actor, Context


async def standing_of(scope: Scope, user_id: UUID) -> Standing:
    """Say what another user may do in the scope's organization.

    Platform administration counts only when a platform administrator asks: who else is one is not told.
    """
    found = await queries.role_of_user(scope.db, organization_id=scope.organization_id, user_id=user_id)
    own = await scope.context.tools.own_actions.at(scope.db, found.own_version) if found else scope.standing.own
    actor = Actor(user_id=user_id, is_admin=found is not None and found.is_admin and scope.context.is_admin)
    return standing(
        actor,
        scope.organization_id,
        role=found.role if found else None,
        role_actions=found.actions if found else None,
        own=own,
    )


async def is_fellow(context: Context, user_id: UUID) -> bool:
    """Say whether a user shares an organization with the actor; nobody shares one with an organization's key."""
    viewer_id = context.actor_id
    return viewer_id is not None and await queries.shares_organization(context.db, viewer_id=viewer_id, user_id=user_id)


async def held_anywhere(context: Context, user_id: UUID) -> frozenset[str]:
    """Say what a user may do in at least one organization, by their roles."""
    held = await queries.roles_of_user(context.db, user_id=user_id)
    if not held:
        return frozenset()
    own = await context.tools.own_actions.at(context.db, held[0].own_version)
    return frozenset[str]().union(*(granted_by(each.role, each.actions, own) for each in held))


async def explain_access(scope: Scope, action: str, user_id: UUID | None) -> tuple[bool, str]:
    """Say whether a user (by default the actor) may do an action in the scope's organization, and through what.

    Raises:
        Missing: ``not_found``: the actor sees nothing of the organization.
        Forbidden: the actor asks about somebody else without ``member.read``.
    """
    is_public = (scope.standing.is_outside or action in OPEN_TO_ALL) and await queries.has_public_project(
        scope.db, organization_id=scope.organization_id
    )
    if scope.standing.is_outside and not is_public:
        raise no_such_organization()
    if user_id is None or user_id == scope.context.actor_id:
        held = scope.standing
    elif scope.may(Action.MEMBER_READ):
        held = await standing_of(scope, user_id)
    else:
        raise Forbidden("You can ask about yourself; to ask about others, you need member.read")
    if action not in held.actions and is_public and action in OPEN_TO_ALL:
        return True, "anyone can read public projects"
    return action in held.actions, held.because(action)
