"""A role, what is sent to make or change one, and the question of who may do what."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.access import ActionName
from freehold.base.scalars import RoleName, RoleText
from freehold.base.validation import Input

MOST_ACTIONS: Final = 200
"""How many actions a role or a key holds at most: Freehold's, and those that applications declared."""
Actions = Annotated[
    tuple[ActionName, ...],
    msgspec.Meta(
        max_length=MOST_ACTIONS,
        description="at most 200 different actions",
        extra_json_schema={"uniqueItems": True},
    ),
]

RoleRef = UUID | RoleText
"""A role by its id or its name; the built-in ones have names alone."""


class RoleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A role. Built-in roles are the same in every organization and have no id and no times.

    Times are UTC. ``updated_at`` of a custom role grows with every change and is the version.
    """

    id: UUID | None
    name: RoleText
    actions: Actions
    created_at: datetime | None
    updated_at: datetime | None
    built_in: bool


class CustomRole(RoleEntry, frozen=True, kw_only=True):
    """A custom role of an organization. Times are UTC. ``updated_at`` grows with every change and is the version."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    built_in: bool = False


class NewCustomRole(Input, frozen=True, kw_only=True):
    """A new custom role. It always includes ``organization.read``, so that members can see the organization."""

    name: RoleName
    actions: Actions


class RolePatch(Input, frozen=True, kw_only=True):
    """Changes to a role (RFC 7396). Fields that you leave out stay the same; actions are replaced as a whole."""

    name: RoleName | UnsetType = UNSET
    actions: Actions | UnsetType = UNSET


class AccessQuestion(Input, frozen=True, kw_only=True):
    """The question whether a user can do an action in an organization. Without ``user_id``, it is about yourself."""

    action: ActionName
    user_id: UUID | None = None


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a user can do an action, and why or why not."""

    allowed: bool
    because: str
