"""Binds a typed stub to its named statement in the ``queries.sql`` beside it.

A statement stands in SQL, where it can be read, explained and reviewed; the stub gives it types::

    -- name: by_id
    -- The project with this id.
    SELECT id, name FROM projects WHERE id = :id;

    @statement
    async def by_id(db: Executor, *, id: UUID) -> Project | None: ...

A parameter that is a Struct brings its fields: ``new: NewProject`` stands for ``:name``, ``:description`` and so on;
what a patch leaves out is NULL.

The return annotation says what is wanted: ``T`` (exactly one row), ``T | None``, ``list[T]`` or ``None`` (no rows).
``T`` is a scalar (the first column) or a frozen msgspec Struct; a Struct in a Struct takes its fields from the same
row. Names of statements and parameters are checked when the module is imported, types by
``tests/contract/test_statements.py``.

A read on a hot path is declared with ``@lookup`` instead, so that concurrent calls share one query. Its statement takes
an array for each parameter and says with a column ``place`` (1, 2, ...) which of them a row answers::

    SELECT wanted.place, p.id, p.name
    FROM unnest(:id::uuid[]) WITH ORDINALITY AS wanted (id, place)
    JOIN projects p ON p.id = wanted.id;

Where Citus spreads the tables over several servers, some statements have to be others. Such a variant stands below the
statement, for the same stub: ``-- name: by_id @citus``. It takes the same parameters, or fewer; that of a lookup takes
plain values instead of arrays, returns no ``place``, and is asked once for each call.
"""

import inspect
import re
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, ParamSpec, Protocol, TypeVar, get_type_hints

import msgspec

from freehold.data.coalescing import Coalescer, Key
from freehold.data.rows import Row, arguments_of, parameters, result_shape, row_decoder
from freehold.observe.observer import Observer
from freehold.observe.traces import traced

P = ParamSpec("P")
R = TypeVar("R")
STATEMENTS: Final[dict[str, "Statement"]] = {}
"""Every bound statement by its full name, such as ``freehold.users.by_id``."""

_HEAD = re.compile(r"^-- (name|part): (\w+(?: @citus)?)\n-- (\S.*)\n", re.MULTILINE)
_PART = re.compile(r"\{(?:([a-z_.]+)\.)?([a-z_]+)\}")
_REPLICA = "-- reads: replica\n"
_PACKAGES = Path(__file__).parents[1]
_PARAMETER = re.compile(r"'(?:[^']|'')*'|--[^\n]*|::|(?<![\w:]):([a-z][a-z0-9_]*)")


class Executor(Protocol):
    """Where a statement can run: a pool or a transaction (see ``freehold.data.db``)."""

    lookups: dict[str, Coalescer] | None
    """The lookups that share queries here; None where each must run at once, in its transaction."""
    observer: Observer
    """Is told what runs."""
    is_citus: bool
    """Whether Citus spreads the tables over several servers, so that variants run."""

    @property
    def quick(self) -> "Executor":
        """Where reads run that are quick by design, and may be repeated."""

    @property
    def route(self) -> "Route | None":
        """Chooses where a statement runs that does not run just here; None where every one does."""

    async def fetch(self, sql: str, arguments: Sequence[object]) -> list[Row]:
        """Run the statement and return all rows."""

    async def fetch_row(self, sql: str, arguments: Sequence[object]) -> Row | None:
        """Run the statement and return the first row, if any."""


class Route(Protocol):
    """Chooses where a statement runs."""

    async def __call__(self, bound: "Statement", run: "Callable[[Executor], Awaitable[Any]]", /) -> Any:
        """Run it there, and return what it returns."""


class Streamer(Protocol):
    """Where a statement can run whose rows are read as they come, however many they are: a snapshot."""

    def stream(self, sql: str, arguments: Sequence[object]) -> AsyncIterator[Row]:
        """Run the statement; its rows are fetched some at a time."""


class Runner(Protocol):
    """Where a statement can run that returns no rows: a transaction."""

    async def run(self, sql: str, arguments: Sequence[object] = ()) -> int:
        """Run the statement, and tell how many rows it has written."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement with the order of its parameters; ``result``, ``hints`` and ``sources`` come from its stub.

    A lookup takes an array of each hint's type. Each source reads a parameter from the arguments of a call, ``given``.
    What ``reads`` is ``replica`` for may run on a replica, in an operation that only reads. On Citus, ``citus`` runs
    instead, if it has such a variant.
    """

    name: str
    description: str
    sql: str
    parameters: tuple[str, ...]
    result: Any = None
    hints: dict[str, Any] = {}
    sources: tuple[str, ...] = ()
    is_lookup: bool = False
    reads: str = "primary"
    citus: "Statement | None" = None


def statement_names() -> dict[str, str]:
    """Name every bound statement, such as ``users.by_id``, by its SQL, for whoever tells of statements that ran."""
    return {bound.sql: name.removeprefix("freehold.") for name, bound in sorted(STATEMENTS.items())}


@cache
def load(path: Path) -> dict[str, Statement]:
    """Read a file of named statements: ``-- name: x``, a comment line that says what it does, SQL, semicolon.

    With the line ``-- reads: replica`` below that comment it may run on a replica: in an operation that only reads,
    once the primary has said that the caller may do it. So what decides who may see something has no such line.

    What several of them share, such as the columns of an entity, is a part of its own: ``-- part: x``, a comment line,
    SQL. It stands where a statement says ``{x}``, or ``{projects.x}`` for a part of another package.

    Raises:
        ValueError: a statement has no description, or a name stands twice.
        LookupError: there is no such part.
    """
    found: dict[str, Statement] = {}
    for kind, name, description, text in sections(path):
        if kind == "name":
            if name in found:
                raise ValueError(f"{path}: two statements are named {name}")
            declared, own = _declared(text.removesuffix(";"))
            sql, parameters = _positional(_composed(path, own))
            found[name] = Statement(name=name, description=description, sql=sql, parameters=parameters, reads=declared)
    return found


def _declared(text: str) -> tuple[str, str]:
    """Take off the line that says where a statement may read; the primary, where none does."""
    if text.startswith(_REPLICA):
        return "replica", text.removeprefix(_REPLICA)
    return "primary", text


@cache
def _part_of(path: Path, name: str) -> str:
    for kind, found, _, text in sections(path):
        if (kind, found) == ("part", name):
            return _composed(path, text)
    raise LookupError(f"{path} has no part named {name}")


def sections(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Split a file into its statements and parts: the kind, name, description and text of each."""
    text = path.read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    if len(heads) != text.count("-- name:") + text.count("-- part:"):
        raise ValueError(f"{path}: each '-- name: x' needs a comment line below it that says what the statement does")
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        kind, name, description = head.groups()
        yield kind, name, description, text[head.end() : end].strip()


def _composed(path: Path, sql: str) -> str:
    """Put parts in their places, at the depth of their place."""

    def part(match: re.Match[str]) -> str:
        package, name = match.groups()
        home = _PACKAGES.joinpath(*package.split(".")) / "queries.sql" if package else path
        line = sql[sql.rfind("\n", 0, match.start()) + 1 : match.start()]
        return _part_of(home, name).replace("\n", "\n" + " " * (len(line) - len(line.lstrip())))

    return _PART.sub(part, sql)


def _positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """Replace ``:name`` by ``$1``, ``$2``, ... (outside of quotes, comments and casts)."""
    parameters: list[str] = []

    def number(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0]
        if name not in parameters:
            parameters.append(name)
        return f"${parameters.index(name) + 1}"

    return _PARAMETER.sub(number, sql), tuple(parameters)


def statement(stub: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Make the stub run the statement of its name.

    Raises:
        LookupError: the file has no such statement.
        TypeError: the stub's parameters are not the statement's.
    """
    bound = bind(stub)
    return register(stub, bound, runner(bound))


def lookup(stub: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Make the stub run the statement of its name, together with other calls that are waiting.

    Raises:
        LookupError: the file has no such statement.
        TypeError: the stub's parameters are not the statement's.
    """
    bound = msgspec.structs.replace(bind(stub), is_lookup=True)
    return register(stub, bound, _by_target(_lookup_runner(bound), bound.citus))


def streaming(stub: Callable[P, AsyncIterator[R]]) -> Callable[P, AsyncIterator[R]]:
    """Make the stub (``def``, giving ``AsyncIterator[T]``) run the statement of its name and give its rows one by one.

    Raises:
        LookupError: the file has no such statement.
        TypeError: the stub's parameters are not the statement's.
    """
    bound = bind(stub)
    if bound.citus is not None:
        raise TypeError(f"{bound.name} is a stream, which has no variant yet")
    return register(stub, bound, _streamer(bound))


def command(stub: Callable[P, Awaitable[int]]) -> Callable[P, Awaitable[int]]:
    """Make the stub run the statement of its name, which returns no rows, and give the number of rows it has written.

    Raises:
        LookupError: the file has no such statement.
        TypeError: the stub's parameters are not the statement's.
    """
    bound = msgspec.structs.replace(bind(stub), result=types.NoneType)
    sql, arguments = bound.sql, arguments_of(bound.sources)

    async def run(db: Runner, **given: object) -> int:
        return await db.run(sql, arguments(given))

    return register(stub, bound, run)


def register(stub: Callable[..., Any], bound: Statement, run: Callable[..., Any]) -> Callable[..., Any]:
    """Make known what a stub runs, and give that the stub's name."""
    name = f"{stub.__module__.removesuffix('.queries')}.{stub.__name__}"
    STATEMENTS[name] = bound
    if bound.citus is not None:
        STATEMENTS[f"{name} @citus"] = bound.citus
    run.__name__, run.__doc__, run.__module__ = stub.__name__, bound.description, stub.__module__
    return run if inspect.isasyncgenfunction(run) else traced(name.removeprefix("freehold."), run)


def bind(stub: Callable[..., Any], *, besides: AbstractSet[str] = frozenset()) -> Statement:
    """Read the statement of a stub's name.

    Args:
        stub: declares the parameters and the result.
        besides: parameters of the stub that are not the statement's.

    Raises:
        LookupError: the file has no such statement.
        TypeError: the stub's parameters are not the statement's.
    """
    path = Path(inspect.getfile(stub)).with_name("queries.sql")
    try:
        loaded = load(path)[stub.__name__]
    except KeyError:
        raise LookupError(f"{path} has no statement named {stub.__name__}") from None
    hints = get_type_hints(stub, include_extras=True)
    result = hints.pop("return")
    names = [name for name in inspect.signature(stub).parameters if name not in {"db", *besides}]
    brought = parameters({name: hints[name] for name in names})
    if set(brought) != set(loaded.parameters):
        raise TypeError(f"{path}: {stub.__name__} takes {sorted(loaded.parameters)}, its stub {sorted(brought)}")
    variant = load(path).get(f"{stub.__name__} @citus")
    if variant is not None and not set(variant.parameters) <= set(brought):
        raise TypeError(f"{path}: {variant.name} takes {sorted(variant.parameters)}, its stub {sorted(brought)}")
    return msgspec.structs.replace(_typed(loaded, result, brought), citus=variant and _typed(variant, result, brought))


def _typed(loaded: Statement, result: Any, brought: Mapping[str, tuple[str, Any]]) -> Statement:
    return msgspec.structs.replace(
        loaded,
        result=result,
        hints={name: brought[name][1] for name in loaded.parameters},
        sources=tuple(brought[name][0] for name in loaded.parameters),
    )


def runner(bound: Statement) -> Callable[..., Any]:
    """Make the function that runs a statement with its parameters by name."""
    return _by_target(_runner(bound), bound.citus)


def _by_target(run: Callable[..., Any], variant: Statement | None) -> Callable[..., Any]:
    """Run the variant where it belongs; a statement that has none costs nothing more."""
    if variant is None:
        return run
    run_variant = _runner(variant)

    def run_either(db: Executor, **given: object) -> Awaitable[Any]:
        return (run_variant if db.is_citus else run)(db, **given)  # type: ignore[no-any-return]

    return run_either


def decoder(bound: Statement) -> Callable[[list[Row]], Any]:
    """Make the function that turns the rows of a statement into its result."""
    decode, pick = row_decoder(result_shape(bound.result)[0]), _picker(bound)
    return lambda rows: pick([decode(row) for row in rows])


def _picker(bound: Statement) -> Callable[[list[Any]], Any]:
    """Make the function that gives of decoded rows what the stub asks for."""
    inner, many, optional = result_shape(bound.result)

    def pick(found: list[Any]) -> Any:
        if many:
            return found
        if found:
            return found[0]
        if optional or inner is types.NoneType:
            return None
        raise LookupError(f"{bound.name} returned no row")

    return pick


def _runner(bound: Statement) -> Callable[..., Any]:
    sql, arguments, decoded = bound.sql, arguments_of(bound.sources), decoder(bound)

    async def run_all(db: Executor, **given: object) -> Any:
        if db.route is not None:
            return await db.route(bound, lambda chosen: run_all(chosen, **given))
        return decoded(await db.fetch(sql, arguments(given)))

    async def run_one(db: Executor, **given: object) -> Any:
        if db.route is not None:
            return await db.route(bound, lambda chosen: run_one(chosen, **given))
        row = await db.fetch_row(sql, arguments(given))
        return decoded([] if row is None else [row])

    return run_all if result_shape(bound.result)[1] else run_one


def _streamer(bound: Statement) -> Callable[..., Any]:
    sql, arguments = bound.sql, arguments_of(bound.sources)
    decode = row_decoder(result_shape(bound.result)[0])

    async def run(db: Streamer, **given: object) -> AsyncIterator[Any]:
        async for row in db.stream(sql, arguments(given)):
            yield decode(row)

    return run


def _lookup_runner(bound: Statement) -> Callable[..., Any]:
    sql, arguments = bound.sql, arguments_of(bound.sources)
    decode, pick = row_decoder(result_shape(bound.result)[0]), _picker(bound)

    async def fetch(db: Executor, keys: list[Key]) -> list[list[Any]]:
        found: list[list[Any]] = [[] for _ in keys]
        for row in await db.fetch(sql, list(zip(*keys, strict=True))):
            found[row["place"] - 1].append(decode(row))
        return found

    async def run(db: Executor, **given: object) -> Any:
        if db.route is not None:
            return await db.route(bound, lambda chosen: run(chosen, **given))
        key = tuple(arguments(given))
        if db.lookups is None:
            rows = (await fetch(db, [key]))[0]
        else:
            coalescer = db.lookups.get(sql)
            if coalescer is None:
                coalescer = db.lookups[sql] = Coalescer(partial(fetch, db.quick), db.observer.flight)
            rows = await coalescer.get(key)
        return pick(rows)

    return run
