"""What a statement runs: itself and its parts, the body of a DO, and the functions and triggers that it sets off."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from freehold.migrate.lexer import Kind, UnterminatedError, tokens
from freehold.migrate.plpgsql import BodyError, Piece, read_body
from freehold.migrate.tree import Fields, Node, UnreadableError, parse, walk

_KEPT_FOR_LATER = frozenset("ViewStmt RuleStmt CreateFunctionStmt CreateTrigStmt CreatePolicyStmt".split())
"""Definitions whose expressions and bodies are not run when they are made."""

_TEXT, _VALUE = re.compile(r"%(?:\d+\$)?L"), re.compile(r"%(?:\d+\$)?[Is]")
"""What format() puts something in for."""
_UNKNOWN = ("x", "'x'")
"""What may stand for text that is not written there: a name or a string."""


class Run(NamedTuple):
    """A statement that is run.

    Attributes:
        nodes: itself first, then its parts.
        line: in the file, of the statement that runs it or of its place in the body of a DO.
        sure: False where it may be skipped: in a branch, in a function, put together at run time.
    """

    nodes: tuple[Node, ...]
    line: int
    sure: bool = True


class Routines:
    """Functions by name and triggers by table, without their schemas: rather one too many than one too few."""

    def __init__(self) -> None:
        self._functions: dict[str, list[Fields]] = {}
        self._triggers: dict[str, list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._functions)

    def __contains__(self, name: str) -> bool:
        return name in self._functions or name in self._triggers

    def add(self, definition: str) -> None:
        """Take in the functions and triggers that a text makes, if it can be read."""
        for node in _parsed(definition):
            name = _last(node.fields.get("funcname", ()))
            if node.kind == "CreateFunctionStmt":
                self._functions.setdefault(name, []).append(node.fields)
            elif node.kind == "CreateTrigStmt":
                self._triggers.setdefault(node.fields["relation"]["relname"], []).append(name)

    def runs(self, sql: str, line: int) -> Iterator[Run]:
        """Everything that a statement of a file runs, as far as the text shows."""
        for node in _parsed(sql):
            yield from self._run(node, sql, line, sure=True, seen=frozenset())

    def _run(self, node: Node, text: str, line: int, *, sure: bool, seen: frozenset[str]) -> Iterator[Run]:
        nodes = (node,) if node.kind in _KEPT_FOR_LATER else (node, *walk(node.fields))
        yield Run(nodes, line, sure)
        for each in nodes:
            if each.kind == "DoStmt":
                yield from self._body(each.fields["args"], text, line, sure=sure, seen=seen)
        if node.kind in _KEPT_FOR_LATER:
            return
        called = {name for each in nodes for name in self._sets_off(each)} - seen
        for name in sorted(called):
            for function in self._functions.get(name, ()):
                for inner in self._body(function.get("options", ()), "", 1, sure=False, seen=seen | called):
                    yield inner._replace(line=line, sure=False)
                for part in walk(function.get("sql_body", ())):
                    yield Run((part,), line, sure=False)

    def _sets_off(self, node: Node) -> Iterator[str]:
        if node.kind == "FuncCall":
            yield _last(node.fields["funcname"])
        elif node.kind == "CallStmt":
            yield _last(node.fields["funccall"]["funcname"])
        for relation in (node.fields, node.fields.get("relation", {})):
            yield from self._triggers.get(str(relation.get("relname", "")), ())

    def _body(
        self, options: Sequence[Fields], text: str, line: int, *, sure: bool, seen: frozenset[str]
    ) -> Iterator[Run]:
        given = {each["DefElem"]["defname"]: each["DefElem"] for each in options}
        if "as" not in given:
            return
        language = str(given["language"]["arg"]["String"]["sval"]) if "language" in given else "plpgsql"
        body, first = _text_of(given["as"]), line + _lines_before(text, given["as"])
        if language == "sql":
            for node in _parsed(body):
                yield from self._run(node, body, first, sure=sure, seen=seen)
        elif language == "plpgsql":
            for piece in _pieces(body):
                for text_of_piece, certain in _readings(piece):
                    for node in _parsed(text_of_piece):
                        place = first + piece.line - 1
                        yield from self._run(node, text_of_piece, place, sure=sure and certain, seen=seen)


def _pieces(body: str) -> Iterable[Piece]:
    try:
        return read_body(body)
    except BodyError:
        return ()  # PostgreSQL will say so


def _readings(piece: Piece) -> Iterator[tuple[str, bool]]:
    """A piece as statements, and whether it is sure that they run.

    Of one that is put together at run time it is what is written there, with x for what is not.
    """
    if piece.kind == "statement":
        yield piece.sql, piece.sure
        return
    yield f"SELECT {piece.sql}", piece.sure
    if piece.kind == "dynamic":
        for statement in _parsed(f"SELECT {piece.sql}"):
            for unknown in _UNKNOWN:
                yield _written(statement.fields["targetList"][0]["ResTarget"]["val"], unknown), False


def _written(expression: Fields, unknown: str) -> str:
    """The text that an expression makes, as far as it is written there."""
    ((kind, fields),) = expression.items()
    if kind == "TypeCast":
        ((kind, fields),) = fields["arg"].items()
    if kind == "A_Const":
        return str(fields.get("sval", {}).get("sval", ""))
    name, arguments = _last(fields.get("funcname", fields.get("name", ()))), fields.get("args", [])
    if name == "||" and "lexpr" in fields:
        name, arguments = "concat", [fields["lexpr"], fields["rexpr"]]
    match name, [_written(each, unknown) for each in arguments]:
        case "format", [text, *_]:
            return _VALUE.sub("x", _TEXT.sub("'x'", text))
        case "concat", texts:
            return "".join(texts)
        case "quote_ident", _:
            return "x"
    return unknown


def _parsed(text: str) -> list[Node]:
    try:
        return parse(text)
    except UnreadableError:
        return []  # PostgreSQL will say so


def _last(name: Sequence[Fields]) -> str:
    return str(name[-1]["String"]["sval"]) if name else ""


def _text_of(written: Fields) -> str:
    argument = written["arg"]
    first = argument["List"]["items"][0] if "List" in argument else argument
    return str(first["String"].get("sval", ""))


def _lines_before(text: str, written: Fields) -> int:
    """How many lines of a statement come before the string that a body is."""
    start = len(text.encode()[: written.get("location", 0)].decode())
    try:
        begins = next(token.start for token in tokens(text) if token.kind is Kind.STRING and token.start >= start)
    except (StopIteration, UnterminatedError):
        return 0
    return text.count("\n", 0, begins)
