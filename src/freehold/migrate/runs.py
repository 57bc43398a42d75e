"""Everything that a statement may run: itself and its parts, the body of a DO, functions and triggers that it sets off.

The rules judge what a file surely shows (`rules.program`). This errs on the other side: functions and triggers of the
database itself count, names without their schemas, and of text put together at run time whatever is written there.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from freehold.migrate.lexer import Kind, UnterminatedError, tokens
from freehold.migrate.plpgsql import BodyError, Piece, read_body
from freehold.migrate.rules.code import Code, read
from freehold.migrate.rules.names import of_parts, option
from freehold.migrate.tree import Fields, Node, UnreadableError, walk

_TEXT, _VALUE = re.compile(r"%(?:\d+\$)?L"), re.compile(r"%(?:\d+\$)?[Is]")
"""What format() puts something in for."""
_UNKNOWN = ("x", "'x'")
"""What may stand for text that is not written there: a name or a string."""


class Routines:
    """Functions by name and triggers by table."""

    def __init__(self) -> None:
        self._functions: dict[str, list[Fields]] = {}
        self._triggers: dict[str, list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._functions)

    def __contains__(self, name: str) -> bool:
        return name in self._functions or name in self._triggers

    def add(self, definition: str) -> None:
        """Take in the functions and triggers that a text makes, if it can be read."""
        for code in _read(definition, 1):
            kind, fields = code.node
            name = of_parts(fields.get("funcname", ())).name
            if kind == "CreateFunctionStmt":
                self._functions.setdefault(name, []).append(fields)
            elif kind == "CreateTrigStmt":
                self._triggers.setdefault(fields["relation"]["relname"], []).append(name)

    def runs(self, sql: str, line: int) -> Iterator[Code]:
        """Everything that a statement of a file runs; what a function runs has the line of who calls it."""
        for code in _read(sql, line):
            yield from self._run(code, frozenset())

    def _run(self, code: Code, seen: frozenset[str]) -> Iterator[Code]:
        yield code
        for node in code.nodes:
            if node.kind == "DoStmt":
                yield from self._body(node.fields["args"], code, seen)
        called = {name for node in code.nodes for name in self._sets_off(node)} - seen if len(code.nodes) > 1 else set()
        for name in sorted(called):
            for function in self._functions.get(name, ()):
                hidden = Code((Node("Body", function.get("sql_body", {})),), "", 1, sure=False)
                inner = [*self._body(function.get("options", ()), hidden, seen | called), *_parts(hidden)]
                yield from (each._replace(text="", line=code.line, sure=False) for each in inner)

    def _sets_off(self, node: Node) -> Iterator[str]:
        if node.kind in ("FuncCall", "CallStmt"):
            yield of_parts(node.fields.get("funccall", node.fields)["funcname"]).name
        for relation in (node.fields, node.fields.get("relation", {})):
            yield from self._triggers.get(str(relation.get("relname", "")), ())

    def _body(self, options: Sequence[Fields], code: Code, seen: frozenset[str]) -> Iterator[Code]:
        written, language = option(options, "as"), option(options, "language")
        if written is None:
            return
        body, line = _text_of(written), code.line + _lines_before(code.text, written)
        match str(language["arg"]["String"]["sval"]) if language else "plpgsql":
            case "sql":
                inner = [each._replace(sure=code.sure) for each in _read(body, line)]
            case "plpgsql":
                inner = [each for piece in _pieces(body) for each in _readings(piece, line, sure=code.sure)]
            case _:
                return
        for each in inner:
            yield from self._run(each, seen)


def _parts(code: Code) -> Iterator[Code]:
    """The statements of ``BEGIN ATOMIC ... END``, all at once."""
    yield code._replace(nodes=(code.node, *walk(code.node.fields)))


def _pieces(body: str) -> Iterable[Piece]:
    try:
        return read_body(body)
    except BodyError:
        return ()  # PostgreSQL will say so


def _readings(piece: Piece, first_line: int, *, sure: bool) -> Iterator[Code]:
    """A piece as statements; of one that is put together at run time whatever is written there."""
    line, sure = first_line + piece.line - 1, sure and piece.sure
    if piece.kind == "statement":
        yield from _read(piece.sql, line, sure=sure)
        return
    for code in _read(f"SELECT {piece.sql}", line, sure=sure):
        yield code
        if piece.kind == "dynamic":
            target = code.node.fields.get("targetList", [{}])[0].get("ResTarget", {})
            for unknown in _UNKNOWN:
                yield from _read(_written(target.get("val", {}), unknown), line, sure=False)


def _written(expression: Fields, unknown: str) -> str:
    """The text that an expression makes, as far as it is written there."""
    bare: Fields = expression.get("TypeCast", {}).get("arg", expression)
    fields: Fields = next(iter(bare.values()), {})
    if "A_Const" in bare:
        return str(fields.get("sval", {}).get("sval", ""))
    called: list[Fields] = fields.get("funcname") or fields.get("name") or []
    name, arguments = of_parts(called).name, fields.get("args", [])
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


def _read(text: str, line: int, *, sure: bool = True) -> list[Code]:
    try:
        return read(text, line, sure=sure)
    except UnreadableError:
        return []  # PostgreSQL will say so


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
