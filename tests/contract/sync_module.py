"""Writes src/freehold/sync/platform.py and groups.py: the operations of the platform for synchronous programs."""

import ast
import builtins
import collections.abc
import contextlib
import inspect
import re
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any, cast

from tests.parts import parts

from freehold import groups as source
from freehold.data.context import Context
from freehold.groups import Bound, Group
from freehold.platform import Platform

OTHERWISE = {
    "AsyncIterator": ("Iterator", collections.abc, "iterate"),
    "AbstractAsyncContextManager": ("AbstractContextManager", contextlib, "hold"),
}
"""What a synchronous method returns instead, where that is, and what makes it."""
_CONNECTION = "is about a connection of the platform's event loop: run() does it"
_HOOK = "is a coroutine in that event loop, and a fork would forget it"
LEFT_OUT = {
    "loop": "there is none to be in",
    **dict.fromkeys(("within", "connection", "transaction", "in_organization"), _CONNECTION),
    **dict.fromkeys(("before_purge", "after_purge", "before_erasure", "after_erasure"), _HOOK),
}
"""What synchronous programs do not have, and why."""

HEAD = '''\
"""{about}

``make renew`` writes this from ``freehold.{of}``.
"""

{imports}

'''
PROOFS = {"Context": (), "Subject": ("user: UserRef",), "Scope": ("organization: OrganizationRef",)}
"""What a caller names where the work takes its proof; as ``freehold.access`` declares it."""


class Module:
    """Collects what a module says and the names that it needs for that."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._imports: dict[str, tuple[str, str]] = {}

    def use(self, name: str, module: ModuleType) -> str:
        """Import a name from where a module has it, and return what it is called here."""
        home = _home(name, module)
        here = name
        if not self._means(here, home, name):  # one of another slice has it already
            here = f"{home.split('.')[1].title().replace('_', '')}{name}"
            assert self._means(here, home, name), f"{name} means too many things: rename that of {home}"
        self._imports.setdefault(here, (home, name))
        return here

    def _means(self, here: str, home: str, name: str) -> bool:
        known_home, known = self._imports.get(here, (home, name))
        return getattr(sys.modules[known_home], known) is getattr(sys.modules[home], name)

    def text(self, about: str, of: str, more: list[str]) -> str:
        """Write the module."""
        froms = [
            f"from {home} import {name}" + ("" if here == name else f" as {here}")
            for here, (home, name) in self._imports.items()
        ]
        head = HEAD.format(about=about, of=of, imports="\n".join([*froms, *more]))
        return _formatted(head + "\n".join(self.lines))


def render() -> dict[str, str]:
    """Write both modules, by file name."""
    return {"groups.py": _groups(), "platform.py": _platform()}


def _groups() -> str:
    module = Module()
    top = {type(each).__name__: f"platform.{name}" for name, each in _inner(Platform(cast("Context", None)))}
    for _, group in _inner(Platform(cast("Context", None))):
        for name, inner in _inner(group):
            top[type(inner).__name__] = f"{top[type(group).__name__]}.{name}"
    for name, kind in vars(source).items():
        if not (isinstance(kind, type) and issubclass(kind, Group) and kind is not Group):
            continue
        module.lines += [f"class {name}(Group):", f'    """{kind.__doc__}"""', ""]
        if parts := list(_inner(kind(cast("Context", None)))):
            module.lines.append("    def __init__(self, working: Working) -> None:")
            module.lines.append("        super().__init__(working)")
            module.lines += [f"        self.{each} = {type(part).__name__}(working)" for each, part in parts]
            module.lines.append("")
        methods = {each for each, bound in vars(kind).items() if isinstance(bound, Bound)}
        for each in vars(kind):
            bound = vars(kind)[each]
            if isinstance(bound, Bound):
                module.lines += _method(
                    module, each, bound._operation, f"{top[name]}.{each}", methods=methods, runs="self._working."
                )
    more = ["from freehold.sync.facade import Group, Working"]
    if any("builtins." in line for line in module.lines):
        more.append("import builtins")
    return module.text(
        "The operations of a platform, by what they are about, for synchronous programs.", "groups", more
    )


def _platform() -> str:
    module = Module()
    example = (
        "    with Platform.open(database_url) as platform:\n"
        '        ada = platform.users.create(NewUser(username="ada", email="ada@example.com", password="Lovelace1"))\n'
        '        acme = platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))'
    )
    about = f'"""{inspect.getdoc(Platform)}\n"""'
    head, _, _ = about.partition("::\n")
    module.lines += ["class Platform(Facade):"]
    module.lines += [*textwrap.indent(f"{head}::\n\n{example}\n", "    ").splitlines(), '    """', ""]
    module.lines += ["    def __init__(self, working: Working) -> None:"]
    module.lines += ["        super().__init__(working)"]
    parts = list(_inner(Platform(cast("Context", None))))
    module.lines += [f"        self.{name} = groups.{type(group).__name__}(working)" for name, group in parts] + [""]
    for name, member in public(Platform):
        if name not in LEFT_OUT:
            if isinstance(member, property):
                module.lines.append("    @property")
            elif name == "open":
                module.lines.append("    @classmethod")
            function = function_of(member)
            module.lines += _method(module, name, function, f"platform.{name}", methods=set(), runs="self._working.")
    more = [
        "from freehold.sync import groups",
        "from typing import Self",
        "from freehold.platform import Platform as AsyncPlatform",
        "from freehold.sync.facade import Facade, Working",
    ]
    return module.text("The platform for synchronous programs.", "platform", more)


def public(kind: type) -> Iterator[tuple[str, Any]]:
    """Find what a class offers, in order."""
    return ((name, member) for name, member in vars(kind).items() if not name.startswith("_"))


def function_of(member: Any) -> Any:
    """Return the function of a method or a property."""
    found: Any = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
    return inspect.unwrap(found)


def _inner(owner: object) -> Iterator[tuple[str, Group]]:
    yield from parts(owner).items()


def _method(
    module: Module, name: str, operation: Callable[..., Awaitable[object]], call: str, *, methods: set[str], runs: str
) -> list[str]:
    """Write a method in the words of the function that it stands for.

    Args:
        module: what it is written for.
        name: of the method.
        operation: the function, which may be wrapped.
        call: what the asynchronous platform calls it.
        methods: the names of all methods of its class, which hide what is called the same.
        runs: what does work in the event loop.
    """
    work = inspect.unwrap(operation)
    node = _definition(work)
    signature, passed = _signature(module, node, sys.modules[work.__module__], methods)
    text = inspect.getdoc(work) or ""
    if name == "open":
        return _opening(signature, f"{call}({passed})", text)
    result, body = _result(
        module, node, sys.modules[work.__module__], methods=methods, call=call, passed=passed, runs=runs
    )
    text = re.sub(r"\n {4}context: [^\n]*(?:\n {8}[^\n]*)*", "", text)
    text = re.sub(r"\nArgs:(?=\n\n|$)\n?", "", text)
    text = text.replace("async with ", "with ").replace("await ", "")
    doc = textwrap.indent(text + ("\n" if "\n" in text else ""), "        ")
    return [
        f"    def {name}({', '.join(signature)}) -> {result}:",
        f'        """{doc.strip()}' + ('\n        """' if "\n" in text else '"""'),
        f"        {body}" if result == "None" else f"        return {body}",
        "",
    ]


Definition = ast.FunctionDef | ast.AsyncFunctionDef


def _signature(module: Module, node: Definition, home: ModuleType, methods: set[str]) -> tuple[list[str], str]:
    """Write the parameters, and what is passed on."""
    args = node.args
    given = [*args.posonlyargs, *args.args]
    proof = given.pop(0).annotation
    first = PROOFS[ast.unparse(proof)] if proof else ()
    if first:
        module.use(first[0].rpartition(" ")[2], sys.modules["freehold.access"])
    signature = ["self", *first, *(["/"] if first else [])]
    passed = [each.partition(":")[0] for each in first]
    defaults = [*[None] * (len(given) - len(args.defaults)), *args.defaults]
    for each, default in zip(given, defaults, strict=True):
        signature.append(_parameter(each.arg, _spell(module, each.annotation, home, methods), default))
        passed.append(each.arg)
    signature += ["*"] if args.kwonlyargs else []
    for each, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        signature.append(_parameter(each.arg, _spell(module, each.annotation, home, methods), default))
        passed.append(f"{each.arg}={each.arg}")
    return signature, ", ".join(passed)


def _result(
    module: Module, node: Definition, home: ModuleType, *, methods: set[str], call: str, passed: str, runs: str
) -> tuple[str, str]:
    """Write what a method returns, and how it comes to that."""
    decorators = {ast.unparse(each) for each in node.decorator_list}
    returned = ast.unparse(node.returns).strip("'") if node.returns else "None"
    if "asynccontextmanager" in decorators:
        returned = returned.replace("AsyncIterator", "AbstractAsyncContextManager")
    called = call if "property" in decorators else f"{call}({passed})"
    in_loop = f"{runs}{{way}}(lambda platform: {called})"
    here = called.replace("platform.", f"{runs}target().", 1)
    is_here = isinstance(node, ast.FunctionDef) and call.count(".") == 1
    for kind, (gives, home_of_it, way) in OTHERWISE.items():
        if returned.startswith(f"{kind}["):
            inside = _spell(module, ast.parse(returned[len(kind) + 1 : -1], mode="eval").body, home, methods)
            return f"{module.use(gives, home_of_it)}[{inside}]", in_loop.format(way=way)
    body = here if is_here else in_loop.format(way="run")
    if returned == "Platform":
        return '"Platform"', f"self.like({body})"
    return "None" if returned == "None" else _spell(module, node.returns, home, methods), body


def _opening(signature: list[str], called: str, text: str) -> list[str]:
    """Write how it is opened: it is there at once, and its own context manager."""
    text = text.replace(
        "Connect to a database, and close the connections at the end.",
        "Connect to a database. Use it in ``with``, or call ``close``; what is open when the process ends is closed."
        "\n\n"
        "Every thread may use the platform. A process that is forked gets connections of its own at its first use.",
    )
    doc = textwrap.indent(text + "\n", "        ").strip()
    return [
        f"    def open({', '.join(['cls', *signature[1:]])}) -> Self:",
        f'        """{doc}\n        """',
        f"        return cls._opened(lambda: Async{called[0].upper()}{called[1:]})",
        "",
    ]


def _parameter(name: str, kind: str, default: ast.expr | None) -> str:
    return f"{name}: {kind}" if default is None else f"{name}: {kind} = {ast.unparse(default)}"


def _spell(module: Module, annotation: ast.expr | None, home: ModuleType, methods: set[str]) -> str:
    """Write a type in its own words, with the names imported that they need."""
    assert annotation is not None, f"{home.__name__}: a parameter has no type"
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body

    class Names(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            if hasattr(builtins, node.id) and node.id not in vars(home):
                return ast.Name(f"builtins.{node.id}") if node.id in methods else node
            return ast.Name(module.use(node.id, home))

    return ast.unparse(Names().visit(annotation))


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


def _definition(work: Any) -> Definition:
    return next(
        node
        for node in ast.walk(_tree(work.__module__))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name == work.__name__
        and node.lineno <= work.__code__.co_firstlineno + len(node.decorator_list) + 20
        and node.lineno >= work.__code__.co_firstlineno
    )


def _home(name: str, module: ModuleType) -> str:
    """Name the module that a module imports a name from, or itself."""
    for node in ast.walk(_tree(module.__name__)):
        if isinstance(node, ast.ImportFrom) and any((each.asname or each.name) == name for each in node.names):
            return str(node.module)
    assert name in vars(module), f"{module.__name__} has no {name}"
    return module.__name__


def _formatted(text: str) -> str:
    for command in (["format", "-"], ["check", "--select", "I", "--fix", "--quiet", "-"], ["format", "-"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", "src/freehold/sync/groups.py"],
            input=text,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        text = done.stdout
    return text
