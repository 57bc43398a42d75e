"""The comment lines that tell the engine how to treat a file: ``-- migrate:up`` and ``-- migrate: name ...``."""

import re
from typing import Literal, NamedTuple

from freehold.migrate.lexer import Kind, Token

_COMMENT = re.compile(r"--\s*migrate\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_SECTION = re.compile(r":\s*(up|down)\s*")
_DIRECTIVE = re.compile(
    r":\s+(?P<name>transaction|irreversible|lossy|lint-ignore|depends|out-of-order|backfill|imported|distribute)"
    r"\s*[:=]\s*(?P<value>.*?)\s*"
)
_DISTRIBUTE = re.compile(r":\s+distribute\s+(?P<value>[^:=].*?)\s*")
"""It reads as a sentence without the second colon, too."""

KNOWN = (
    "-- migrate:up",
    "-- migrate:down",
    "-- migrate: transaction=off",
    "-- migrate: irreversible: why",
    "-- migrate: lossy: table.column why",
    "-- migrate: lint-ignore: rule why",
    "-- migrate: depends: version",
    "-- migrate: out-of-order: why",
    "-- migrate: backfill: table.column",
    "-- migrate: imported: where from",
    "-- migrate: distribute: table by column",
)
"""Every directive as it is written."""


class Directive(NamedTuple):
    """One directive: ``name`` is ``up``, ``down`` or what stands before the colon; ``value`` what stands behind it.

    ``line`` counts from 1; ``start`` and ``end`` are character offsets in the file.
    """

    name: str
    value: str
    line: int = 0
    start: int = 0
    end: int = 0


class Lossy(NamedTuple):
    """A stated loss: what down cannot bring back (``table`` or ``table.column``), and why that is accepted."""

    target: str
    why: str


class Ignore(NamedTuple):
    """A lint rule that does not apply to this file, and why."""

    rule: str
    why: str


class Backfill(NamedTuple):
    """A statement run in batches: the table, and the unique column in whose order it is walked."""

    table: str
    key: str
    batch_rows: int = 10_000
    pause_seconds: float = 0.0


class Distribute(NamedTuple):
    """Where the rows of a table are on a Citus cluster; elsewhere it means nothing.

    Attributes:
        table: its name, with its schema if that is not ``public``.
        kind: ``distributed`` by a column, ``reference`` (on every server) or ``local`` (on the coordinator).
        column: by which its rows are spread.
        line: of the directive.
    """

    table: str
    kind: Literal["distributed", "reference", "local"]
    column: str | None = None
    line: int = 0


def read(token: Token) -> Directive | None:
    """The directive in a comment, or None if it is an ordinary comment.

    Raises:
        ValueError: it begins like a directive and is none; the text says what may be written.
    """
    if token.kind is not Kind.COMMENT:
        return None
    comment = _COMMENT.fullmatch(token.text)
    if comment is None:
        return None
    if section := _SECTION.fullmatch(comment["rest"]):
        return Directive(section[1], "")
    if directive := _DIRECTIVE.fullmatch(comment["rest"]):
        return Directive(directive["name"], directive["value"])
    if sentence := _DISTRIBUTE.fullmatch(comment["rest"]):
        return Directive("distribute", sentence["value"])
    if not comment["rest"].lstrip().startswith((":", "=")) and not re.fullmatch(r"\s+(up|down)\s*", comment["rest"]):
        return None  # prose that happens to begin with the word
    raise ValueError(f"{token.text!r} is not a directive; write one of: {'; '.join(KNOWN)}")


def lossy(value: str) -> Lossy:
    """Read ``table why`` or ``table.column why``.

    Raises:
        ValueError: a part is missing.
    """
    return Lossy(*_with_reason(value, "-- migrate: lossy: table.column why"))


def ignore(value: str) -> Ignore:
    """Read ``rule why``.

    Raises:
        ValueError: a part is missing.
    """
    return Ignore(*_with_reason(value, "-- migrate: lint-ignore: rule why"))


def depends(value: str) -> str:
    """Read ``version`` or ``set:version``.

    Raises:
        ValueError: it is neither.
    """
    if re.fullmatch(r"(?:[a-z]+:)?\d+", value) is None:
        raise ValueError(f"cannot read {value!r}; write: -- migrate: depends: freehold:0003")
    return value


def backfill(value: str) -> Backfill:
    """Read ``table.column``, then optionally ``batch=ROWS`` and ``pause=SECONDS``.

    Raises:
        ValueError: it is not of that shape.
    """
    match = re.fullmatch(
        r"(?P<table>\w+(?:\.\w+)?)\.(?P<key>\w+)(?:\s+batch=(?P<batch>[1-9]\d{0,6}))?(?:\s+pause=(?P<pause>\d+(?:\.\d+)?))?",
        value,
    )
    if match is None:
        raise ValueError(f"cannot read {value!r}; write: -- migrate: backfill: table.column batch=10000 pause=0.1")
    return Backfill(match["table"], match["key"], int(match["batch"] or 10_000), float(match["pause"] or 0))


def distribute(value: str) -> Distribute:
    """Read ``table by column``, ``table reference`` or ``table local``.

    Raises:
        ValueError: it is none of these.
    """
    match = re.fullmatch(
        r"(?P<table>[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)\s+"
        r"(?:by\s+(?P<column>[a-z_][a-z0-9_]*)|(?P<kind>reference|local))",
        value,
    )
    if match is None:
        raise ValueError(
            f"cannot read {value!r}; write: -- migrate: distribute: table by column; or behind the table: reference, "
            "or local (names in lower case)"
        )
    table = match["table"].removeprefix("public.")
    if match["column"]:
        return Distribute(table, "distributed", match["column"])
    return Distribute(table, "reference" if match["kind"] == "reference" else "local")


def _with_reason(value: str, form: str) -> tuple[str, str]:
    target, _, why = value.partition(" ")
    if not target or not why.strip():
        raise ValueError(f"the reason is missing; write: {form}")
    return target, why.strip()
