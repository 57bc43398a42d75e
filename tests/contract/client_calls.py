"""Reads from the handlers of HTTP how each operation of the library is asked for: what goes where in a request."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, cast, get_args, get_origin

from msgspec.structs import fields
from tests.contract.library_page import operations

from freehold import Platform
from freehold.data.context import Context
from freehold.slices import SLICES
from freehold.web.references import alternatives
from freehold.web.routing import Endpoint, Routes


class Unreadable(Exception):
    """A handler does more than this can read."""


@dataclass(frozen=True)
class Given:
    """Where an argument of an operation comes from: a part of the path, ``query``, ``body``, ``version``.

    Attributes:
        source: its name in the handler.
        name: of the body's field, where the argument is one alone.
    """

    source: str
    name: str | None = None


@dataclass(frozen=True)
class Call:
    """One way in which a handler calls an operation.

    Attributes:
        given: by the operation's parameter; a word, such as ``me``, where the handler always gives that.
        query: what the query string must say for it.
        words: parts of the path that must be a word for it.
    """

    endpoint: Endpoint
    given: dict[str, Given | str]
    query: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


@cache
def library() -> dict[str, Any]:
    """Give every operation of the library by its path, such as ``users.create``."""
    return dict(operations(Platform(cast("Context", None)), "")) | {}


def endpoints() -> Iterator[Endpoint]:
    """Give every endpoint of the slices."""
    for each in SLICES:
        for routes in each.found("routes", Routes):
            yield from routes.endpoints


@cache
def calls() -> dict[str, list[Call]]:
    """Give the ways in which HTTP calls each operation, by the path of the operation."""
    found: dict[str, list[Call]] = {path.removeprefix("."): [] for path in library()}
    known = {id(operation): path.removeprefix(".") for path, operation in library().items()}
    for endpoint in endpoints():
        for operation, call in _calls_of(endpoint):
            if id(operation) in known:
                found[known[id(operation)]].append(call)
    return found


def parameters(operation: Any) -> dict[str, inspect.Parameter]:
    """Give the parameters of an operation as a program sees them."""
    return {name: each for name, each in inspect.signature(operation).parameters.items() if name != "context"}


def _calls_of(endpoint: Endpoint) -> Iterator[tuple[Any, Call]]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(endpoint.handler)))
    (function,) = tree.body
    assert isinstance(function, ast.AsyncFunctionDef)
    yield from _walk(endpoint, function.body, {}, {})


def _walk(
    endpoint: Endpoint, body: list[ast.stmt], query: dict[str, str], words: dict[str, str]
) -> Iterator[tuple[Any, Call]]:
    for statement in body:
        if isinstance(statement, ast.If):
            try:
                more_query, more_words = _needed(endpoint, statement.test)
            except Unreadable:
                return
            yield from _walk(endpoint, statement.body, query | more_query, words | more_words)
            yield from _walk(endpoint, statement.orelse, query, words)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and node.args and _is_name(node.args[0], "context"):
                operation = _value(endpoint, node.func)
                if id(operation) not in {id(each) for each in library().values()}:
                    continue
                try:
                    given = _given(endpoint, node, operation)
                except Unreadable:
                    continue
                yield operation, Call(endpoint, given, query, words)


def _given(endpoint: Endpoint, node: ast.Call, operation: Any) -> dict[str, Given | str]:
    names = list(parameters(operation))
    pairs = [*zip(names, node.args[1:], strict=False), *((each.arg or "", each.value) for each in node.keywords)]
    return {name: _source(endpoint, value) for name, value in pairs}


def _source(endpoint: Endpoint, value: ast.expr) -> Given | str:
    match value:
        case ast.Constant(value=str(word)):
            return word
        case ast.Name(id=name) if name in {*endpoint.references, "query", "body", "version"}:
            return Given(name)
        case ast.Attribute(value=ast.Name(id="body"), attr=name):
            return Given("body", name)
    raise Unreadable(ast.unparse(value))


def _needed(endpoint: Endpoint, test: ast.expr) -> tuple[dict[str, str], dict[str, str]]:
    """Say what the query string, or a part of the path, must be for a branch to be taken."""
    match test:
        case ast.BoolOp(op=ast.Or(), values=[first, *_]):
            return _needed(endpoint, first)
        case ast.Compare(left=ast.Attribute(value=ast.Name(id="query"), attr=name), ops=[ast.Eq()], comparators=[word]):
            assert isinstance(word, ast.Constant)
            return {name: str(word.value)}, {}
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[ast.Constant(value=str(word))]):
            return {}, {name: word}
        case ast.Attribute(value=ast.Name(id="query"), attr=name):
            (kind,) = (each.type for each in fields(endpoint.query) if each.name == name)
            said = [word for each in alternatives(kind) for word in get_args(each)] if kind is not bool else ["true"]
            words = [str(word) for word in said if word is not None]
            if len(words) == 1:
                return {name: words[0]}, {}
    raise Unreadable(ast.unparse(test))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _value(endpoint: Endpoint, node: ast.expr) -> Any:
    parts = ast.unparse(node).split(".")
    value = inspect.unwrap(endpoint.handler).__globals__.get(parts[0])
    for part in parts[1:]:
        value = getattr(value, part, None)
    return value


def taken(kind: Any) -> set[Any]:
    """Give what a part of a path can be: words, such as ``me``, and types."""
    return {
        word for each in alternatives(kind) for word in (get_args(each) if get_origin(each) is Literal else (each,))
    }
