"""Reads one value that is no list and no object, or notes what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.errors import FieldError, Reserved, Untimely
from freehold.base.text_rules import Ahead, ReservedWord, Rule

UUID_PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![\s\S])"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_TRUTHS = {"true": True, "false": False}
_INTEGER = re.compile(r"-?[0-9]{1,18}")
Problems = list[FieldError]
Reader = Callable[[Any, str, Problems], Any]
"""Reads a value found at a JSON pointer: returns it cleaned, or adds to the problems and returns UNSET."""


def fail(problems: Problems, pointer: str, code: str, detail: str) -> UnsetType:
    """Note what is wrong with a value."""
    problems.append(FieldError(pointer, code, detail))
    return UNSET


def wrong_type(problems: Problems, pointer: str, expected: str, value: Any) -> UnsetType:
    """Note that a value is of another type than expected."""
    names = {bool: "true or false", str: "text", list: "a list"}
    of_kind = "an object" if isinstance(value, dict) else names.get(type(value), "a number")
    found = "null" if value is None else of_kind
    return fail(problems, pointer, "wrong_type", f"must be {expected}, not {found}")


def rule_reader(rule: Rule) -> Reader:
    """Read text that keeps a rule."""

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if not isinstance(value, str):
            return wrong_type(problems, pointer, "text", value)
        try:
            return rule.check(value)
        except ReservedWord as error:
            return fail(problems, pointer, Reserved.code, str(error))
        except ValueError as error:
            return fail(problems, pointer, rule.code, str(error))

    return read


def choice_reader(options: Mapping[str, str]) -> Reader:
    """Read one of some words."""

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if not isinstance(value, str):
            return wrong_type(problems, pointer, "text", value)
        if value not in options:
            return fail(problems, pointer, "invalid_choice", f"must be one of: {', '.join(options)}")
        return options[value]

    return read


def integer_reader(meta: msgspec.Meta, *, text: bool) -> Reader:
    """Read a whole number within its bounds; with ``text`` also as it is spelt in a query string."""
    low, high = meta.ge, meta.le
    if low is None or high is None:
        raise TypeError("an integer needs both bounds")

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if text and isinstance(value, str) and _INTEGER.fullmatch(value):
            value = int(value)
        elif isinstance(value, float) and value.is_integer():
            value = int(value)  # 7.0 is an integer to JSON Schema, and so to whoever follows the OpenAPI document
        if not isinstance(value, int) or isinstance(value, bool):
            return wrong_type(problems, pointer, "a whole number", value)
        if not low <= value <= high:
            return fail(problems, pointer, "out_of_range", f"must be from {low} to {high}")
        return value

    return read


def read_uuid(value: Any, pointer: str, problems: Problems) -> Any:
    """Read an id."""
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str):
        return wrong_type(problems, pointer, "a UUID", value)
    if not re.match(UUID_PATTERN, value):
        return fail(problems, pointer, "invalid_uuid", "must be a UUID, such as 0190163d-8694-739b-aea5-966c26f8ad91")
    return UUID(value)


def read_truth(value: Any, pointer: str, problems: Problems) -> Any:
    """Read true or false."""
    return value if isinstance(value, bool) else wrong_type(problems, pointer, "true or false", value)


def read_truth_in_text(value: Any, pointer: str, problems: Problems) -> Any:
    """Read it as it is spelt in a query string."""
    if isinstance(value, bool):
        return value
    if value not in _TRUTHS:
        return fail(problems, pointer, "invalid_choice", "must be one of: true, false")
    return _TRUTHS[value]


def read_time(value: Any, pointer: str, problems: Problems) -> Any:
    """Read a moment, in UTC. Without an offset it would be another one for every reader."""
    if not isinstance(value, str | datetime):
        return wrong_type(problems, pointer, "a time", value)
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(_without_leap_second(value.upper())) if _TIME.fullmatch(value) else None
        if value is not None and value.tzinfo is not None:
            return _in_utc(value)
    except ValueError:
        pass
    return fail(problems, pointer, "invalid_time", "must be a time with a UTC offset, such as 2027-01-31T12:00:00Z")


def _without_leap_second(time: str) -> str:
    """Read the 61st second of a minute, which RFC 3339 knows and Python does not, as the 60th."""
    return f"{time[:16]}:59{time[19:]}" if time[16:19] == ":60" else time


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:  # in UTC it is in the year 0 or 10000: as far away as a time can be
        return datetime.min.replace(tzinfo=UTC) if time.year == 1 else datetime.max.replace(tzinfo=UTC)


def ahead_reader(rule: Ahead) -> Reader:
    """Read a moment in the future."""

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        moment = read_time(value, pointer, problems)
        if moment is not UNSET and not timedelta(0) < moment - datetime.now(UTC) <= timedelta(days=rule.days):
            return fail(problems, pointer, Untimely.code, rule.says)
        return moment

    return read
