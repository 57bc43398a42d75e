"""PostgreSQL's own parse tree of a statement, as dictionaries: what rules judge.

The parser is that of PostgreSQL 18, taken out of the server (libpg_query); it reads what 14 to 17 read, too. Its tree
comes as JSON: the package's protobuf messages cannot hold an expression that nests a hundred levels deep.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec
from postgast import PgQueryError
from postgast.errors import check_error
from postgast.native import lib

from freehold.migrate.errors import FormatError
from freehold.migrate.lexer import Kind, UnterminatedError, tokens

Fields: TypeAlias = dict[str, Any]
"""What a node holds: names as in PostgreSQL's ``parsenodes.h``, those that are empty or false left out."""

_DEEPEST = 10_000
"""Levels that the parser is trusted with. It has no guard of its own: at some 40,000 it overruns the stack."""
_SHORT = 2 * _DEEPEST
"""Characters that cannot nest deeper: every level takes two."""

_TOO_DEEP = "the statement is nested too deeply to be judged"

_Role = Literal["opens", "closes", "separates", "joins"]
_ROLES: dict[str, _Role] = {
    **dict.fromkeys(("(", "[", "CASE"), "opens"),
    **dict.fromkeys((")", "]", "END"), "closes"),
    **dict.fromkeys((",", ";", "AND", "OR", "WHEN", "THEN", "ELSE"), "separates"),
    **dict.fromkeys(("JOIN", "UNION", "EXCEPT", "INTERSECT"), "joins"),
}


class Node(NamedTuple):
    """A node of a parse tree, such as ``Node("UpdateStmt", {"relation": ..., "targetList": ...})``."""

    kind: str
    fields: Fields


class UnreadableError(FormatError):
    """The parser cannot read a statement; the text has its words.

    Attributes:
        position: of the character that it stumbled on, counted from 1; 0 where it does not say.
    """

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


def parse(sql: str) -> list[Node]:
    """Parse statements.

    Raises:
        UnreadableError: a syntax error, or an expression that is nested too deeply to be followed.
    """
    try:
        return [_node(each["stmt"]) for each in msgspec.json.decode(_parse(sql))["stmts"]]
    except RecursionError:
        raise UnreadableError(_TOO_DEEP) from None


def refuse_unreadable(sql: str) -> None:
    """Parse statements only to see whether they can be.

    Raises:
        UnreadableError: as in `parse`.
    """
    _parse(sql)


def walk(inside: object) -> Iterator[Node]:
    """Give every node below a node's fields (or a list of such), outer ones before inner ones."""
    waiting = [inside]
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting += reversed(at)
        elif isinstance(at, dict):
            inner = [value for value in at.values() if isinstance(value, (dict, list))]
            waiting += reversed(inner)
            for key, value in at.items():
                if isinstance(value, dict) and key[0].isupper():
                    yield Node(key, value)


def _parse(sql: str) -> bytes:
    text = _bytes(sql)
    result = lib.pg_query_parse(text)
    try:
        check_error(result)
        tree: bytes = result.parse_tree
    except PgQueryError as error:
        raise UnreadableError(error.message, error.cursorpos) from None
    finally:
        lib.pg_query_free_parse_result(result)
    return tree


def _bytes(sql: str) -> bytes:
    """The text as the parser takes it, refused where it would be misread or end the process."""
    if (end := sql.find("\0")) >= 0:
        raise UnreadableError("PostgreSQL's texts hold no NUL character", end + 1)
    if len(sql) > _SHORT and _nests_deeply(sql):
        raise UnreadableError(_TOO_DEEP)
    try:
        return sql.encode()
    except UnicodeEncodeError as error:
        raise UnreadableError("a half of a surrogate pair is no character", error.start + 1) from None


def _nests_deeply(sql: str) -> bool:
    """Whether its tree may have too many levels: whatever stands between separators may all nest."""
    outside = run = joined = 0
    opened: list[tuple[int, int]] = []
    try:
        for kind, text, _ in tokens(sql):
            if kind in (Kind.SPACE, Kind.COMMENT):
                continue
            role = _ROLES.get(text.upper() if kind is Kind.WORD else text)
            if role is None:
                run += 1
            elif role == "separates":
                run = 0
            elif role == "joins":
                joined += 1
            elif role == "opens":
                opened.append((run + 1, joined))
                outside, run, joined = outside + run + 1 + joined, 0, 0
            elif opened:
                run, joined = opened.pop()
                outside -= run + joined
            if outside + run + joined > _DEEPEST:
                return True
    except UnterminatedError:
        return False  # the parser stops there, too
    return False


def _node(wrapped: Fields) -> Node:
    ((kind, fields),) = wrapped.items()
    return Node(kind, fields)
