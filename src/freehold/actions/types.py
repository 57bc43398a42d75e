"""An action, and what an application sends to declare its own."""

from typing import Annotated, Final

import msgspec

from freehold.access import ActionName, Role
from freehold.base.scalars import Application, OwnActionName, Reason
from freehold.base.validation import Input

MOST_NAMED: Final = 20
"""How many roles, and how many keys, are named where something is held by many."""

Roles = Annotated[
    tuple[Role, ...],
    msgspec.Meta(max_length=len(Role), description="different built-in roles", extra_json_schema={"uniqueItems": True}),
]
Revision = Annotated[
    int,
    msgspec.Meta(ge=1, le=2_147_483_647, description="a number that you raise when you change what you declared"),
]


class ActionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An action that roles and API keys can have.

    ``built_in`` says that it is Freehold's. ``roles`` are the built-in roles that have it. ``applications`` are those
    that declared it: none for Freehold's.
    """

    name: ActionName
    built_in: bool
    roles: Roles
    applications: tuple[Application, ...]
    description: str | None


class NewAction(Input, frozen=True, kw_only=True):
    """An action that an application declares, such as ``invoice.read``.

    ``roles`` are the built-in roles that have it. The owner always has it, and an admin has whatever a member has, so
    ``("member",)`` stands for all three. Without roles, only the owner has it.
    """

    name: OwnActionName
    roles: Roles = ()
    description: Reason | None = None

    @property
    def lowest_role(self) -> Role:
        """The lowest role that has it, and with it those above."""
        return next((role for role in (Role.MEMBER, Role.ADMIN) if role in self.roles), Role.OWNER)


class ActionDeclaration(Input, frozen=True, kw_only=True):
    """What an application declares, each time that it starts.

    What it declared before stays declared, also when it is not named here. To change the roles or the description of an
    action, raise ``revision``: a declaration with a lower one than was seen before changes nothing, so that an older
    version of your application can run beside a newer one.
    """

    application: Application
    actions: Annotated[tuple[NewAction, ...], msgspec.Meta(max_length=100, description="at most 100 different actions")]
    revision: Revision = 1


class HoldingRole(msgspec.Struct, frozen=True, kw_only=True):
    """A custom role that has an action."""

    organization: str
    role: str


class HoldingKey(msgspec.Struct, frozen=True, kw_only=True):
    """An API key that has an action: of an organization (its slug) or of a user (their name)."""

    id: str
    name: str
    organization: str | None
    user: str | None


class ActionRemoval(msgspec.Struct, frozen=True, kw_only=True):
    """An action that was deleted, and what had it: up to 20 roles and keys by name, and how many there are in all."""

    name: OwnActionName
    role_count: int
    key_count: int
    roles: tuple[HoldingRole, ...]
    api_keys: tuple[HoldingKey, ...]
