"""What a stub's types mean: the columns of a row, the parameters that a Struct brings, and the values of both."""

import types
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from enum import Enum
from functools import reduce
from operator import or_
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import UNSET, UnsetType

Row = Any
"""A row as the driver gives it: values by column name and by position."""


def result_shape(result: Any) -> tuple[Any, bool, bool]:
    """Split a return annotation into the type of a row, whether many rows come, and whether there may be none."""
    if get_origin(result) in {list, AsyncIterator}:
        return get_args(result)[0], True, False
    if get_origin(result) in {Union, types.UnionType}:
        (inner,) = (member for member in get_args(result) if member is not types.NoneType)
        return inner, False, True
    return result, False, False


def parameters(hints: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Name the parameters that a stub's arguments bring, each with the source that reads it and its Python type.

    A Struct brings its fields, a Struct in it the fields of its own: ``new: NewProject`` brings ``name``,
    ``description``, ``visibility`` and ``features``. What a patch leaves out is NULL.
    """
    found: dict[str, tuple[str, Any]] = {}
    for name, hint in hints.items():
        found |= _brought(name, f"given[{name!r}]", hint)
    return found


def _brought(name: str, source: str, hint: Any) -> dict[str, tuple[str, Any]]:
    kind, is_optional = _present(hint)
    if _holds_object(kind):
        return {name: (f"write_json({source})", str | None)}
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return {name: (f"null({source})", kind | None) if is_optional else (source, hint)}
    found: dict[str, tuple[str, Any]] = {}
    for field in msgspec.structs.fields(kind):
        inner = f"field({source}, {field.name!r})" if is_optional else f"{source}.{field.name}"
        found |= _brought(field.name, inner, field.type | UnsetType if is_optional else field.type)
    return found


def _present(hint: Any) -> tuple[Any, bool]:
    """Take the absence that a patch allows out of a type, and say whether it was there."""
    if get_origin(hint) in {Union, types.UnionType} and UnsetType in get_args(hint):
        return reduce(or_, (member for member in get_args(hint) if member is not UnsetType)), True
    return hint, False


def arguments_of(sources: Sequence[str]) -> Callable[[Mapping[str, Any]], list[Any]]:
    """Compile the function that reads a statement's arguments, in their order, from those of its stub."""
    made: Callable[[Mapping[str, Any]], list[Any]] = eval(  # noqa: S307 - made of our own names alone
        f"lambda given: [{', '.join(sources)}]", {"null": _null, "field": _field, "write_json": _write_json}
    )
    return made


def _null(value: Any) -> Any:
    return None if value is UNSET else value


def _holds_object(hint: Any) -> bool:
    """Say whether a JSON object is meant, which a statement takes as text."""
    if get_origin(hint) is Annotated:
        return _holds_object(get_args(hint)[0])
    if get_origin(hint) in {Union, types.UnionType}:
        return any(map(_holds_object, get_args(hint)))
    return get_origin(hint) is dict


def _write_json(value: Any) -> str | None:
    return None if value is UNSET or value is None else msgspec.json.encode(value).decode()


def _field(value: Any, name: str) -> Any:
    return UNSET if value is UNSET else getattr(value, name)


def stored_fields(kind: type[msgspec.Struct]) -> list[msgspec.structs.FieldInfo]:
    """List the fields that come from a row: not those that an answer may leave out, which something else adds."""
    return [field for field in msgspec.structs.fields(kind) if not _present(field.type)[1]]


def columns(kind: Any) -> dict[str, Any]:
    """Name the columns that a row of this type needs, with their Python types; a scalar needs none by name."""
    found: dict[str, Any] = {}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in stored_fields(kind):
            nested = columns(field.type)
            found.update(nested or {field.name: field.type})
    return found


def row_decoder(kind: Any) -> Callable[[Row], Any]:
    """Compile the function that makes a value of ``kind`` from a row.

    A Struct's constructor is called with positions, in source made once: about a third of the time of a generic loop.
    """
    if kind is types.NoneType:
        return lambda _row: None
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return _as_tuple(kind) or (lambda row: row[0])
    names: dict[str, Any] = {}
    source = f"lambda row: {_constructor(kind, names)}"
    made: Callable[[Row], Any] = eval(source, names)  # noqa: S307 - made of our own field names alone
    return made


def _read_json(value: Any) -> Any:
    """Read a document, unless the connection has done so already, as a program may have told its own to do."""
    return msgspec.json.decode(value) if isinstance(value, (str, bytes)) else value


def _constructor(kind: type[msgspec.Struct], names: dict[str, Any]) -> str:
    names[kind.__name__] = kind
    parts = []
    for field in stored_fields(kind):
        if columns(field.type):
            part = _constructor(field.type, names)
        else:
            part = f"row[{field.name!r}]"
            inner, _, optional = result_shape(field.type)
            if isinstance(inner, type) and issubclass(inner, Enum):
                names[inner.__name__] = inner
                made = f"{inner.__name__}({part})"
            elif _as_tuple(inner):
                made = _tuple_of(inner, part, names)
            elif get_origin(inner) is dict:
                names["read_json"] = _read_json
                made = f"read_json({part})"
            else:
                made, optional = part, False
            part = f"None if {part} is None else {made}" if optional else made
        parts.append(f"{field.name}={part}")
    return f"{kind.__name__}({', '.join(parts)})"


def _tuple_of(kind: Any, part: str, names: dict[str, Any]) -> str:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    item = get_args(kind)[0]
    if isinstance(item, type) and issubclass(item, Enum):
        names[item.__name__] = item
        return f"tuple(map({item.__name__}, {part}))"
    return f"tuple({part})"


def _as_tuple(kind: Any) -> Callable[[Row], Any] | None:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return (lambda row: tuple(row[0])) if get_origin(kind) is tuple else None
