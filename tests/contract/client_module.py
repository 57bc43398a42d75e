"""Writes the operations of the Python client from those of the library and the routes that call them."""

import inspect
import re
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import AsyncIterator
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from msgspec import UnsetType
from tests.contract.client_calls import Call, Given, Unreadable, calls, library, parameters, taken
from tests.contract.errors_page import by_code, modules

from freehold import Platform
from freehold.base.errors import FreeholdError
from freehold.data.context import Context
from freehold.groups import Group
from freehold.slices import SLICES
from freehold.web.problems import STATUS, Internal, status_of
from freehold.web.references import alternatives

REMARK = "# Generated from the library and the routes by `make renew`; a test compares it.\n"


class Names:
    """The names that a generated module imports."""

    def __init__(self) -> None:
        self.found: dict[str, set[str]] = defaultdict(set)

    def of(self, kind: type) -> str:
        """Return the name of a class, and import it."""
        if kind.__module__ != "builtins":
            module = "freehold.access.actions" if kind.__module__.startswith("freehold.access") else kind.__module__
            self.found[module].add(kind.__name__)
        return kind.__name__

    def spell(self, kind: Any) -> str:
        """Write a type by names."""
        origin, parts = get_origin(kind), get_args(kind)
        if kind is None or kind is NoneType:
            return "None"
        if origin is Annotated:
            return self.spell(parts[0])
        if origin in {Union, UnionType}:
            return " | ".join(self.spell(part) for part in parts if part is not UnsetType)
        if origin is Literal:
            self.found["typing"].add("Literal")
            return f"Literal[{', '.join(repr(part) for part in parts)}]"
        if origin is not None:
            return f"{self.of(origin)}[{', '.join(self.spell(part) for part in parts)}]"
        return self.of(kind)

    def lines(self) -> str:
        """Write the imports."""
        return "\n".join(f"from {module} import {', '.join(sorted(of))}" for module, of in sorted(self.found.items()))


def files() -> dict[str, str]:
    """Write every generated file, by its path in ``src/freehold/client``."""
    by_group: dict[str, list[str]] = defaultdict(list)
    for path, ways in calls().items():
        if ways:
            by_group[path.rpartition(".")[0]].append(path)
    written = {f"requests/{_module(group)}.py": _requests(group, paths) for group, paths in by_group.items()}
    written["requests/__init__.py"] = '"""Every operation as a request, by the group that has it."""\n\n' + REMARK
    written["groups.py"] = _groups(by_group, "Async", "with ``await``")
    written["sync_groups.py"] = _groups(by_group, "", "without ``await``")
    written["codes.py"] = _codes()
    return {path: _tidied(text, path) for path, text in sorted(written.items())}


def narrowed(path: str, name: str, chosen: list[Call]) -> Any:
    """Give the type of an argument: what the library takes of it and HTTP can be told."""
    declared = parameters(library()[f".{path}"])[name].annotation
    kinds: list[Any] = []
    for call in chosen:
        source = call.given[name]
        if isinstance(source, str):
            kinds.append(Literal[source])
        elif source.source in call.endpoint.references:
            kinds.append(call.endpoint.references[source.source])
        else:
            return declared
    union = reduce(or_, kinds)
    return declared if taken(union) >= taken(declared) else union


def chosen_ways(path: str) -> list[Call]:
    """Choose how an operation is asked for: one way that takes everything, or one for each word and one for the rest.

    Raises:
        Unreadable: there are several, and nothing says which is meant.
    """
    ways = calls()[path]
    declared = parameters(library()[f".{path}"])
    for call in ways:
        if all(
            isinstance(source, Given)
            and taken(call.endpoint.references[source.source]) >= taken(declared[name].annotation)
            for name, source in call.given.items()
            if isinstance(source, str) or source.source in call.endpoint.references
        ):
            return [call]
    words = [call for call in ways if any(isinstance(source, str) for source in call.given.values())]
    others = [call for call in ways if call not in words]
    if len(words) > 1 or len(others) > 1:
        raise Unreadable(f"{path} has several routes: {[call.endpoint.path for call in ways]}")
    return words + others


def answers(path: str, call: Call) -> tuple[Any, tuple[Any, ...]]:
    """Give the type that the client's operation returns, and those that the answer is read as."""
    declared = inspect.signature(library()[f".{path}"]).return_annotation
    allowed = alternatives(declared)
    kinds = tuple(kind for kind in alternatives(call.endpoint.result) if any(_is(kind, each) for each in allowed))
    if not kinds:
        return call.endpoint.result, alternatives(call.endpoint.result)
    return declared, kinds


def _is(kind: Any, of: Any) -> bool:
    if kind in {None, NoneType} or of in {None, NoneType}:
        return {kind, of} <= {None, NoneType}
    if get_origin(kind) or get_origin(of):
        return bool(kind == of)
    return issubclass(kind, of)


def _requests(group: str, paths: list[str]) -> str:
    names = Names()
    names.found["freehold.client.request"] |= {"Download", "Request", "part"}
    functions = [_function(path, names) for path in paths]
    return f'"""{_about(group)}, as requests."""\n\n{REMARK}\n{names.lines()}\n\n' + "\n\n".join(functions)


def _function(path: str, names: Names) -> str:
    operation = library()[f".{path}"]
    ways = chosen_ways(path)
    first = ways[-1]
    sent = {name: each for name, each in parameters(operation).items() if name in first.given}
    signature = []
    for name, each in sent.items():
        annotation = names.spell(narrowed(path, name, ways))
        default = "" if each.default is inspect.Parameter.empty else f" = {each.default!r}"
        kind = each.kind
        if kind is each.KEYWORD_ONLY and "*" not in signature:
            signature.append("*")
        signature.append(f"{name}: {annotation}{default}")
        if kind is each.POSITIONAL_ONLY and not any(
            other.kind is each.POSITIONAL_ONLY for other in list(sent.values())[list(sent).index(name) + 1 :]
        ):
            signature.append("/")
    declared, kinds = answers(path, first)
    spelt = ["type(None)" if kind in {None, NoneType} else names.spell(kind) for kind in kinds]
    result, read_as = ("Download", "Download") if _streams(path) else (names.spell(declared), ", ".join(spelt))
    arguments = [f'"{first.endpoint.method}"', _path(ways), f"({read_as},)"]
    if first.endpoint.again is not None:
        arguments.append(f"again={names.of(first.endpoint.again)}")
    sources = [(name, source) for name, source in first.given.items() if isinstance(source, Given)]
    whole = {source.source: name for name, source in sources if not source.name}
    single = {source.name: name for name, source in sources if source.name}
    if single:
        arguments.append(f"body={{{', '.join(f'{field!r}: {name}' for field, name in single.items())}}}")
    elif "body" in whole:
        arguments.append(f"body={whole['body']}")
    if "query" in whole:
        arguments.append(f"query={whole['query']}")
    if first.query:
        arguments.append(f"fixed={first.query!r}")
    if "version" in whole:
        arguments.append(f"version={whole['version']}")
    doc = textwrap.indent(_doc(operation, set(sent), ways), "    ").strip()
    return (
        f"def {_name(path)}({', '.join(signature)}) -> Request[{result}]:\n"
        f'    """{doc}\n    """\n    return Request({", ".join(arguments)})\n'
    )


def _streams(path: str) -> bool:
    return get_origin(inspect.signature(library()[f".{path}"]).return_annotation) is AsyncIterator


def _path(ways: list[Call]) -> str:
    """Write the path; two where a word has one of its own."""
    spelt = [_template(call) for call in ways]
    last, call = spelt[-1], ways[0]
    for name, source in call.given.items():
        if len(ways) > 1 and isinstance(source, str):
            reference = ways[-1].given[name]
            assert isinstance(reference, Given)
            if _template(ways[-1]).replace(f"{{part({name})}}", source) == spelt[0]:
                break
            return f'{_quoted(spelt[0])} if {name} == "{source}" else {_quoted(last)}'
    return _quoted(last)


def _template(call: Call) -> str:
    parts = {source.source: name for name, source in call.given.items() if isinstance(source, Given)}
    found = {}
    for reference in call.endpoint.references:
        found[reference] = call.words.get(reference) or f"{{part({parts[reference]})}}"
    return call.endpoint.path.format(**found)


def _quoted(path: str) -> str:
    return f'f"{path}"' if "{" in path else f'"{path}"'


def _doc(operation: Any, given: set[str], ways: list[Call]) -> str:
    """Take over what the library says, without the arguments that HTTP has not."""
    text = inspect.getdoc(operation) or ""
    head, args, rest = (text + "\n").partition("\nArgs:\n")
    for name in {*inspect.signature(operation).parameters, "context", "scope", "subject"} - given:
        rest = re.sub(rf"(?m)^    {name}: .*\n(?:     +.*\n)*", "", rest)
    text = (head + args + rest).rstrip()
    text = re.sub(r"(?m)^Args:\n(?=\n|\Z|\S)", "", text)
    text = re.sub(r"\n{3,}", "\n\n", text)
    summary, _, rest = text.partition("\n")
    where = ", ".join(f"``{call.endpoint.method} {call.endpoint.path}``" for call in ways)
    return "\n".join([summary, "", f"{where}.", *(["", rest.strip()] if rest.strip() else [])])


def _groups(by_group: dict[str, list[str]], prefix: str, how: str) -> str:
    imports = ["from freehold.client.requests import (", *(f"    {_module(group)}," for group in sorted(by_group)), ")"]
    uses = [f"{prefix}Sent", f"{prefix}Downloaded", f"{prefix}Group", f"{prefix}Sender"]
    imports.append(f"from freehold.client.sending import {', '.join(sorted(uses))}")
    classes = []
    for group in sorted(by_group, key=lambda group: (-group.count("."), list(by_group).index(group))):
        lines = [f"class {_class(group)}({prefix}Group):", f'    """{_about(group)}."""', ""]
        for path in by_group[group]:
            sent = "Downloaded" if _streams(path) else "Sent"
            lines.append(f"    {path.rpartition('.')[2]} = {prefix}{sent}({_module(group)}.{_name(path)})")
        if inner := [other for other in by_group if other.rpartition(".")[0] == group]:
            lines += ["", f"    def __init__(self, sender: {prefix}Sender) -> None:"]
            lines += ["        super().__init__(sender)"]
            lines += [f"        self.{other.rpartition('.')[2]} = {_class(other)}(sender)" for other in inner]
        classes.append("\n".join(lines))
    lines = [f"class {prefix}Groups:", '    """Every group of operations that HTTP offers."""', ""]
    lines += [f"    def __init__(self, sender: {prefix}Sender) -> None:"]
    lines += [f"        self.{group} = {_class(group)}(sender)" for group in by_group if "." not in group]
    classes.append("\n".join(lines))
    head = f'"""The operations by what they are about, {how}: ``platform.projects.create(...)``."""\n\n{REMARK}\n'
    return head + "\n".join(imports) + "\n\n" + "\n\n\n".join(classes) + "\n"


def _codes() -> str:
    for each in SLICES:
        list(each.modules("errors"))
    names = Names()
    for _ in modules():  # so that every error there is has been imported
        pass
    known = {
        code: kind
        for code, kind in by_code(FreeholdError).items()
        if kind.__module__.split(".")[1] != "client" and (kind is Internal or status_of(kind) != STATUS[Internal])
    }
    rows = [f'    "{code}": {kind.__name__},' for code, kind in sorted(known.items())]
    for kind in known.values():
        names.found[kind.__module__].add(kind.__name__)
    names.found["freehold.base.errors"].add("FreeholdError")
    names.found["typing"].add("Final")
    table = "\n".join(rows)
    return (
        f'"""Every error that an answer can stand for, by its code."""\n\n{REMARK}\n{names.lines()}\n\n'
        f"BY_CODE: Final[dict[str, type[FreeholdError]]] = {{\n{table}\n}}\n"
    )


def _group(path: str) -> Group:
    found: Any = Platform(cast("Context", None))
    for part in path.split("."):
        found = getattr(found, part)
    return cast("Group", found)


def _about(group: str) -> str:
    return (inspect.getdoc(type(_group(group))) or group).splitlines()[0].removesuffix(".")


def _class(group: str) -> str:
    return type(_group(group)).__name__


def _module(group: str) -> str:
    return group.replace(".", "_")


def _name(path: str) -> str:
    return "_".join(path.split(".")[-2:])


def _tidied(text: str, path: str) -> str:
    """Sort the imports, drop those that are not used, and break lines, as `make lint` wants it."""
    for arguments in (("check", "--quiet", "--fix-only", "--select", "I,F401"), ("format", "--quiet")):
        command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", f"src/freehold/client/{path}", "-"]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    return text
