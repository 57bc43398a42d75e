"""Turns untyped input into typed values, or says everything that is wrong with it at once.

One reader for all edges: JSON bodies, query strings, command lines and library arguments. msgspec alone would stop at
the first failing field and accept a key given twice; people who mend a form want all failures, and a repeated key is a
message that two readers can understand differently.
"""

import json
import re
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.errors import FieldError, Meaning, Reserved, Untimely, failing, refusal
from freehold.base.scalars import Ahead, ReservedWord, Rule, text_defect

UUID_PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![\s\S])"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_TRUTHS = {"true": True, "false": False}
_INTEGER = re.compile(r"-?[0-9]{1,18}")

Problems = list[FieldError]
Reader = Callable[[Any, str, Problems], Any]
"""Reads a value found at a JSON pointer: returns it cleaned, or adds to the problems and returns UNSET."""


class Malformed(Exception):
    """The bytes are not one JSON document in UTF-8; the message says why."""


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of everything a caller sends. However it is made, its fields keep their rules.

    A subclass says ``frozen=True, kw_only=True`` again, since the one is checked and the other meant for each class.

    Raises:
        Invalid: ``invalid``, with an entry for every failing field.
    """

    def __post_init__(self) -> None:
        problems: Problems = []
        for name, read in _readers(type(self)).items():
            value = getattr(self, name)
            if value is UNSET or isinstance(value, Input):
                continue
            cleaned = read(value, f"/{name}", problems)
            if cleaned is not value:
                msgspec.structs.force_setattr(self, name, cleaned)
        if problems:
            raise refusal(problems)


def given_fields(patch: Input) -> list[str]:
    """Name what a patch gives, the fields of its parts by their own names."""
    found: list[str] = []
    for name in patch.__struct_fields__:
        value = getattr(patch, name)
        if isinstance(value, Input):
            found += given_fields(value)
        elif value is not UNSET:
            found.append(name)
    return found


def ruled(entity: type[msgspec.Struct], pointer: str = "") -> Iterator[tuple[str, str, Rule]]:
    """Go through the fields that keep a rule: the name of each, where a document has it, and the rule."""
    for field in msgspec.structs.fields(entity):
        if field.default is UNSET:  # an answer may have it, and no column of this table does
            continue
        place = f"{pointer}/{field.name}"
        for kind in get_args(field.type) if get_origin(field.type) in {Union, types.UnionType} else (field.type,):
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                yield from ruled(kind, place)
            for rule in getattr(kind, "__metadata__", ()):
                if isinstance(rule, Rule):
                    yield field.name, place, rule


def checks_of(table: str, entity: type[msgspec.Struct]) -> dict[str, Meaning]:
    """Say which error the CHECK of each ruled field's column, ``<table>_<field>_check``, stands for."""
    return {f"{table}_{name}_check": failing(place, rule.code, rule.says) for name, place, rule in ruled(entity)}


InputT = TypeVar("InputT", bound=Input)


class _RepeatedKeys(dict[str, Any]):
    """An object in which keys stand more than once."""

    repeated: frozenset[str]


def parse_json(body: bytes) -> Any:
    """Read one JSON document, strictly: UTF-8, no NaN, no number or nesting beyond reason.

    Raises:
        Malformed: saying what is wrong and where.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"the body is not UTF-8: the byte at position {error.start} cannot be read") from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise Malformed(f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Malformed("the body is nested too deeply") from None
    except ValueError:
        raise Malformed("the body holds a number that is too long, or is not a number in JSON") from None


def parse(kind: type[InputT], document: Any, *, text: bool = False) -> InputT:
    """Read an object with the fields of ``kind``.

    Args:
        kind: what is expected.
        document: what was sent: a mapping of names to JSON values.
        text: the values are strings, as in a query string, so that numbers are read from digits.

    Raises:
        Invalid: ``invalid``, with an entry for every failing field.
    """
    problems: Problems = []
    value = _struct_reader(kind, text=text)(document, "", problems)
    if problems:
        raise refusal(problems)
    read: InputT = value
    return read


def parse_value(kind: Any, value: Any, pointer: str) -> Any:
    """Read a single value, such as a part of a path.

    Raises:
        Invalid: with one entry.
    """
    problems: Problems = []
    read = reader(kind, text=True)(value, pointer, problems)
    if problems:
        raise refusal(problems)
    return read


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) == len(pairs):
        return document
    seen: set[str] = set()
    marked = _RepeatedKeys(document)
    marked.repeated = frozenset(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return marked


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _escape(key: str) -> str:
    """Write a key as a part of a JSON pointer (RFC 6901) that any encoder can write out."""
    return key.replace("~", "~0").replace("/", "~1").encode("utf-8", "backslashreplace").decode()[:200]


@cache
def reader(kind: Any, *, text: bool = False) -> Reader:  # noqa: PLR0911 - one return a kind of type
    """Compile the reader of a type: a scalar, choice, bool, integer, time, UUID, tuple of these, Input, or null."""
    if get_origin(kind) is Annotated:
        return _annotated_reader(kind, text=text)
    if get_origin(kind) in {Union, types.UnionType}:
        return _union_reader(kind, text=text)
    if get_origin(kind) is Literal:
        return _choice_reader({option: option for option in get_args(kind)})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice_reader({option.value: option for option in kind})
    if kind is UUID:
        return _read_uuid
    if kind is datetime:
        return _read_time
    if kind is bool:
        return _read_truth_in_text if text else _read_truth
    if isinstance(kind, type) and issubclass(kind, Input):
        return _struct_reader(kind, text=text)
    raise TypeError(f"no reader for {kind!r}: add one to freehold.base.validation")


def _annotated_reader(kind: Any, *, text: bool) -> Reader:
    base, *notes = get_args(kind)
    for note in notes:
        if isinstance(note, Rule):
            return _rule_reader(note)
        if isinstance(note, Ahead):
            return _ahead_reader(note)
    if get_origin(base) is tuple:
        return _tuple_reader(base, next(n for n in notes if isinstance(n, msgspec.Meta)))
    return _integer_reader(next(n for n in notes if isinstance(n, msgspec.Meta)), text=text)


def _fail(problems: Problems, pointer: str, code: str, detail: str) -> UnsetType:
    problems.append(FieldError(pointer, code, detail))
    return UNSET


def _wrong_type(problems: Problems, pointer: str, expected: str, value: Any) -> UnsetType:
    names = {bool: "true or false", str: "text", dict: "an object", _RepeatedKeys: "an object", list: "a list"}
    found = "null" if value is None else names.get(type(value), "a number")
    return _fail(problems, pointer, "wrong_type", f"must be {expected}, not {found}")


def _rule_reader(rule: Rule) -> Reader:
    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if not isinstance(value, str):
            return _wrong_type(problems, pointer, "text", value)
        try:
            return rule.check(value)
        except ReservedWord as error:
            return _fail(problems, pointer, Reserved.code, str(error))
        except ValueError as error:
            return _fail(problems, pointer, rule.code, str(error))

    return read


def _choice_reader(options: Mapping[str, str]) -> Reader:
    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if not isinstance(value, str):
            return _wrong_type(problems, pointer, "text", value)
        if value not in options:
            return _fail(problems, pointer, "invalid_choice", f"must be one of: {', '.join(options)}")
        return options[value]

    return read


def _integer_reader(meta: msgspec.Meta, *, text: bool) -> Reader:
    low, high = meta.ge, meta.le
    if low is None or high is None:
        raise TypeError("an integer needs both bounds")

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if text and isinstance(value, str) and _INTEGER.fullmatch(value):
            value = int(value)
        elif isinstance(value, float) and value.is_integer():
            value = int(value)  # 7.0 is an integer to JSON Schema, and so to whoever follows the OpenAPI document
        if not isinstance(value, int) or isinstance(value, bool):
            return _wrong_type(problems, pointer, "a whole number", value)
        if not low <= value <= high:
            return _fail(problems, pointer, "out_of_range", f"must be from {low} to {high}")
        return value

    return read


def _read_uuid(value: Any, pointer: str, problems: Problems) -> Any:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str):
        return _wrong_type(problems, pointer, "a UUID", value)
    if not re.match(UUID_PATTERN, value):
        return _fail(problems, pointer, "invalid_uuid", "must be a UUID, such as 0190163d-8694-739b-aea5-966c26f8ad91")
    return UUID(value)


def _read_truth(value: Any, pointer: str, problems: Problems) -> Any:
    return value if isinstance(value, bool) else _wrong_type(problems, pointer, "true or false", value)


def _read_truth_in_text(value: Any, pointer: str, problems: Problems) -> Any:
    """Read it as it is spelt in a query string."""
    if isinstance(value, bool):
        return value
    if value not in _TRUTHS:
        return _fail(problems, pointer, "invalid_choice", "must be one of: true, false")
    return _TRUTHS[value]


def _read_time(value: Any, pointer: str, problems: Problems) -> Any:
    """Read a moment, in UTC. Without an offset it would be another one for every reader."""
    if not isinstance(value, str | datetime):
        return _wrong_type(problems, pointer, "a time", value)
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(_without_leap_second(value.upper())) if _TIME.fullmatch(value) else None
        if value is not None and value.tzinfo is not None:
            return _in_utc(value)
    except ValueError:
        pass
    return _fail(problems, pointer, "invalid_time", "must be a time with a UTC offset, such as 2027-01-31T12:00:00Z")


def _without_leap_second(time: str) -> str:
    """Read the 61st second of a minute, which RFC 3339 knows and Python does not, as the 60th."""
    return f"{time[:16]}:59{time[19:]}" if time[16:19] == ":60" else time


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:  # in UTC it is in the year 0 or 10000: as far away as a time can be
        return datetime.min.replace(tzinfo=UTC) if time.year == 1 else datetime.max.replace(tzinfo=UTC)


def _ahead_reader(rule: Ahead) -> Reader:
    def read(value: Any, pointer: str, problems: Problems) -> Any:
        moment = _read_time(value, pointer, problems)
        if moment is not UNSET and not timedelta(0) < moment - datetime.now(UTC) <= timedelta(days=rule.days):
            return _fail(problems, pointer, Untimely.code, rule.says)
        return moment

    return read


def _tuple_reader(kind: Any, meta: msgspec.Meta) -> Reader:
    read_item = reader(get_args(kind)[0])
    least, most = meta.min_length or 0, meta.max_length or 0

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if not isinstance(value, list | tuple):
            return _wrong_type(problems, pointer, "a list", value)
        if len(value) > most:
            return _fail(problems, pointer, "too_many", f"must have at most {most} entries")
        if len(value) < least:
            return _fail(problems, pointer, "too_few", f"must have at least {least} entries")
        before = len(problems)
        items = tuple(read_item(item, f"{pointer}/{index}", problems) for index, item in enumerate(value))
        if len(problems) > before:
            return UNSET
        for index, item in enumerate(items):
            if not isinstance(item, Input) and item in items[:index]:
                _fail(problems, f"{pointer}/{index}", "duplicate", f"'{item}' is already in the list")
        return items

    return read


def _union_reader(kind: Any, *, text: bool) -> Reader:
    members = [member for member in get_args(kind) if member not in {types.NoneType, UnsetType}]
    if len(members) != 1:
        raise TypeError(f"a field takes one kind of value, or null: {kind!r}")
    read_value = reader(members[0], text=text)
    if types.NoneType not in get_args(kind):
        return read_value

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        return None if value is None else read_value(value, pointer, problems)

    return read


@cache
def _readers(kind: type[Input]) -> dict[str, Reader]:
    """Give a reader for every field."""
    return {field.name: reader(field.type) for field in msgspec.structs.fields(kind)}


@cache
def _struct_reader(kind: type[Input], *, text: bool) -> Reader:
    fields = {
        field.encode_name: (field.name, reader(field.type, text=text), field.required)
        for field in msgspec.structs.fields(kind)
    }

    def read(document: Any, pointer: str, problems: Problems) -> Any:
        if isinstance(document, kind):
            return document
        if not isinstance(document, Mapping):
            return _wrong_type(problems, pointer, "an object", document)
        before = len(problems)
        for key in getattr(document, "repeated", ()):
            _fail(problems, f"{pointer}/{_escape(key)}", "repeated_key", "occurs more than once")
        for key in document:
            if key not in fields:
                known = ", ".join(fields)
                _fail(
                    problems,
                    f"{pointer}/{_escape(key)}",
                    "unknown_field",
                    f"is not a known field; known fields: {known}",
                )
        values = {}
        for name, (attribute, read_field, required) in fields.items():
            if name in document:
                values[attribute] = read_field(document[name], f"{pointer}/{name}", problems)
            elif required:
                _fail(problems, f"{pointer}/{name}", "missing", "is required")
        return kind(**values) if len(problems) == before else UNSET

    return read


__all__ = [
    "UUID_PATTERN",
    "Input",
    "Malformed",
    "Problems",
    "parse",
    "parse_json",
    "parse_value",
    "reader",
    "text_defect",
]
