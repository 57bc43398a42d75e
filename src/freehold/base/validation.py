"""Turns untyped input into typed values, or says everything that is wrong with it at once.

One reader for all edges: JSON bodies, query strings, command lines and library arguments. msgspec alone would stop at
the first failing field and accept a key given twice; people who mend a form want all failures, and a repeated key is a
message that two readers can understand differently.
"""

import json
import types
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.errors import Meaning, failing, refusal
from freehold.base.metadata import ObjectRule
from freehold.base.single_values import (
    Problems,
    Reader,
    ahead_reader,
    choice_reader,
    fail,
    integer_reader,
    read_time,
    read_truth,
    read_truth_in_text,
    read_uuid,
    rule_reader,
    wrong_type,
)
from freehold.base.text_rules import Ahead, Rule, text_defect


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
    """Compile the reader of a type: a scalar, choice, bool, integer, time, UUID, object, tuple, Input, or null."""
    if get_origin(kind) is Annotated:
        return _annotated_reader(kind, text=text)
    if get_origin(kind) in {Union, types.UnionType}:
        return _union_reader(kind, text=text)
    if get_origin(kind) is Literal:
        return choice_reader({option: option for option in get_args(kind)})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return choice_reader({option.value: option for option in kind})
    if kind is UUID:
        return read_uuid
    if kind is datetime:
        return read_time
    if kind is bool:
        return read_truth_in_text if text else read_truth
    if isinstance(kind, type) and issubclass(kind, Input):
        return _struct_reader(kind, text=text)
    raise TypeError(f"no reader for {kind!r}: add one to freehold.base.validation")


def _annotated_reader(kind: Any, *, text: bool) -> Reader:
    base, *notes = get_args(kind)
    for note in notes:
        if isinstance(note, Rule):
            return rule_reader(note)
        if isinstance(note, Ahead):
            return ahead_reader(note)
        if isinstance(note, ObjectRule):
            return _object_reader(note)
    if get_origin(base) is tuple:
        return _tuple_reader(base, next(n for n in notes if isinstance(n, msgspec.Meta)))
    return integer_reader(next(n for n in notes if isinstance(n, msgspec.Meta)), text=text)


def _object_reader(rule: ObjectRule) -> Reader:
    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if not isinstance(value, Mapping):
            return wrong_type(problems, pointer, "an object", value)
        cleaned, flaws = rule.read(value)
        for flaw in flaws:
            fail(problems, f"{pointer}{flaw.pointer}", flaw.code, flaw.detail)
        return UNSET if flaws else cleaned

    return read


def _tuple_reader(kind: Any, meta: msgspec.Meta) -> Reader:
    read_item = reader(get_args(kind)[0])
    least, most = meta.min_length or 0, meta.max_length or 0

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        if not isinstance(value, list | tuple):
            return wrong_type(problems, pointer, "a list", value)
        if len(value) > most:
            return fail(problems, pointer, "too_many", f"must have at most {most} entries")
        if len(value) < least:
            return fail(problems, pointer, "too_few", f"must have at least {least} entries")
        before = len(problems)
        items = tuple(read_item(item, f"{pointer}/{index}", problems) for index, item in enumerate(value))
        if len(problems) > before:
            return UNSET
        for index, item in enumerate(items):
            if not isinstance(item, Input) and item in items[:index]:
                fail(problems, f"{pointer}/{index}", "duplicate", f"'{item}' is already in the list")
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
            return wrong_type(problems, pointer, "an object", document)
        before = len(problems)
        for key in getattr(document, "repeated", ()):
            fail(problems, f"{pointer}/{_escape(key)}", "repeated_key", "occurs more than once")
        for key in document:
            if key not in fields:
                known = ", ".join(fields)
                fail(
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
                fail(problems, f"{pointer}/{name}", "missing", "is required")
        return kind(**values) if len(problems) == before else UNSET

    return read


__all__ = [
    "Input",
    "Malformed",
    "parse",
    "parse_json",
    "parse_value",
    "reader",
    "text_defect",
]
