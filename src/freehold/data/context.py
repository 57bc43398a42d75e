"""What every operation gets: who asks, on which database, and the few tools that are not SQL."""

from enum import Enum, auto
from time import monotonic
from typing import Any, Final
from uuid import UUID

import msgspec

from freehold.base.errors import Unauthenticated
from freehold.base.settings import Settings
from freehold.data.db import Database, Transaction
from freehold.data.hooks import Hooks
from freehold.data.own_actions import KnownOwnActions
from freehold.data.paging import Cursors
from freehold.observe.observer import SILENT, Observer
from freehold.passwords.hashing import Passwords


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key that is used, and what it is limited to.

    Attributes:
        id: of the key.
        organization_id: whose key it is, when it is no user's.
        actions: what it may be used for; None for all that its user may do.
        project_ids: the projects that it is for; None for all.
        organization_ids: the organizations of these projects, which are all that it reaches; None for all.
    """

    id: UUID
    organization_id: UUID | None = None
    actions: frozenset[str] | None = None
    project_ids: frozenset[UUID] | None = None
    organization_ids: frozenset[UUID] | None = None

    def reaches(self, organization_id: UUID) -> bool:
        """Say whether it is for anything in an organization."""
        return self.organization_ids is None or organization_id in self.organization_ids

    @property
    def is_limited(self) -> bool:
        """Whether it may do less than whose key it is."""
        return self.actions is not None or self.project_ids is not None


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The caller: a signed-in user, an API key, or the operator (no ``user_id``, can do everything).

    A user's API key acts as that user. An organization's API key has no ``user_id``. ``acting_admin_id`` is the
    platform administrator who acts for the user.
    """

    user_id: UUID | None
    session_id: UUID | None = None
    is_admin: bool = False
    key: Key | None = None
    acting_admin_id: UUID | None = None


OPERATOR: Final = Actor(user_id=None, is_admin=True)
"""Whoever has the database itself: the command line and the library act as this unless told otherwise."""


class Presence(msgspec.Struct, frozen=True):
    """An organization, and what who asks is in it.

    Attributes:
        id: of the organization.
        slug: that it has now.
        role: None for an outsider.
        actions: those of a role that the organization made; None for a built-in role.
        own_version: of the actions that applications declare.
    """

    id: UUID
    slug: str
    role: str | None
    actions: tuple[str, ...] | None
    own_version: UUID | None


AHEAD_SECONDS: Final = 1.0
"""How long what was read ahead may be used: what a request does first comes within it."""


class Mine(Enum):
    """What is asked for of who asks, whoever that is."""

    ORGANIZATIONS = auto()
    """Their account, with the organizations that they are in."""


class Ahead(msgspec.Struct):
    """What was read together with who asks, for the first who wants to know it.

    Whoever asks again, or later, hears what is stored then. ``key`` says what it is of: a user, by id, with their
    organizations; or what a user is in an organization, as it was named.
    """

    key: UUID | tuple[UUID | str, UUID]
    found: Any
    read_at: float

    def take(self, key: UUID | tuple[UUID | str, UUID | None]) -> Any:
        """Give it, once, if it is of this; None otherwise."""
        found, self.found = self.found, None
        return found if key == self.key and monotonic() - self.read_at < AHEAD_SECONDS else None


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """What a process makes once and every operation may use."""

    settings: Settings
    passwords: Passwords
    cursors: Cursors
    observer: Observer = SILENT
    own_actions: KnownOwnActions = msgspec.field(default_factory=KnownOwnActions)
    hooks: Hooks = msgspec.field(default_factory=Hooks)


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """One request's surroundings; in an operation that writes, ``db`` is its transaction.

    Attributes:
        db: where statements run.
        tools: what the process made once.
        actor: who asks; None for nobody.
        request_id: of the request, for the audit log.
        ip: where it came from.
        user_agent: what it was sent with.
        redirects: whether a read by a name from before is answered by where that is now (``Moved``), as over HTTP;
            otherwise by what was asked for.
        ahead: what was read together with who asks; None where nothing was.
    """

    db: Database | Transaction
    tools: Tools
    actor: Actor | None = None
    request_id: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    redirects: bool = False
    languages: str | None = None
    ahead: Ahead | None = None

    @property
    def signed_in(self) -> Actor:
        """The actor.

        Raises:
            Unauthenticated: nobody is signed in.
        """
        if self.actor is None:
            raise Unauthenticated
        return self.actor

    @property
    def actor_id(self) -> UUID | None:
        """The id of the signed-in user; None for nobody and for the operator."""
        return self.actor.user_id if self.actor else None

    @property
    def is_admin(self) -> bool:
        """Whether the actor may administer the whole platform."""
        return self.actor is not None and self.actor.is_admin
