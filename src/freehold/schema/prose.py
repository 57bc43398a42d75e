"""The condition of a CHECK as a sentence, from PostgreSQL's own parse tree of it.

It reads the forms that are common, on any database. Of a condition with a part that it does not know it says nothing,
rather than something that is not the whole truth: the SQL stands beside each sentence.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Final, Literal

from freehold.migrate.errors import FormatError
from freehold.schema.nodes import (
    Fields,
    NotKnownError,
    arguments_of,
    bare,
    cast_constant,
    column,
    columns_of,
    constant,
    form_of,
    function_of,
    number_of,
    operator_of,
    parts,
    text_of,
    text_or_none,
)
from freehold.schema.phrases import FORMS, matching

_COMPARED: Final = {
    "=": ("is", "is"),
    "<>": ("is not", "is not"),
    "<": ("is less than", "is before"),
    ">": ("is greater than", "is after"),
    "<=": ("is at most", "is not after"),
    ">=": ("is at least", "is not before"),
}
"""What is said of numbers and texts, and of times."""
_COUNTED: Final = {"=": "exactly", "<>": "not", "<": "less than", ">": "more than", "<=": "at most", ">=": "at least"}
_ARITHMETIC: Final = {"+": "plus", "-": "minus", "*": "times", "/": "divided by", "%": "modulo"}
_LIKE: Final = {
    "~~": "is like",
    "!~~": "is not like",
    "~~*": "is like, in any case,",
    "!~~*": "is not like, in any case,",
}
_LENGTHS: Final = ("length", "char_length", "character_length", "octet_length", "cardinality", "array_length")
_OF: Final = {
    "lower": "{} in lower case",
    "upper": "{} in upper case",
    "btrim": "{} without spaces at its edges",
    "abs": "the absolute value of {}",
}
_VERBS: Final = frozenset({"is", "has", "holds", "matches", "does"})
_SHORT_PATTERN: Final = 60
_TESTS: Final = {
    "IS_TRUE": "is true",
    "IS_NOT_TRUE": "is not true",
    "IS_FALSE": "is false",
    "IS_NOT_FALSE": "is not false",
    "IS_UNKNOWN": "is not set",
    "IS_NOT_UNKNOWN": "is set",
}

_Place = Literal["alone", "last", "inner"]
"""Where a condition stands in its sentence: it is all of it, the rest of it, or has others behind it. What the last is
made of is kept together by parentheses."""
Types = tuple[tuple[str, str], ...]


def sentence(definition: str, types: Mapping[str, str]) -> str | None:
    """Say a CHECK in words; None where it has a form that has none here.

    Args:
        definition: as ``pg_get_constraintdef`` writes it.
        types: of the table's columns.
    """
    return _sentence(definition, tuple(sorted(types.items())))


@lru_cache(maxsize=2048)
def _sentence(definition: str, types: Types) -> str | None:
    try:
        from freehold.migrate.tree import parse  # noqa: PLC0415 - its parser comes with an extra that pages do without
    except ImportError:
        return None
    # A parse tree of a form that was never thought of is one without words, and no reason to lose the document.
    with suppress(FormatError, NotKnownError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        command = parse(f"ALTER TABLE checked ADD {definition}")[0].fields["cmds"][0]["AlterTableCmd"]
        words = _Words(dict(types)).condition(command["def"]["Constraint"]["raw_expr"])
        is_name = words.partition(" ")[0] in dict(types)
        return f"{words if is_name else words[:1].upper() + words[1:]}."
    return None


class _Words:
    def __init__(self, types: Mapping[str, str]) -> None:
        self._types = types

    def condition(self, node: Fields, *, place: _Place = "alone") -> str:
        """Say what is true or false."""
        (kind, fields), *_ = node.items()
        say: Callable[[Fields, _Place], str] | None = {
            "BoolExpr": self._joined,
            "A_Expr": self._expression,
            "NullTest": self._null_test,
            "BooleanTest": self._boolean_test,
            "CaseExpr": self._case,
            "ColumnRef": lambda inner, _: f"{column(inner)} is true",
        }.get(kind)
        if say is None:
            raise NotKnownError(kind)
        return say(fields, place)

    def _joined(self, fields: Fields, place: _Place) -> str:
        arguments: list[Fields] = fields["args"]
        if fields["boolop"] == "NOT_EXPR":
            if known := _known({"BoolExpr": fields}):
                return known
            return f"it is not true that {self.condition(arguments[0], place='inner')}"
        if fields["boolop"] == "OR_EXPR":
            return self._either(arguments, place)
        said = self._all(arguments)
        words = ("; " if place == "alone" else ", and ").join(said)
        return f"({words})" if place == "inner" and len(said) > 1 else words

    def _all(self, arguments: list[Fields]) -> list[str]:
        """Say each of what must be true together; two limits of one thing are one."""
        said: list[str] = []
        rest = list(arguments)
        while rest:
            first = rest.pop(0)
            span = self._span(first, rest[0]) if rest else None
            if span:
                rest.pop(0)
            said.append(span or self.condition(first, place="inner"))
        return [
            each.partition(" ")[2] if number and self._subject(said[number - 1]) == self._subject(each) != "" else each
            for number, each in enumerate(said)
        ]

    def _subject(self, said: str) -> str:
        """Name the column that something is said of: of the same again, it is said without the name."""
        name, verb, *_ = *said.split(" ", 2), ""
        return name if name in self._types and verb in _VERBS else ""

    def _span(self, low: Fields, high: Fields) -> str | None:
        one, other = (each.get("A_Expr", {}) for each in (low, high))
        if (operator_of(one), operator_of(other)) != (">=", "<="):
            return None
        if any(of(one["lexpr"]) != of(other["lexpr"]) for of in (form_of, columns_of)):
            return None
        ends = [self.value(each["rexpr"]) for each in (one, other)]
        if counted := self._counted(one["lexpr"]):
            return f"{counted[0]} has {ends[0]} to {ends[1]} {counted[1]}"
        return f"{self.value(one['lexpr'])} is between {ends[0]} and {ends[1]}"

    def _either(self, arguments: list[Fields], place: _Place) -> str:
        """Say alternatives; of something that may be missing, what holds where it is there."""
        first, *others = arguments
        test = first.get("NullTest", {})
        if others and test:
            is_set = "is set" if test["nulltesttype"] == "IS_NULL" else "is not set"
            rest = self._others(others)
            words = f"if {self.value(test['arg'])} {is_set}, then {rest}"
            return f"({words})" if place == "inner" else words
        words = ", or ".join(self.condition(each, place="inner") for each in arguments)
        return f"(either {words})" if place == "inner" else f"either {words}"

    def _others(self, others: list[Fields]) -> str:
        if len(others) > 1:
            return self._either(others, place="last")
        return self.condition(others[0], place="last")

    def _null_test(self, fields: Fields, _: _Place) -> str:
        is_null = fields["nulltesttype"] == "IS_NULL"
        if known := _known({"NullTest": fields}):
            return known
        return f"{self.value(fields['arg'])} {'is not set' if is_null else 'is set'}"

    def _boolean_test(self, fields: Fields, _: _Place) -> str:
        return f"{self.value(fields['arg'])} {_TESTS[fields['booltesttype']]}"

    def _case(self, fields: Fields, place: _Place) -> str:
        if len(fields["args"]) != 1 or "arg" in fields or "defresult" not in fields:
            raise NotKnownError("CASE")
        when = fields["args"][0]["CaseWhen"]
        if fields["defresult"].get("A_Const", {}).get("boolval") == {}:  # false: all of it must be true
            return self._joined({"boolop": "AND_EXPR", "args": [when["expr"], *parts(when["result"])]}, place)
        found = self.condition(when["expr"], place="inner")
        then = self.condition(when["result"], place="last")
        otherwise = self.condition(fields["defresult"], place="last")
        words = f"if {found}, then {then}; otherwise {otherwise}"
        return words if place == "alone" else f"({words})"

    def _expression(self, fields: Fields, _: _Place) -> str:
        kind, operator = fields["kind"], operator_of(fields)
        left, right = fields["lexpr"], fields["rexpr"]
        if kind in {"AEXPR_OP_ANY", "AEXPR_OP_ALL"}:
            return self._among(kind, operator, left, right)
        if kind != "AEXPR_OP":
            raise NotKnownError(kind)
        if known := _known({"A_Expr": fields}):
            return known
        if operator in {"~", "!~", "~*", "!~*"}:
            return self._pattern(operator, left, text_of(right))
        if operator in _LIKE:
            return f"{self.value(left)} {_LIKE[operator]} {self.value(right)}"
        if _is_condition(left) and _is_condition(right) and operator in {"=", "<>"}:
            told = "exactly when" if operator == "=" else "exactly when it is not true that"
            return f"{self.condition(left, place='inner')} {told} {self.condition(right, place='inner')}"
        return self._compared(operator, left, right)

    def _compared(self, operator: str, left: Fields, right: Fields) -> str:
        numbers, times = _COMPARED[operator]
        if nulls := self._nulls(left):
            names, is_set = nulls
            return f"{_COUNTED[operator]} {number_of(right)} of {names} {is_set}"
        if function_of(left) in {"jsonb_typeof", "json_typeof"}:
            does = {"=": "is", "<>": "is not"}[operator]
            return f"{self.value(arguments_of(left)[0])} {does} a JSON {text_of(right)}"
        if counted := self._counted(left):
            return f"{counted[0]} has {_COUNTED[operator]} {self.value(right)} {counted[1]}"
        if text_or_none(right) == "" and operator in {"=", "<>"}:
            return f"{self.value(left)} {numbers} empty"
        said = times if self._is_time(left) or self._is_time(right) else numbers
        return f"{self.value(left)} {said} {self.value(right)}"

    def _among(self, kind: str, operator: str, left: Fields, right: Fields) -> str:
        array = bare(right).get("A_ArrayExpr")
        if (kind, operator) == ("AEXPR_OP_ANY", "=") and array is None:
            return f"{self.value(right)} holds {self.value(left)}"
        found = {("AEXPR_OP_ANY", "="): "is one of", ("AEXPR_OP_ALL", "<>"): "is none of"}.get((kind, operator))
        if array is None or found is None:
            raise NotKnownError(operator)
        if nulls := self._nulls(left):
            return _all_or_none(nulls, [number_of(each) for each in array["elements"]], operator)
        return f"{self.value(left)} {found} {', '.join(self.value(each) for each in array['elements'])}"

    def _pattern(self, operator: str, left: Fields, pattern: str) -> str:
        has = not operator.startswith("!")
        if not operator.endswith("*") and (words := matching(pattern, has=has)):
            return f"{self.value(left)} {words}"
        case = ", in any case" if operator.endswith("*") else ""
        shown = pattern if len(pattern) <= _SHORT_PATTERN else "in the SQL"
        return f"{self.value(left)} {'matches' if has else 'does not match'} the pattern {shown}{case}"

    def _nulls(self, node: Fields) -> tuple[str, str] | None:
        """Name the columns of which some are set, or not."""
        name = function_of(node)
        if name not in {"num_nulls", "num_nonnulls"}:
            return None
        names = [self.value(each) for each in arguments_of(node)]
        return " and ".join(names), "is not set" if name == "num_nulls" else "is set"

    def _counted(self, node: Fields) -> tuple[str, str] | None:
        """Say what something has a number of."""
        name = function_of(node)
        if name not in _LENGTHS:
            return None
        first, *others = arguments_of(node)
        if name == "array_length" and [number_of(each) for each in others] != [1]:
            raise NotKnownError(name)
        if name != "array_length" and others:
            raise NotKnownError(name)
        is_bytes = name == "octet_length" or self._type(first) == "bytea"
        unit = "elements" if name in {"cardinality", "array_length"} else "bytes" if is_bytes else "characters"
        return self.value(first), unit

    def _type(self, node: Fields) -> str:
        return self._types.get(column(node["ColumnRef"]), "") if "ColumnRef" in node else ""

    def _is_time(self, node: Fields) -> bool:
        return self._type(node).startswith(("timestamp", "date", "time"))

    def value(self, node: Fields) -> str:
        """Say what is compared."""
        node = bare(node)
        if "ColumnRef" in node:
            return column(node["ColumnRef"])
        if "A_Const" in node:
            return constant(node["A_Const"])
        if "TypeCast" in node:
            return cast_constant(node["TypeCast"])
        if "SQLValueFunction" in node:
            op = node["SQLValueFunction"]["op"]
            return {"SVFOP_CURRENT_DATE": "today", "SVFOP_CURRENT_TIMESTAMP": "now"}[op]
        if "FuncCall" in node:
            return self._function(node)
        fields = node.get("A_Expr", {})
        if fields.get("kind") == "AEXPR_OP" and "lexpr" in fields and (word := _ARITHMETIC.get(operator_of(fields))):
            return f"{self._operand(fields['lexpr'])} {word} {self._operand(fields['rexpr'])}"
        raise NotKnownError(next(iter(node)))

    def _operand(self, node: Fields) -> str:
        words = self.value(node)
        return f"({words})" if "A_Expr" in bare(node) else words

    def _function(self, node: Fields) -> str:
        name, arguments = function_of(node), arguments_of(node)
        if name == "now" and not arguments:
            return "now"
        if name in _OF and len(arguments) == 1:
            return _OF[name].format(self.value(arguments[0]))
        if name == "coalesce":
            raise NotKnownError(name)
        if counted := self._counted(node):
            return f"the number of {counted[1]} of {counted[0]}"
        raise NotKnownError(name)


def _all_or_none(nulls: tuple[str, str], numbers: list[int], operator: str) -> str:
    names = nulls[0].split(" and ")
    if operator != "=" or sorted(numbers) != [0, len(names)]:
        raise NotKnownError(nulls[1])
    return f"{'both or neither' if len(names) == len(('one', 'other')) else 'all or none'} of {nulls[0]} are set"


def _is_condition(node: Fields) -> bool:
    if "A_Expr" in node:
        return operator_of(node["A_Expr"]) in {*_COMPARED, *_LIKE, "~", "!~", "~*", "!~*"}
    return bool({"BoolExpr", "NullTest", "BooleanTest"} & node.keys())


def _known(node: Fields) -> str | None:
    """Say a form that is known as a whole, if it is about one column."""
    form, columns = FORMS.get(form_of(node)), set(columns_of(node))
    return form.format(*columns) if form and len(columns) == 1 else None
