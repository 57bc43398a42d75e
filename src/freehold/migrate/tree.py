"""PostgreSQL's own parse tree of a statement, as dictionaries: what rules judge.

The parser is that of PostgreSQL 18, taken out of the server (libpg_query); it reads what 14 to 17 read, too. Its tree
comes as JSON: the package's protobuf messages cannot hold an expression that nests a hundred levels deep.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from postgast import PgQueryError, parse_plpgsql
from postgast.errors import check_error
from postgast.native import lib

from freehold.migrate.errors import FormatError

Fields: TypeAlias = dict[str, Any]
"""What a node holds: names as in PostgreSQL's ``parsenodes.h``, those that are empty or false left out."""


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
    result = lib.pg_query_parse(sql.encode())
    try:
        check_error(result)
        answer = result.parse_tree
    except PgQueryError as error:
        raise UnreadableError(error.message, error.cursorpos) from None
    finally:
        lib.pg_query_free_parse_result(result)
    try:
        return [_node(each["stmt"]) for each in json.loads(answer)["stmts"]]
    except RecursionError:
        raise UnreadableError("the statement is nested too deeply to be judged") from None


def parse_body(function: str) -> list[Fields]:
    """Parse the PL/pgSQL body of a ``CREATE FUNCTION ... LANGUAGE plpgsql`` statement.

    Raises:
        UnreadableError: as in `parse`.
    """
    try:
        functions: list[Fields] = parse_plpgsql(function)
    except PgQueryError as error:
        raise UnreadableError(error.message, error.cursorpos) from None
    except RecursionError:
        raise UnreadableError("the function is nested too deeply to be judged") from None
    return functions


def walk(inside: object) -> Iterator[Node]:
    """Give every node below a node's fields (or a list of such), outer ones before inner ones."""
    waiting = [inside]
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting += reversed(at)
        elif isinstance(at, dict):
            waiting += reversed(at.values())
            for key, value in at.items():
                if key[:1].isupper() and isinstance(value, dict):
                    yield Node(key, value)


def _node(wrapped: Fields) -> Node:
    ((kind, fields),) = wrapped.items()
    return Node(kind, fields)
