"""What somebody may do in an organization, and through what: the one place that decides, and that can explain it."""

from collections.abc import Sequence
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

ALL_ACTIONS: Final = frozenset(Action)
_NONE: Final = frozenset[Action]()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What an actor may do in one organization.

    Attributes:
        role: of a member, ``owner`` for whoever owns it; None for everybody else.
        granted: what the role gives, or, for an organization's key, the key.
        is_admin: whether a platform administrator asks, who may do all.
        key: the API key that asks, which narrows all that.
        actions: what comes out: all that the actor may do here.
    """

    role: str | None
    granted: frozenset[Action]
    is_admin: bool
    key: Key | None
    actions: frozenset[Action]

    @property
    def is_outside(self) -> bool:
        """Whether the actor is nothing in this organization, and sees what is public alone."""
        return self.role is None and not self.granted and not self.is_admin

    def because(self, action: Action) -> str:
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
    actor: Actor | None, organization_id: UUID, *, role: str | None, role_actions: Sequence[str] | None
) -> Standing:
    """Decide what an actor may do in an organization.

    Args:
        actor: who asks; None for somebody who is not signed in.
        organization_id: where.
        role: what the actor's user is there; None for no member.
        role_actions: the actions of a role that the organization made for itself; None for a built-in one.
    """
    key = actor.key if actor else None
    if key is not None and not key.reaches(organization_id):
        return Standing(role=None, granted=_NONE, is_admin=False, key=key, actions=_NONE)
    is_admin = actor is not None and actor.is_admin
    granted = _NONE
    if key is not None and key.organization_id is not None:
        granted = known_actions(key.actions or ()) if key.organization_id == organization_id else _NONE
    elif role is not None:
        granted = granted_by(role, role_actions)
    actions = ALL_ACTIONS if is_admin else granted
    return Standing(
        role=role,
        granted=granted,
        is_admin=is_admin,
        key=key,
        actions=actions if key is None else actions & _reach(key),
    )


def granted_by(role: str, role_actions: Sequence[str] | None) -> frozenset[Action]:
    """Say what a role gives: a built-in one, or (with ``role_actions``) one that an organization made."""
    return GRANTS[Role(role)] if role_actions is None else known_actions(tuple(role_actions))


@lru_cache(maxsize=1024)
def known_actions(names: Sequence[str]) -> frozenset[Action]:
    """Read stored actions (a tuple or a frozenset); those of another version of Freehold give nothing."""
    return frozenset(action for action in Action if action in names)


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


def _reach(key: Key) -> frozenset[Action]:
    """List what a key can be used for, whoever's it is."""
    actions = ALL_ACTIONS if key.actions is None else known_actions(key.actions)
    return (actions if key.project_ids is None else actions & ON_CHOSEN_PROJECTS) - NEVER_BY_KEY
