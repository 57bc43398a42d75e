"""Writing the audit log: an event in the transaction, or in the very statement, of the change that it tells of."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast
from uuid import UUID

import msgspec

from freehold.audit import queries
from freehold.audit.types import PLATFORM_CHAIN, NewEvent
from freehold.base.ids import new_id
from freehold.data.context import Context
from freehold.data.rows import arguments_of
from freehold.data.sql import STATEMENTS, Executor, bind, decoder, register, runner

P = ParamSpec("P")
R = TypeVar("R")

_INSERT = STATEMENTS["freehold.audit.insert"]
_NO_CHANGE, _NO_ROWS, _ITS_ROWS = "WITH change AS (SELECT)", "SELECT FROM change", "SELECT * FROM change"


def event_of(
    context: Context,
    action: str,
    target_id: UUID | None,
    *,
    organization_id: UUID | None = None,
    user_id: UUID | None = None,
    actor_id: UUID | None = None,
    **details: str | bool | int | list[str] | None,
) -> NewEvent:
    """Tell of what the context's actor does, for a statement that is ``recorded``.

    Where an administrator acts for a user, the user is the actor and the details have ``acting_admin_id``.

    Args:
        context: who acts, and from where.
        action: what is done; the noun before its dot is the type of the target.
        target_id: what it is done to.
        organization_id: the organization whose log this belongs to; None for what concerns accounts alone.
        user_id: whose account it concerns; by default the target, when it is a user, else the actor.
        actor_id: who did it, where the context has no actor yet (signing up, signing in).
        details: what else a reader of the log needs; never a secret, never personal data: these can be erased elsewhere
            and not here, where they are part of a hash.
    """
    return _event(
        context,
        str(action),
        target_id,
        organization_id=organization_id,
        user_id=user_id,
        actor_id=actor_id,
        details=dict(details),
    )


async def record_own(
    context: Context,
    action: str,
    target_id: UUID | None,
    *,
    organization_id: UUID | None,
    details: Mapping[str, object],
) -> None:
    """Write down an event of a program's own; see ``own_events``."""
    event = _event(context, action, target_id, organization_id=organization_id, details=dict(details))
    await _write(context.db, event)


class _Writer(Executor, Protocol):
    """Where something can be written that takes several statements: a pool or a transaction."""

    async def transact(self, work: Callable[[Executor], Awaitable[R]]) -> R:
        """Run the work in a transaction, or in a savepoint."""


async def _write(db: _Writer, event: NewEvent) -> None:
    if db.is_citus:
        await db.transact(lambda inside: _write_apart(inside, event))
    else:
        await queries.insert(db, **msgspec.structs.asdict(event))


async def _write_apart(db: Executor, event: NewEvent) -> None:
    """Write an event with one statement for each table, as Citus needs it; in a transaction."""
    sealed = await queries.seal(db, event=event)
    place = await queries.advance_head(db, chain_id=event.chain_id, digest=sealed.digest)
    await queries.write(
        db, event=event, place=place, salt=sealed.salt, ip_digest=sealed.ip_digest, created_at=sealed.created_at
    )
    await queries.capture(
        db,
        chain_id=event.chain_id,
        id=event.id,
        organization_id=event.organization_id,
        action=event.action,
        sequence=place.sequence,
    )


def _event(
    context: Context,
    action: str,
    target_id: UUID | None,
    *,
    organization_id: UUID | None,
    details: dict[str, object],
    user_id: UUID | None = None,
    actor_id: UUID | None = None,
) -> NewEvent:
    target_type = action.partition(".")[0]
    actor = context.actor_id or actor_id
    if context.actor and context.actor.acting_admin_id:
        details["acting_admin_id"] = str(context.actor.acting_admin_id)
    return NewEvent(
        chain_id=organization_id
        or user_id
        or (target_id if target_type == "user" else None)
        or actor
        or PLATFORM_CHAIN,
        id=new_id(),
        organization_id=organization_id,
        actor_id=actor,
        key_id=context.actor.key.id if context.actor and context.actor.key else None,
        action=action,
        target_type=target_type,
        target_id=target_id,
        details=msgspec.json.encode(details).decode(),
        request_id=context.request_id,
        ip=context.ip,
    )


async def record(
    context: Context,
    action: str,
    target_id: UUID | None,
    *,
    organization_id: UUID | None = None,
    user_id: UUID | None = None,
    actor_id: UUID | None = None,
    **details: str | bool | int | list[str] | None,
) -> None:
    """Write down what the context's actor does, in the transaction of the change itself; see ``event_of``.

    Call it last: until the transaction ends, others that change the same organization wait here. An operation that
    records in several organizations does so in order of their ids, so that two of them cannot wait for each other.
    """
    event = event_of(
        context,
        action,
        target_id,
        organization_id=organization_id,
        user_id=user_id,
        actor_id=actor_id,
        **details,
    )
    await _write(context.db, event)


def recorded(
    stub: Callable[Concatenate[Executor, NewEvent, P], Awaitable[R]],
) -> Callable[Concatenate[Executor, NewEvent, P], Awaitable[R]]:
    """Make the stub run the changing statement of its name, and write down its event, in one round trip.

    Both are stored or neither is, also outside of a transaction. A change of no row writes no event. On Citus,
    where one statement cannot write tables that are spread in other ways, it is a transaction.

    Raises:
        LookupError: the file has no such statement.
        TypeError: the stub's parameters are not the statement's.
    """
    own = bind(stub, besides={"event"})
    first = len(_INSERT.parameters)
    change = re.sub(r"\$(\d+)", lambda number: f"${first + int(number[1])}", own.sql)
    sql = _INSERT.sql.replace(_NO_CHANGE, f"WITH change AS (\n{change}\n)").replace(_NO_ROWS, _ITS_ROWS)
    names = {f"event_{name}": name for name in _INSERT.parameters}
    hints = {prefixed: _INSERT.hints[name] for prefixed, name in names.items()} | own.hints
    both = msgspec.structs.replace(
        own,
        citus=own.citus or own,
        sql=sql,
        parameters=(*names, *own.parameters),
        hints=hints,
        sources=(*(f"given['event'].{name}" for name in names.values()), *own.sources),
    )
    run = runner(both)
    apart = own.citus or own
    arguments, decoded = arguments_of(apart.sources), decoder(own)

    async def run_apart(db: Executor, event: NewEvent, given: Mapping[str, object]) -> R:
        rows = await db.fetch(apart.sql, arguments(given))
        if rows:
            await _write_apart(db, event)
        done: R = decoded(rows)
        return done

    async def run_both(db: Executor, event: NewEvent, /, *_: P.args, **given: P.kwargs) -> R:
        done: R
        if db.is_citus:
            done = await cast("_Writer", db).transact(lambda inside: run_apart(inside, event, given))
        else:
            done = await run(db, event=event, **given)
        return done

    return register(stub, both, run_both)
