"""The parts of a parse tree that conditions are made of, read and told as text."""

import re
from typing import Any, Final

Fields = dict[str, Any]
_PLAIN: Final = re.compile(r"[\w.:@/+-]+")
_UNITS: Final = (("hour", 3600), ("minute", 60), ("second", 1))


class NotKnownError(Exception):
    """A form that has no words here."""


def parts(node: Fields) -> list[Fields]:
    """What must be true together in a condition."""
    joined = node.get("BoolExpr", {})
    return list(joined["args"]) if joined.get("boolop") == "AND_EXPR" else [node]


def bare(node: Fields) -> Fields:
    """Leave out what only makes a text of something: PostgreSQL writes it around most columns and constants."""
    while "TypeCast" in node:
        names = [each["String"]["sval"] for each in node["TypeCast"]["typeName"]["names"]]
        if names[-1] not in {"text", "varchar", "bpchar"}:
            break
        node = node["TypeCast"]["arg"]
    return node


def cast_constant(fields: Fields) -> str:
    """Say a constant of another type, such as a number or a span of time."""
    text = text_or_none(fields["arg"])
    if text is None:
        raise NotKnownError("a cast")
    name = fields["typeName"]["names"][-1]["String"]["sval"]
    if name != "interval" or text.count(":") != len(_UNITS) - 1 or not text.replace(":", "").isdigit():
        return text
    numbers = [int(each) for each in text.split(":")]
    told = [f"{n} {unit}{'s' * (n != 1)}" for n, (unit, _) in zip(numbers, _UNITS, strict=True) if n]
    return " ".join(told) or "0 seconds"


def column(fields: Fields) -> str:
    """Name a column."""
    return ".".join(each["String"]["sval"] for each in fields["fields"])


def constant(fields: Fields) -> str:
    """Say a number, a text or a truth."""
    if "sval" in fields:
        text = str(fields["sval"].get("sval", ""))
        return text if _PLAIN.fullmatch(text) else f'"{text}"'
    if "fval" in fields:
        return str(fields["fval"]["fval"])
    if "ival" in fields:
        return str(fields["ival"].get("ival", 0))
    if "boolval" in fields:
        return "true" if fields["boolval"] else "false"
    raise NotKnownError("NULL")


def text_or_none(node: Fields) -> str | None:
    """Give a text that is a constant; None for anything else."""
    constant = bare(node).get("A_Const", {})
    return str(constant["sval"].get("sval", "")) if "sval" in constant else None


def text_of(node: Fields) -> str:
    """Give a text that is a constant."""
    text = text_or_none(node)
    if text is None:
        raise NotKnownError("no constant")
    return text


def number_of(node: Fields) -> int:
    """Give a whole number that is a constant."""
    return int(node["A_Const"]["ival"].get("ival", 0))


def operator_of(fields: Fields) -> str:
    """Name the operator of an expression."""
    return str(fields["name"][-1]["String"]["sval"]) if "name" in fields else ""


def function_of(node: Fields) -> str:
    """Name the function that is called; empty if none is."""
    call = node.get("FuncCall")
    return str(call["funcname"][-1]["String"]["sval"]) if call else ""


def arguments_of(node: Fields) -> list[Fields]:
    """Give what a function is called with."""
    return list(node["FuncCall"].get("args", ()))


def columns_of(inside: object) -> list[str]:
    """Name the columns that something is about, in its order."""
    if isinstance(inside, dict):
        if "ColumnRef" in inside:
            return [column(inside["ColumnRef"])]
        inside = list(inside.values())
    return [name for each in inside for name in columns_of(each)] if isinstance(inside, list) else []


def form_of(node: object) -> str:
    """Write a node in short, with `*` for a column: what forms that are known as a whole are found by."""
    if isinstance(node, list):
        return f"({' '.join(map(form_of, node))})"
    if not isinstance(node, dict):
        return str(node)
    if "ColumnRef" in node:
        return "*"
    if "TypeCast" in node:
        return form_of(node["TypeCast"]["arg"])
    return "".join(form_of(value) + " " for key, value in node.items() if key not in {"location", "funcformat"}).strip()
