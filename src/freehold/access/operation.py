"""Declares an operation: names its action, checks access, and opens its transaction when it writes.

An operation is written once, for the one who may call it, and declared with who that is. What a caller gets is the
declared function, so no edge can reach the work without the check::

    @on_organization(Action.PROJECT_CREATE, writes=Writes.ONE_STATEMENT)
    async def create(scope: Scope, new: NewProject) -> Project: ...

    await create(context, "acme", NewProject(name="Rocket"))
"""

import inspect
import logging
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from functools import partial, wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import msgspec

from freehold.access.actions import AccountAction, Action
from freehold.access.scope import (
    OrganizationRef,
    Scope,
    Subject,
    UserRef,
    check_key,
    scope_in_deleted,
    scope_of,
    subject_of,
)
from freehold.access.standing import all_actions
from freehold.base.errors import Forbidden
from freehold.data.context import Context
from freehold.data.db import Transaction
from freehold.observe.traces import traced

_log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class Declared(msgspec.Struct, frozen=True):
    """What an operation declared about itself."""

    action: Action | AccountAction
    allowed: str
    writes: "Writes | None"


OPERATIONS: Final[dict[str, Declared]] = {}
"""Every operation by its full name; the documentation's table and the meta-tests read it."""


class By(Enum):
    """Who may call an operation outside of any organization."""

    ANYONE = auto()
    SIGNED_IN = auto()
    ADMIN = auto()


class Writes(Enum):
    """How an operation writes."""

    ONE_STATEMENT = auto()
    """With a single statement, which is stored whole or not at all by itself."""
    TRANSACTION = auto()
    """In a transaction that is begun before the operation and committed after it."""
    OWN_TRANSACTION = auto()
    """It calls ``in_transaction`` itself, since it must not hold a connection while it hashes a password."""


def operation(
    action: AccountAction, *, by: By, writes: Writes | None = None
) -> Callable[[Callable[Concatenate[Context, P], Awaitable[R]]], Callable[Concatenate[Context, P], Awaitable[R]]]:
    """Declare an operation outside of any organization.

    Args:
        action: what is done.
        by: who may.
        writes: how it writes, if it does.

    Raises (when called):
        Unauthenticated: nobody is signed in, and somebody must be.
        Forbidden: only a platform administrator may do this.
    """

    def check(context: Context) -> None:
        if by is not By.ANYONE:
            check_key(context.signed_in, action)
        if by is By.ADMIN and not context.is_admin:
            raise Forbidden("Only a platform administrator can do this")

    def declare(
        work: Callable[Concatenate[Context, P], Awaitable[R]],
    ) -> Callable[Concatenate[Context, P], Awaitable[R]]:
        async def at_once(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            check(context)
            return await work(reading(context) if writes is None else context, *args, **kwargs)

        async def begun(context: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            check(context)
            return await _begin(context, lambda inner: work(inner, *args, **kwargs), writes)

        return _declared(work, begun if writes in _BEGUN else at_once, Declared(action, by.name.lower(), writes))

    return declare


def on_user(
    action: AccountAction,
    *,
    writes: Writes | None = None,
    private: bool = False,
    looks_up: bool = False,
) -> Callable[
    [Callable[Concatenate[Subject, P], Awaitable[R]]], Callable[Concatenate[Context, UserRef, P], Awaitable[R]]
]:
    """Declare an operation on the account of a user.

    A user is seen by themselves, by whoever shares an organization with them, and by platform administrators; changed
    by themselves and by platform administrators. What is ``private`` is also seen by these alone. With ``looks_up``,
    it is asked first whether a user whom an administrator names exists: for operations that would find nothing of
    them, and not know that.

    Raises (when called):
        Unauthenticated: nobody is signed in.
        Missing: there is no such user, or the actor may not see them.
        Forbidden: the actor sees the user and may not do this.
    """
    closed = private or writes is not None
    find = partial(subject_of, action=action, closed=closed, looks_up=looks_up)
    allowed = "self" if closed else "self, fellow members"

    def declare(
        work: Callable[Concatenate[Subject, P], Awaitable[R]],
    ) -> Callable[Concatenate[Context, UserRef, P], Awaitable[R]]:
        async def at_once(context: Context, user: UserRef, /, *args: P.args, **kwargs: P.kwargs) -> R:
            subject = await find(context, user)
            if writes is None and (read := reading(context)) is not context:
                subject = msgspec.structs.replace(subject, context=read)
            return await work(subject, *args, **kwargs)

        async def begun(context: Context, user: UserRef, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return await _begin(context, lambda inner: at_once(inner, user, *args, **kwargs), writes)

        return _declared(work, begun if writes in _BEGUN else at_once, Declared(action, allowed, writes), user=UserRef)

    return declare


def on_organization(
    action: Action,
    *,
    writes: Writes | None = None,
    outsiders: bool = False,
    deleted: bool = False,
) -> Callable[
    [Callable[Concatenate[Scope, P], Awaitable[R]]], Callable[Concatenate[Context, OrganizationRef, P], Awaitable[R]]
]:
    """Declare an operation in an organization.

    Args:
        action: what is done; the actor's role must be granted it.
        writes: how it writes, if it does.
        outsiders: let everybody in, with ``role`` None; the operation shows them what is public and nothing else.
        deleted: it is for deleted organizations, and for them alone. They exist for nobody else than for those who may
            do this, and in no other operation.

    Raises (when called):
        Unauthenticated: nobody is signed in (unless ``outsiders``).
        Missing: there is no such organization, or the actor may not see it.
        Forbidden: the actor sees the organization and may not do this.
        Renamed: the operation writes, and the organization has another slug now.
        Moved: the same for one that reads, over HTTP. Elsewhere it reads the organization.
    """
    find = (
        partial(scope_in_deleted, action=action)
        if deleted
        else partial(scope_of, action=action, outsiders=outsiders, changes=writes is not None)
    )
    allowed = "role, anyone for what is public" if outsiders else "role"

    def declare(
        work: Callable[Concatenate[Scope, P], Awaitable[R]],
    ) -> Callable[Concatenate[Context, OrganizationRef, P], Awaitable[R]]:
        async def at_once(context: Context, organization: OrganizationRef, /, *args: P.args, **kwargs: P.kwargs) -> R:
            scope = await find(context, organization)
            # What outsiders see depends on what is public, which only the primary knows for sure.
            if writes is None and (read := reading(context)) is not context and scope.may(action):
                scope = msgspec.structs.replace(scope, context=read)
            return await work(scope, *args, **kwargs)

        async def begun(context: Context, organization: OrganizationRef, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return await _begin(context, lambda inner: at_once(inner, organization, *args, **kwargs), writes)

        run = begun if writes in _BEGUN else at_once
        return _declared(work, run, Declared(action, allowed, writes), organization=OrganizationRef)

    return declare


def _declared(
    work: Callable[..., object], run: Callable[P, Awaitable[R]], declared: Declared, **named: Any
) -> Callable[P, Awaitable[R]]:
    """Finish a declaration: what is called has the name and the text of the work, and the signature of a caller.

    Args:
        work: what was declared; its first parameter is the proof that a caller need not have.
        run: what is called.
        declared: what it says of itself.
        named: what a caller names in the place of the proof, by the name of the parameter.
    """
    OPERATIONS[f"{work.__module__}.{work.__name__}"] = declared
    slice_name = work.__module__.removeprefix("freehold.").removesuffix(".operations")
    call = traced(f"{slice_name}.{work.__name__}", wraps(work)(_telling_refusals(run, declared)))
    signature = inspect.signature(work)
    first = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY, annotation=kind)
        for name, kind in {"context": Context, **named}.items()
    ]
    parameters = [*first, *list(signature.parameters.values())[1:]]
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # inspect reads it
    return call


def _telling_refusals(run: Callable[P, Awaitable[R]], declared: Declared) -> Callable[P, Awaitable[R]]:
    """Have refusals seen, once each: an operation can call another."""

    async def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await run(*args, **kwargs)
        except Forbidden as refusal:
            _tell_once(args[0], declared.action, refusal)
            raise

    return told


def _tell_once(context: Any, action: str, refusal: Forbidden) -> None:
    if refusal.is_told:
        return
    refusal.is_told = True
    actor = context.actor
    action = str(action)
    context.tools.observer.refused(action)
    fields = {
        "action": action,
        "code": refusal.code,
        "user_id": str(actor.user_id) if actor and actor.user_id else None,
        "key_id": str(actor.key.id) if actor and actor.key else None,
        "ip": context.ip,
    }
    _log.info("refused: %s to %s", action, fields["user_id"] or fields["key_id"], extra={"fields": fields})


async def enter(context: Context, organization: OrganizationRef, action: str) -> Scope:
    """Let the actor do something in an organization that no operation of Freehold's does, as every operation does it.

    Raises:
        ValueError: no application declares the action.
        Unauthenticated, Missing, Forbidden, Moved, Renamed: as ``scope_of`` does.
    """
    changes = not action.endswith(".read")
    try:
        return await scope_of(context, organization, action=action, outsiders=False, changes=changes)
    except Forbidden as refusal:
        if action not in all_actions(context.tools.own_actions.current):
            raise ValueError(f"There is no action '{action}': declare it (freehold actions declare)") from None
        _tell_once(context, action, refusal)
        raise


def reading(context: Context) -> Context:
    """Let what only reads run on a replica, now that the primary has said that the actor may do it."""
    db = context.db.reading
    return context if db is context.db else msgspec.structs.replace(context, db=db)


_BEGUN: Final = (Writes.ONE_STATEMENT, Writes.TRANSACTION)


async def _begin(context: Context, work: Callable[[Context], Awaitable[R]], writes: Writes | None) -> R:
    if writes is Writes.ONE_STATEMENT:
        return await context.db.persist(lambda: work(context))
    return await in_transaction(context, work)


async def in_transaction(context: Context, work: Callable[[Context], Awaitable[R]]) -> R:
    """Run the work with a context whose ``db`` is a transaction, and commit it."""

    async def run(transaction: Transaction) -> R:
        return await work(msgspec.structs.replace(context, db=transaction))

    return await context.db.transact(run)
