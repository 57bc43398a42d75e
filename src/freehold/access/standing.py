"""What somebody may do in an organization, and through what: the one place that decides, and that can explain it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec

from freehold.access.actions import (
    ACCOUNT_ACTIONS_BY_KEY,
    GRANTS,
    NEVER_BY_KEY,
    ON_CHOSEN_PROJECTS,
    AccountAction,
    Action,
    Role,
)
from freehold.data.context import Actor, Key
from freehold.data.own_actions import NO_OWN_ACTIONS, OwnActions

_FREEHOLDS: Final = frozenset[str](Action)
_NONE: Final = frozenset[str]()
_RANKS: Final = (Role.MEMBER, Role.ADMIN, Role.OWNER)
"""From the lowest up: whoever has a role can do all that the lower ones can."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What an actor may do in one organization.

    Attributes:
        role: of a member, ``owner`` for whoever owns it; None for everybody else.
        granted: what the role gives, or, for an organization's key, the key.
        is_admin: whether a platform administrator asks, who may do all.
        key: the API key that asks, which narrows all that.
        actions: what comes out: all that the actor may do here.
        own: the actions that applications had declared when this was decided.
    """

    role: str | None
    granted: frozenset[str]
    is_admin: bool
    key: Key | None
    actions: frozenset[str]
    own: OwnActions

    @property
    def is_outside(self) -> bool:
        """Whether the actor is nothing in this organization, and sees what is public alone."""
        return self.role is None and not self.granted and not self.is_admin

    def because(self, action: str) -> str:
        """Say through what the actor may do the action, or why not."""
        if action not in self.actions and (action in self.granted or self.is_admin):
            return f"the API key does not include {action}"
        if action in self.actions and action not in self.granted:
            return "platform administrator"
        if self.role == Role.OWNER and action in self.granted:
            return "owner of the organization"
        includes = "includes" if action in self.granted else "does not include"
        if self.role is not None:
            return f"role {self.role} {includes} {action}"
        return f"the API key {includes} {action}" if self.granted else "not a member"


def standing(
    actor: Actor | None,
    organization_id: UUID,
    *,
    role: str | None,
    role_actions: Sequence[str] | None,
    own: OwnActions,
) -> Standing:
    """Decide what an actor may do in an organization.

    Args:
        actor: who asks; None for somebody who is not signed in.
        organization_id: where.
        role: what the actor's user is there; None for no member.
        role_actions: the actions of a role that the organization made for itself; None for a built-in one.
        own: the actions that applications declared.
    """
    key = actor.key if actor else None
    if key is not None and not key.reaches(organization_id):
        return Standing(role=None, granted=_NONE, is_admin=False, key=key, actions=_NONE, own=own)
    is_admin = actor is not None and actor.is_admin
    granted = _NONE
    if key is not None and key.organization_id is not None:
        granted = known_actions(key.actions or (), own) if key.organization_id == organization_id else _NONE
    elif role is not None:
        granted = granted_by(role, role_actions, own)
    actions = all_actions(own) if is_admin else granted
    return Standing(
        role=role,
        granted=granted,
        is_admin=is_admin,
        key=key,
        actions=actions if key is None else actions & _reach(key, own),
        own=own,
    )


def granted_by(role: str, role_actions: Sequence[str] | None, own: OwnActions) -> frozenset[str]:
    """Say what a role gives: a built-in one, or (with ``role_actions``) one that an organization made."""
    return built_in(role, own) if role_actions is None else known_actions(tuple(role_actions), own)


@lru_cache(maxsize=64)
def built_in(role: str, own: OwnActions) -> frozenset[str]:
    """Say what a built-in role gives, of Freehold's actions and of those that applications declared."""
    rank = _RANKS.index(Role(role))
    return GRANTS[Role(role)] | {
        name for name, lowest in own.lowest_roles.items() if _RANKS.index(Role(lowest)) <= rank
    }


@lru_cache(maxsize=16)
def all_actions(own: OwnActions) -> frozenset[str]:
    """List all that can be done in organizations; a platform administrator may."""
    return _FREEHOLDS.union(own.lowest_roles)


@lru_cache(maxsize=1024)
def known_actions(names: Sequence[str] | frozenset[str], own: OwnActions) -> frozenset[str]:
    """Read stored actions (a tuple or a frozenset).

    Those of another version of Freehold give nothing, nor do those that no application declares any more.
    """
    return all_actions(own) & frozenset(names)


def ordered(actions: Iterable[str]) -> tuple[str, ...]:
    """Put actions in the order in which people read them: Freehold's by what they are about, then others by name."""
    held = frozenset(actions)
    return (*(action for action in Action if action in held), *sorted(held - _FREEHOLDS))


def key_may(key: Key, action: AccountAction) -> bool:
    """Say whether a key may do something outside of organizations."""
    if action is AccountAction.TOKEN_CREATE:  # which says what the key may do, and no more
        return True
    if key.organization_id is not None:
        return False
    if not key.is_limited:
        return action in ACCOUNT_ACTIONS_BY_KEY
    lists = action is AccountAction.ORGANIZATION_LIST and Action.ORGANIZATION_READ in _reach(key)
    return lists or action is AccountAction.USER_READ


def key_includes(key: Key | None, action: Action) -> bool:
    """Say whether a key can be used for an action where its user may do it; whoever uses none can."""
    return key is None or action in _reach(key)


def _reach(key: Key, own: OwnActions = NO_OWN_ACTIONS) -> frozenset[str]:
    """List what a key can be used for, whoever's it is; without ``own``, of Freehold's actions."""
    actions = all_actions(own) if key.actions is None else known_actions(key.actions, own)
    return (actions if key.project_ids is None else actions & ON_CHOSEN_PROJECTS) - NEVER_BY_KEY
