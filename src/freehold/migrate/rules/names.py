"""Names, constants and places, taken out of a parse tree."""

from collections.abc import Iterable
from typing import NamedTuple

from freehold.migrate.tree import Fields


class Name(NamedTuple):
    """A possibly qualified name; ``schema`` is empty where it is not written."""

    schema: str
    name: str


def of_relation(relation: Fields) -> Name:
    """The name in a ``RangeVar``."""
    return Name(relation.get("schemaname", ""), relation.get("relname", ""))


def of_parts(parts: Iterable[Fields]) -> Name:
    """The name in a list of strings, such as that of a function or type."""
    texts = [part["String"].get("sval", "") for part in parts if "String" in part]
    return Name(texts[-2] if len(texts) > 1 else "", texts[-1] if texts else "")


def of_objects(fields: Fields) -> list[Name]:
    """The names in a ``DropStmt``."""
    return [_of_object(each) for each in fields.get("objects", ())]


def _of_object(wrapped: Fields) -> Name:
    ((kind, fields),) = wrapped.items()
    if kind == "String":
        return Name("", fields.get("sval", ""))
    return of_parts(fields.get({"List": "items", "TypeName": "names"}.get(kind, "objname"), ()))


def built_in(name: Name) -> str:
    """The function's or type's name if it may be PostgreSQL's own, else an empty text."""
    return name.name if name.schema in ("", "pg_catalog") else ""


def option(options: Iterable[Fields], name: str) -> Fields | None:
    """One of a list of ``DefElem``, by its name."""
    return next((each["DefElem"] for each in options if each["DefElem"].get("defname") == name), None)


def is_on(options: Iterable[Fields], name: str) -> bool:
    """Whether an option such as ``FULL`` is given and not switched off again."""
    found = option(options, name)
    if found is None or "arg" not in found:
        return found is not None
    ((_, value),) = found["arg"].items()
    said = str(value.get("sval", value.get("boolval", value.get("ival", 0)))).lower()
    return said not in ("false", "off", "0", "no")


def constant(wrapped: Fields) -> str | None:
    """The text that an expression is, whatever the data; None if that takes the database to know."""
    match wrapped:
        case {"A_Const": {"sval": text}}:
            return str(text.get("sval", ""))
        case {"TypeCast": {"arg": inner}}:
            return constant(inner)
        case {"A_Expr": {"name": [{"String": {"sval": "||"}}], "lexpr": left, "rexpr": right}}:
            first, second = constant(left), constant(right)
            return None if first is None or second is None else first + second
        case {"FuncCall": {"funcname": parts, "args": [text]}} if built_in(of_parts(parts)) == "format":
            return constant(text)
    return None


def setting_and_value(call: Fields) -> tuple[str, str | None]:
    """What a call of ``set_config`` sets, in lower case, and what to, where it is a text."""
    texts = [constant(each) for each in call.get("args", ())]
    return (texts[0] or "").lower() if texts else "", texts[1] if len(texts) > 1 else None


def place(inside: object) -> int:
    """The first byte of the statement's text that a part of its tree says; 0 if it says none."""
    waiting, found = [inside], []
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting += at
        elif isinstance(at, dict):
            waiting += at.values()
            found.append(at.get("location", 0))
    return min((byte for byte in found if byte > 0), default=0)
