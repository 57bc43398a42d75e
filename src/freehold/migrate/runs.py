"""Everything that a statement may run: itself and its parts, the body of a DO, functions and triggers that it sets off.

The rules judge what a file surely shows (`rules.program`). This errs on the other side: functions and triggers of the
database itself count, names without their schemas, and of text put together at run time whatever is written there.
"""

import re
from collections.abc import Iterator

from freehold.migrate.rules.bodies import Bodies, Unseen
from freehold.migrate.rules.code import Code
from freehold.migrate.rules.names import of_parts
from freehold.migrate.tree import Fields, Node

_TEXT, _VALUE = re.compile(r"%(?:\d+\$)?L"), re.compile(r"%(?:\d+\$)?[Is]")
"""What format() puts something in for."""
_LEAVES = re.compile(r"\b(copy|load)\b", re.IGNORECASE)
"""In a text that may be run: what nothing stops on a copy, and no rollback undoes."""
_UNKNOWN = ("x", "'x'")
"""What may stand for text that is not written there: a name or a string."""


class Routines(Bodies):
    """Functions by name and triggers by table."""

    def __init__(self) -> None:
        self._functions: dict[str, list[Fields]] = {}
        self._triggers: dict[str, list[str]] = {}
        self._entered: set[str] = set()
        self._outer: Code | None = None

    def __bool__(self) -> bool:
        return bool(self._functions)

    def __contains__(self, name: str) -> bool:
        return name in self._functions or name in self._triggers

    def add(self, definition: str) -> None:
        """Take in the functions and triggers that a text makes, if it can be read."""
        for code in self.read(definition, 1):
            kind, fields = code.node
            name = of_parts(fields.get("funcname", ())).name
            if kind == "CreateFunctionStmt":
                self._functions.setdefault(name, []).append(fields)
            elif kind == "CreateTrigStmt":
                self._triggers.setdefault(fields["relation"]["relname"], []).append(name)

    def runs(self, sql: str, line: int) -> Iterator[Code]:
        """Everything that a statement of a file runs; what a function runs has the line of who calls it."""
        self._entered.clear()
        for code in self.read(sql, line):
            self._outer = code
            yield from self.run(code)

    def set_off(self, node: Node, code: Code) -> Iterator[Code]:
        """Run functions and triggers, each once, and texts that they may run."""
        if not code.text or _LEAVES.search(code.text):
            for text in self._texts(node, code):
                yield from self.run_text(text, code.line, sure=False)
        called = set(self._called(node)) - self._entered if len(code.nodes) > 1 else set()
        self._entered |= called
        for name in sorted(called):
            for function in self._functions.get(name, ()):
                inner = self.run_function(function, Code((Node("Function", {}),), "", 1, sure=False))
                yield from (each._replace(text="", line=code.line, sure=False) for each in inner)

    def _texts(self, node: Node, code: Code) -> Iterator[Fields]:
        """Texts that are given to a function, or that a body has, which may keep them and run them later."""
        if node.kind in ("FuncCall", "CallStmt"):
            yield from node.fields.get("funccall", node.fields).get("args", ())
        if code is not self._outer and node.kind in ("A_Const", "A_Expr", "FuncCall"):
            yield {node.kind: node.fields}

    def _called(self, node: Node) -> Iterator[str]:
        if node.kind in ("FuncCall", "CallStmt"):
            yield of_parts(node.fields.get("funccall", node.fields)["funcname"]).name
        for relation in (node.fields, node.fields.get("relation", {})):
            yield from self._triggers.get(str(relation.get("relname", "")), ())

    def run_text(self, expression: Fields, line: int, *, sure: bool) -> Iterator[Code]:  # noqa: ARG002 - it is not
        """Run whatever is written of a text."""
        for unknown in _UNKNOWN:
            text = _written(expression, unknown)
            for end in ("", f" {unknown}"):  # the rest may be put to it later
                yield from self.run_inside(f"{text}{end}", line, sure=False)

    def miss(self, unseen: Unseen) -> None:
        """PostgreSQL will say so."""


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
