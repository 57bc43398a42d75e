"""A role, what is sent to make or change one, and the question of who may do what."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.access import Action
from freehold.base.scalars import RoleName, RoleText
from freehold.base.validation import Input

Actions = Annotated[
    tuple[Action, ...],
    msgspec.Meta(
        max_length=len(Action),
        description="different actions",
        extra_json_schema={"uniqueItems": True},
    ),
]

RoleRef = UUID | RoleText
"""A role by its id or its name; the built-in ones have names alone."""


class CustomRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role that an organization made. Times are UTC; ``updated_at`` grows with every change and is the version."""

    id: UUID
    name: RoleText
    actions: Actions
    created_at: datetime
    updated_at: datetime
    built_in: bool = False


class RoleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A role as lists show it. The built-in ones are everywhere the same and have neither id nor times."""

    id: UUID | None
    name: RoleText
    actions: Actions
    created_at: datetime | None
    updated_at: datetime | None
    built_in: bool


class NewCustomRole(Input, frozen=True, kw_only=True):
    """A role to make. It always includes ``organization.read``: whoever belongs to an organization sees it."""

    name: RoleName
    actions: Actions


class RolePatch(Input, frozen=True, kw_only=True):
    """Changes to a role (RFC 7396): what is absent stays; actions are replaced as a whole."""

    name: RoleName | UnsetType = UNSET
    actions: Actions | UnsetType = UNSET


class AccessQuestion(Input, frozen=True, kw_only=True):
    """May somebody do an action in an organization? Without ``user_id``, whoever asks."""

    action: Action
    user_id: UUID | None = None


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody may do an action, and through what, or what is missing."""

    allowed: bool
    because: str
