"""Small faults of a module: each changes one place of its syntax tree."""

import ast
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

SWAPS: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
}
FIELDS: Final = {"annotation", "returns", "type_params", "keywords_of_class"}
"""Parts that only say types."""


class Mutant(NamedTuple):
    """A module with one fault."""

    place: str
    """The function or class that it is in."""
    before: str
    after: str
    line: int
    source: str

    @property
    def name(self) -> str:
        return f"{self.place}: {self.before} -> {self.after}"


class _Site(NamedTuple):
    node: ast.AST
    """The smallest part that is shown."""
    place: str
    change: Callable[[], None]
    undo: Callable[[], None]


def mutants(source: str) -> Iterator[Mutant]:
    """Give every mutant of a module, in the order of its text."""
    tree = ast.parse(source)
    for site in list(_sites(tree, "module")):
        before = _text(site.node)
        site.change()
        yield Mutant(site.place, before, _text(site.node), getattr(site.node, "lineno", 0), ast.unparse(tree))
        site.undo()


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:120]


def _setting(owner: ast.AST, name: str, value: object) -> tuple[Callable[[], None], Callable[[], None]]:
    kept = getattr(owner, name)
    return lambda: setattr(owner, name, value), lambda: setattr(owner, name, kept)


def _putting(owner: list[ast.AST], at: int, value: ast.AST) -> tuple[Callable[[], None], Callable[[], None]]:
    kept = owner[at]
    return lambda: owner.__setitem__(at, value), lambda: owner.__setitem__(at, kept)


def _sites(node: ast.AST, place: str) -> Iterator[_Site]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        place = node.name if place == "module" else f"{place}.{node.name}"
    yield from _of(node, place)
    for name, value in ast.iter_fields(node):
        if name in FIELDS or (isinstance(node, ast.ClassDef) and name in {"bases", "keywords"}):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _sites(child, place)


def _of(node: ast.AST, place: str) -> Iterator[_Site]:
    """Give the faults of this very node."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                if type(op) in SWAPS:
                    yield _Site(node, place, *_putting(ops, at, SWAPS[type(op)]()))  # type: ignore[arg-type]
        case ast.BoolOp(op=op) | ast.BinOp(op=op) if type(op) in SWAPS and not _is_of_types(node):
            yield _Site(node, place, *_setting(node, "op", SWAPS[type(op)]()))
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if not isinstance(test, ast.Compare):
            turned = test.operand if isinstance(test, ast.UnaryOp) else ast.UnaryOp(ast.Not(), test)
            yield _Site(_Shown(node, "test"), place, *_setting(node, "test", turned))
        case ast.Constant(value=bool(value)):
            yield _Site(node, place, *_setting(node, "value", not value))
        case ast.Constant(value=int(value)):
            yield _Site(node, place, *_setting(node, "value", value + 1))
    yield from _left_out(node, place)


def _left_out(node: ast.AST, place: str) -> Iterator[_Site]:
    """Leave out what a block does for its effect."""
    for name in ("body", "orelse", "finalbody"):
        found = getattr(node, name, None)
        statements: list[ast.AST] = found if isinstance(found, list) else []
        for at, statement in enumerate(statements):
            if isinstance(statement, ast.Raise) or _is_done_for_effect(statement):
                yield _Site(_Shown(statements, at), place, *_putting(statements, at, ast.Pass()))


class _Shown(ast.Expr):
    """Shows what stands at a place now."""

    def __init__(self, owner: ast.AST | list[ast.AST], at: str | int) -> None:
        object.__setattr__(self, "_owner", owner)
        object.__setattr__(self, "_at", at)
        object.__setattr__(self, "lineno", self.value.lineno)

    @property
    def value(self) -> ast.expr:  # type: ignore[override]
        return self._owner[self._at] if isinstance(self._owner, list) else getattr(self._owner, self._at)  # type: ignore[no-any-return, attr-defined]


def _is_done_for_effect(statement: ast.AST) -> bool:
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
    return isinstance(value, ast.Call)


def _is_of_types(node: ast.AST) -> bool:
    """A | of types is no sum; a text that is put together says something to people."""
    return isinstance(node, ast.BinOp) and any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )
