"""What a program has done before and after something is removed for good, in the same transaction."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec


class Purge(msgspec.Struct, frozen=True, kw_only=True):
    """An organization that is removed for good.

    Attributes:
        organization_id: which.
        connection: of asyncpg (or what was given to ``within``), in the transaction that removes it. In it,
            ``freehold.organization_id`` is set to the organization.
    """

    organization_id: UUID
    connection: Any


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """A user whose account is removed for good.

    Attributes:
        user_id: whose.
        connection: of asyncpg (or what was given to ``within``), in the transaction that removes it.
    """

    user_id: UUID
    connection: Any


E = TypeVar("E", Purge, Erasure)
Hook = Callable[[E], Awaitable[None]]


class Registered(Generic[E]):
    """The hooks of one kind, in the order in which they were registered."""

    def __init__(self) -> None:
        self._hooks: list[Hook[E]] = []

    def __bool__(self) -> bool:
        return bool(self._hooks)

    def add(self, hook: Hook[E]) -> Hook[E]:
        """Register a hook, and give it back, as a decorator does."""
        self._hooks.append(hook)
        return hook

    async def run(self, event: E) -> None:
        """Run every hook; what one raises stops the others, and undoes the transaction."""
        for hook in self._hooks:
            await hook(event)


class Hooks:
    """All that a program has registered, on one platform and all that act on it."""

    def __init__(self) -> None:
        self.before_purge = Registered[Purge]()
        self.after_purge = Registered[Purge]()
        self.before_erasure = Registered[Erasure]()
        self.after_erasure = Registered[Erasure]()
