"""Writes docs/reference/library.md from the public names and their docstrings."""

import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

import msgspec
from msgspec import UnsetType
from tests.parts import parts

import freehold
from freehold import FreeholdError, Platform, public
from freehold.data.context import Context
from freehold.groups import Bound

HEAD = """\
# The library

Import everything from `freehold`. [Use the library](../how-to/use-the-library.md) shows how to install it and gives
programs to start from.

- [Operations](#operations) are asynchronous methods of an open `Platform`, grouped as shown here. In
  `freehold.sync.Platform` they are [the same without `await`](../how-to/use-from-synchronous-code.md).
- [Types](#types) are what operations take and return.
- Operations raise the errors of [the error reference](errors.md). Each is a `FreeholdError` with a stable `code`.

This page is generated from the docstrings by `make renew`, and a test compares it.
"""

METHODS = (
    *("open", "acting_as", "authenticate", "access", "within", "connection", "transaction", "in_organization"),
    *("before_purge", "after_purge", "before_erasure", "after_erasure", "working", "ready"),
)
SECTIONS = ("Args", "Returns", "Raises", "Attributes")


def render() -> str:
    """Write the page."""
    return "\n".join([HEAD, *_opening(), *_operations(), *_types()]).rstrip() + "\n"


def _opening() -> Iterator[str]:
    yield from ("## Platform", "", *prose(Platform), "")
    for name in METHODS:
        method = getattr(Platform, name)
        yield from (f"### Platform.{name}", "", *code(name, inspect.signature(method)), "", *prose(method), "")


def _operations() -> Iterator[str]:
    yield from ("## Operations", "")
    for path, operation in operations(Platform(cast("Context", None)), "platform"):
        signature = inspect.signature(operation)
        given = [each for name, each in signature.parameters.items() if name != "context"]
        shown = code(path, signature.replace(parameters=given))
        yield from (f"### {path}", "", *shown, "", *prose(operation), "")


def operations(group: object, path: str) -> Iterator[tuple[str, Any]]:
    """Find every operation below a platform, with the path that a program writes."""
    for name, inner in parts(group).items():
        for method, bound in vars(type(inner)).items():
            if isinstance(bound, Bound):
                yield f"{path}.{name}.{method}", bound._operation
        yield from operations(inner, f"{path}.{name}")


def _types() -> Iterator[str]:
    yield from ("## Types", "")
    for name in public.__all__:
        value = getattr(freehold, name)
        if not isinstance(value, type) or value is Platform or issubclass(value, FreeholdError):
            continue
        yield from (f"### {name}", "", *prose(value), "")
        if issubclass(value, Enum):
            yield from (", ".join(f"`{each.value}`" for each in value), "")
        elif issubclass(value, msgspec.Struct) and name != "Settings":
            yield from (
                "| field | type | default |",
                "| --- | --- | --- |",
                *map(_field, msgspec.structs.fields(value)),
            )
            yield ""


def _field(field: msgspec.structs.FieldInfo) -> str:
    kind = spell(field.type).replace("|", "\\|")
    default = f"`{_default(field.default)}`" if not field.required else ""
    return f"| `{field.encode_name}` | `{kind}` | {default} |".replace("|  |", "| |")


def _default(value: Any) -> str:
    if value is msgspec.NODEFAULT:
        return "..."
    return "unset" if isinstance(value, UnsetType) else repr(value)


def code(name: str, signature: inspect.Signature) -> list[str]:
    """Write a signature as people write one: a parameter in each line if it is long."""
    given: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.name in {"self", "cls"}:
            continue
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and "*" not in given:
            given.append("*")
        default = "" if parameter.default is inspect.Parameter.empty else f" = {_shown(parameter.default)}"
        given.append(f"{parameter.name}: {spell(parameter.annotation)}{default}")
    result = spell(signature.return_annotation)
    line = f"{name}({', '.join(given)}) -> {result}"
    if len(line) > 100:
        line = f"{name}(\n" + "".join(f"    {each},\n" for each in given) + f") -> {result}"
    return ["```text", line, "```"]


def _shown(default: Any) -> str:
    return "..." if callable(default) else repr(default)


def spell(kind: Any) -> str:
    """Write a type by the names that a program uses."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return spell(parts[0])
    if origin in {Union, UnionType}:
        return " | ".join(spell(part) for part in parts if part is not UnsetType)
    if origin is Literal:
        return " | ".join(repr(part) for part in parts)
    if origin is not None:
        inside = ", ".join("..." if part is ... else spell(part) for part in parts)
        return f"{_name(origin)}[{inside}]"
    return "None" if kind is None or kind is NoneType else _name(kind)


def _name(kind: Any) -> str:
    if isinstance(kind, list):
        return f"[{', '.join(map(spell, kind))}]"
    return str(kind).strip("'") if isinstance(kind, str) else getattr(kind, "__name__", str(kind))


def prose(of: Any) -> list[str]:
    """Turn a docstring into Markdown: its sections become lists, its examples code."""
    text = inspect.getdoc(of) or ""
    text = re.sub(r"::\n\n((?:(?:    .*)?\n?)+)", _example, text + "\n")
    text = re.sub(r"(?<!`)``(?!`)", "`", text).rstrip()
    for section in SECTIONS:
        text = re.sub(rf"(?m)^{section}:\n((?:[ ]+.*\n?)+)", partial(_list, section), text)
    return text.rstrip().splitlines()


def _example(found: re.Match[str]) -> str:
    return ":\n\n```python\n" + textwrap.dedent(found[1]).strip("\n") + "\n```\n"


def _list(section: str, found: re.Match[str]) -> str:
    entries = re.sub(r"\n\s{4,}", " ", textwrap.dedent(found[1]).replace("\n    ", "\n     ")).strip().splitlines()
    rows = [f"- `{name}`: {about}" for name, _, about in (entry.strip().partition(": ") for entry in entries)]
    return f"{section}:\n\n" + "\n".join(rows) + "\n"
