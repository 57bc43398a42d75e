"""Finds where Freehold waits for something outside of itself."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import freehold

ROOT: Final = Path(freehold.__file__).parent
APART: Final = ("migrate/frameworks/",)
"""Reads files, and nothing else."""
SENT: Final = frozenset({"send", "receive"})
"""What ASGI hands over: the client."""
DRIVERS: Final = ("asyncpg.", "super().", "pool.", "self.pool.", "self._client.", "connection.", "process.")
"""How calls begin of what is not ours, whatever they are named."""
BLOCKING: Final = ("subprocess.run", "subprocess.Popen", "socket.create_connection", "urlopen", "thread.join")


def _definitions() -> frozenset[str]:
    """Name every coroutine and asynchronous generator of ours."""
    trees = (ast.parse(path.read_text("utf-8")) for path in ROOT.rglob("*.py"))
    return frozenset(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef))


def waits() -> Iterator[tuple[str, str]]:
    """Give each place, such as ``mail.smtp.Connection.deliver``, with what it waits for."""
    ours = _definitions()
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(APART):
            module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            yield from _of(ast.parse(path.read_text("utf-8")), module, frozenset(), ours)


def _of(node: ast.AST, place: str, given: frozenset[str], ours: frozenset[str]) -> Iterator[tuple[str, str]]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        place = f"{place}.{node.name}"
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        given |= {each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    if isinstance(node, ast.Await):
        waited = ast.unparse(node.value.func if isinstance(node.value, ast.Call) else node.value)
        if _is_outside(waited, given, ours):
            yield place, waited
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(BLOCKING):
        yield place, ast.unparse(node.func)
    for child in ast.iter_child_nodes(node):
        yield from _of(child, place, given, ours)


def _is_outside(waited: str, given: frozenset[str], ours: frozenset[str]) -> bool:
    last = waited.rpartition(".")[2]
    if last in SENT or waited.startswith(DRIVERS) or ".connection." in waited or ".pool." in waited:
        return True
    if last == "sleep" or waited in given:  # what is handed over is ours, and looked at where it is made
        return False
    return last not in ours and not waited.startswith(("queries.", "self._db.", "self._kind.", "db.", "work"))
