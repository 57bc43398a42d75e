"""Declares an operation: names its action, checks access, and opens its transaction when it writes.

An operation is written once, for the one who may call it, and declared with who that is. What a caller gets is the
declared function, so no edge can reach the work without the check::

    @on_organization(Action.PROJECT_CREATE, writes=True)
    async def create(scope: Scope, new: NewProject) -> Project: ...

    await create(context, "acme", NewProject(name="Rocket"))
"""

from collections.abc import Awaitable, Callable, Iterable
from enum import Enum, auto
from functools import partial, wraps
from typing import Any, Concatenate, Final, Literal, ParamSpec, TypeVar
from uuid import UUID

import msgspec

from freehold.access import queries
from freehold.access.actions import GRANTS, OPEN_TO_ALL, AccountAction, Action
from freehold.access.standing import Standing, key_may, standing
from freehold.context import Actor, Context
from freehold.db import Transaction
from freehold.errors import Forbidden, Missing, Unauthenticated
from freehold.observe.traces import traced

P = ParamSpec("P")
R = TypeVar("R")
ContextT = TypeVar("ContextT", bound=Context)

OrganizationRef = UUID | str
"""An organization by its id or its slug; the two never look alike."""
UserRef = UUID | Literal["me"]
"""A user by id, or ``me`` for the one who asks."""


class Declared(msgspec.Struct, frozen=True):
    """What an operation declared about itself."""

    action: Action | AccountAction
    allowed: str
    writes: bool


OPERATIONS: Final[dict[str, Declared]] = {}
"""Every operation by its full name; the documentation's table and the meta-tests read it."""


class By(Enum):
    """Who may call an operation outside of any organization."""

    ANYONE = auto()
    SIGNED_IN = auto()
    ADMIN = auto()


class Scope(Context, frozen=True, kw_only=True):
    """Proof that the actor may do ``action`` in an organization; only this module makes one."""

    action: Action
    organization_id: UUID
    standing: Standing

    @property
    def role(self) -> str | None:
        """What the actor is here: owner, admin, member or a role that the organization made; None for no member."""
        return self.standing.role

    @property
    def actions(self) -> frozenset[Action]:
        """All that the actor may do here."""
        return self.standing.actions

    @property
    def project_ids(self) -> frozenset[UUID] | None:
        """The projects that the actor's key is limited to; None for all."""
        return self.standing.key.project_ids if self.standing.key else None

    def may(self, action: Action) -> bool:
        """Say whether the actor may also do another action here."""
        return action in self.standing.actions

    def require_all(self, actions: Iterable[Action], purpose: str) -> None:
        """Return when the actor holds all of these: nobody gives, changes or takes away more than they have.

        Args:
            actions: what somebody else has, or is to have.
            purpose: what the actor would do with it, such as ``give this role``.

        Raises:
            Forbidden: naming the actions that the actor lacks.
        """
        lacking = sorted(frozenset(actions) - self.standing.actions)
        if lacking:
            raise Forbidden(f"You cannot {purpose}: it has actions that you lack here: {', '.join(lacking)}")


class Subject(Context, frozen=True, kw_only=True):
    """Proof that the actor may do something with the account of a user; only this module makes one."""

    user_id: UUID

    @property
    def viewer_id(self) -> UUID | None:
        """Whose view narrows what is shown; None for a user themselves and for administrators, who see all."""
        return None if self.is_admin or self.actor_id == self.user_id else self.actor_id

    @property
    def by_key(self) -> bool:
        """Whether an API key asks, in the place of a person."""
        return self.actor is not None and self.actor.key is not None


def operation(
    action: AccountAction, *, by: By, writes: bool = False, one_statement: bool = False, own_transaction: bool = False
) -> Callable[[Callable[Concatenate[Context, P], Awaitable[R]]], Callable[Concatenate[Context, P], Awaitable[R]]]:
    """Declare an operation outside of any organization.

    Args:
        action: what is done.
        by: who may.
        writes: run in a transaction.
        one_statement: the operation writes with a single statement, which is stored whole or not at all by itself.
        own_transaction: the operation writes and calls ``in_transaction`` itself, since it must not hold a connection
            while it hashes a password.

    Raises (when called):
        Unauthenticated: nobody is signed in, and somebody must be.
        Forbidden: only a platform administrator may do this.
    """

    def declare(
        work: Callable[Concatenate[Context, P], Awaitable[R]],
    ) -> Callable[Concatenate[Context, P], Awaitable[R]]:
        _register(work, action, by.name.lower(), writes=writes or one_statement or own_transaction)

        @wraps(work)
        async def run(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if by is not By.ANYONE:
                _check_key(context.signed_in, action)
            if by is By.ADMIN and not context.is_admin:
                raise Forbidden("Only a platform administrator may do this")
            return await _run(
                context, lambda inner: work(inner, *args, **kwargs), writes=writes, one_statement=one_statement
            )

        return _traced(work, run)

    return declare


def on_user(
    action: AccountAction,
    *,
    writes: bool = False,
    one_statement: bool = False,
    own_transaction: bool = False,
    private: bool = False,
) -> Callable[
    [Callable[Concatenate[Subject, P], Awaitable[R]]], Callable[Concatenate[Context, UserRef, P], Awaitable[R]]
]:
    """Declare an operation on the account of a user.

    A user is seen by themselves, by whoever shares an organization with them, and by platform administrators; changed
    by themselves and by platform administrators. What is ``private`` is also seen by these alone.

    Raises (when called):
        Unauthenticated: nobody is signed in.
        Missing: there is no such user, or the actor may not see them.
        Forbidden: the actor sees the user and may not do this.
    """

    def declare(
        work: Callable[Concatenate[Subject, P], Awaitable[R]],
    ) -> Callable[Concatenate[Context, UserRef, P], Awaitable[R]]:
        changes = writes or one_statement or own_transaction
        closed = changes or private
        _register(work, action, "self" if closed else "self, fellow members", writes=changes)

        @wraps(work)
        async def run(context: Context, user: UserRef, /, *args: P.args, **kwargs: P.kwargs) -> R:
            async def inside(inner: Context) -> R:
                subject = await _subject(inner, user, action, closed=closed)
                return await work(subject, *args, **kwargs)

            return await _run(context, inside, writes=writes, one_statement=one_statement)

        return _traced(work, run)

    return declare


def on_organization(
    action: Action,
    *,
    writes: bool = False,
    one_statement: bool = False,
    outsiders: bool = False,
    deleted: bool = False,
) -> Callable[
    [Callable[Concatenate[Scope, P], Awaitable[R]]], Callable[Concatenate[Context, OrganizationRef, P], Awaitable[R]]
]:
    """Declare an operation in an organization.

    Args:
        action: what is done; the actor's role must be granted it.
        writes: run in a transaction.
        one_statement: the operation writes with a single statement, which is stored whole or not at all by itself.
        outsiders: let everybody in, with ``role`` None; the operation shows them what is public and nothing else.
        deleted: it is for deleted organizations, and for them alone. They exist for nobody else than for those who may
            do this, and in no other operation.

    Raises (when called):
        Unauthenticated: nobody is signed in (unless ``outsiders``).
        Missing: there is no such organization, or the actor may not see it.
        Forbidden: the actor sees the organization and may not do this.
    """

    def declare(
        work: Callable[Concatenate[Scope, P], Awaitable[R]],
    ) -> Callable[Concatenate[Context, OrganizationRef, P], Awaitable[R]]:
        _register(
            work, action, "role" + (", anyone for what is public" if outsiders else ""), writes=writes or one_statement
        )

        @wraps(work)
        async def run(context: Context, organization: OrganizationRef, /, *args: P.args, **kwargs: P.kwargs) -> R:
            async def inside(inner: Context) -> R:
                find = _scope_in_deleted if deleted else partial(_scope, outsiders=outsiders)
                scope = await find(inner, organization, action)
                return await work(scope, *args, **kwargs)

            return await _run(context, inside, writes=writes, one_statement=one_statement)

        return _traced(work, run)

    return declare


def _register(work: Callable[..., object], action: Action | AccountAction, allowed: str, *, writes: bool) -> None:
    OPERATIONS[f"{work.__module__}.{work.__name__}"] = Declared(action, allowed, writes)


def _traced(work: Callable[..., object], run: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    slice_name = work.__module__.removeprefix("freehold.").removesuffix(".operations")
    return traced(f"{slice_name}.{work.__name__}", run)


async def _run(context: ContextT, work: Callable[[ContextT], Awaitable[R]], *, writes: bool, one_statement: bool) -> R:
    if one_statement:
        return await context.db.persist(lambda: work(context))
    return await (in_transaction(context, work) if writes else work(context))


async def in_transaction(context: ContextT, work: Callable[[ContextT], Awaitable[R]]) -> R:
    """Run the work with a context whose ``db`` is a transaction, and commit it."""

    async def run(transaction: Transaction) -> R:
        return await work(msgspec.structs.replace(context, db=transaction))

    return await context.db.transact(run)


async def _subject(context: Context, user: UserRef, action: AccountAction, *, closed: bool) -> Subject:
    actor = context.signed_in
    _check_key(actor, action)
    user_id = actor.user_id if user == "me" else user
    if user_id is None:
        raise Unauthenticated("The operator is no user: name one by id")
    if actor.key and actor.key.is_limited and user_id != actor.user_id:
        raise Forbidden("This API key is limited: outside of organizations it reads the account that it belongs to")
    if user_id != actor.user_id and not actor.is_admin:
        visible = actor.user_id is not None and await queries.shares_organization(
            context.db, viewer_id=actor.user_id, user_id=user_id
        )
        if not visible:
            raise Missing("There is no such user, or you may not see them")
        if closed:
            raise Forbidden("Only users themselves and platform administrators may do this with an account")
    return Subject(**_fields(context), user_id=user_id)


async def _scope(context: Context, organization: OrganizationRef, action: Action, *, outsiders: bool) -> Scope:
    actor = context.actor if outsiders else context.signed_in
    if isinstance(organization, UUID):
        found = await queries.role_by_id(context.db, id=organization, user_id=context.actor_id)
    else:
        found = await queries.role_by_slug(context.db, slug=organization, user_id=context.actor_id)
    if found is None:
        raise no_such_organization()
    held = standing(actor, found.id, role=found.role, role_actions=found.actions)
    if action not in held.actions and not (outsiders and (held.is_outside or action in OPEN_TO_ALL)):
        raise no_such_organization() if held.is_outside else _forbidden(held, action)
    return Scope(**_fields(context), action=action, organization_id=found.id, standing=held)


async def _scope_in_deleted(context: Context, organization: OrganizationRef, action: Action) -> Scope:
    actor = context.signed_in
    if isinstance(organization, UUID):
        found = await queries.role_in_deleted_by_id(context.db, id=organization, user_id=context.actor_id)
    else:
        found = await queries.role_in_deleted_by_slug(context.db, slug=organization, user_id=context.actor_id)
    if found is not None:
        held = standing(actor, found.id, role=found.role, role_actions=found.actions)
        if action in held.actions:
            return Scope(**_fields(context), action=action, organization_id=found.id, standing=held)
    raise no_such_organization()


def _forbidden(held: Standing, action: Action) -> Forbidden:
    if action in held.granted or held.role is None:
        return Forbidden(f"You may not do this here: {held.because(action)}")
    needed = ", ".join(role for role, actions in GRANTS.items() if action in actions)
    return Forbidden(f"Your role here is {held.role}; '{action}' needs one of: {needed}, or a role that includes it")


async def checked_again(scope: Scope) -> Scope:
    """Look again at what the actor may do, once the organization's row is locked, and so nobody else changes that.

    An operation that changes who may do what reads, decides and writes. Without a second look, somebody who is being
    demoted could decide before and write after, and give themselves back what they were.

    Raises:
        Missing, Forbidden: the actor may not do the scope's action any more.
    """
    return await _scope(scope, scope.organization_id, scope.action, outsiders=False)


def _check_key(actor: Actor, action: AccountAction) -> None:
    """Refuse what an API key cannot do outside of organizations."""
    if actor.key is None or key_may(actor.key, action):
        return
    if actor.key.organization_id is not None:
        raise Forbidden("This API key is an organization's: it is no user, and acts in its organization alone")
    raise Forbidden(f"An API key cannot be used for {action}: sign in, or use a key without limits where that may")


def no_such_organization() -> Missing:
    """Make the error for an organization that does not exist or that the actor may not see."""
    return Missing("There is no such organization, or you may not see it")


def _fields(context: Context) -> dict[str, Any]:
    return {name: getattr(context, name) for name in Context.__struct_fields__}
