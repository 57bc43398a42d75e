"""Every code that an answer can have, with its meaning: of problems, and of the fields that fail."""

from collections.abc import Iterable
from typing import Final

from freehold.base import errors, scalars
from freehold.base.text_rules import Rule
from freehold.web import problems

ANYWHERE: Final = (problems.NoSuchPath, problems.MethodNotAllowed, errors.SchemaPending)
"""Problems of requests that reach no operation."""

SHAPES: Final = {
    "duplicate": "The list already has this value.",
    "invalid_choice": "The value must be one of the accepted words, which `detail` lists.",
    "invalid_reference": "This part of the path must be a UUID, a slug, or a word such as `me`; `detail` says which.",
    "invalid_sort": "The list cannot be sorted with this filter: leave out `sort`.",
    "invalid_time": "The time must have a UTC offset.",
    "invalid_uuid": "The value must be a UUID.",
    "missing": "The field is required.",
    "out_of_range": "The number or time is outside the accepted range, which `detail` gives.",
    "repeated_key": "The key occurs more than once in its object or in the query string.",
    "too_long": "The value is too long; `detail` says how long it may be.",
    "too_many": "The list has too many entries.",
    "unknown_field": "The field is not known; `detail` lists the known fields.",
    "wrong_type": "The value has the wrong type, such as text instead of a number.",
}
"""Codes of failing fields that are no rule of a value."""


def rule_codes() -> dict[str, str]:
    """List the codes of values that break a rule, with what the rule says."""
    return {rule.code: f"The value {rule.says}." for rule in vars(scalars).values() if isinstance(rule, Rule)}


Kind = type[errors.FreeholdError]


def problem_codes(kinds: Iterable[Kind]) -> dict[str, str]:
    """List the codes of these errors and of those that any request can meet, with their meaning."""
    every: set[Kind] = {*kinds, *ANYWHERE}
    return dict(sorted((kind.code, _meaning(kind)) for kind in every))


def field_codes(kinds: Iterable[type[errors.FreeholdError]]) -> dict[str, str]:
    """List the codes of failing fields: of values and their shapes, and of what these errors refuse."""
    refused = {kind.code: _meaning(kind) for kind in kinds if _names_fields(kind)}
    return dict(sorted((refused | rule_codes() | SHAPES).items()))


def _meaning(kind: type[errors.FreeholdError]) -> str:
    return f"{kind.explanation or kind.title}."


def _names_fields(kind: type[errors.FreeholdError]) -> bool:
    return issubclass(kind, errors.Invalid) and kind not in {errors.Invalid, errors.Refused}
