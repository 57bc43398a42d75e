"""What programs note down beside an entity: a JSON object of their own, which Freehold keeps and never reads.

A change is a merge patch (RFC 7396): a key that is left out stays, null removes one, a list is replaced as a whole. So
no object holds null, but one in a list can. Numbers keep to what every reader of JSON keeps exactly (RFC 7493), and
sizes are counted as PostgreSQL writes a document, so that the CHECK of the column says the same.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.text_rules import text_defect

MOST_BYTES: Final = 8192
MOST_LEVELS: Final = 5
MOST_NUMBER: Final = 2**53 - 1

SAYS: Final = (
    f"must be a JSON object of at most {MOST_BYTES:,} bytes, in which objects and lists are at most {MOST_LEVELS} deep"
)
_TOO_DEEP: Final = f"is too deep: objects and lists can be at most {MOST_LEVELS} deep, the object itself included"
_TOO_LARGE: Final = f"must be at most {MOST_BYTES:,} bytes, with one space after each colon and comma"
_NO_NUMBER: Final = f"must be a number from -{MOST_NUMBER} to {MOST_NUMBER}: send others as text"
_NO_TYPE: Final = "must be text, a number, true, false, null, a list or an object"


class ObjectRule(msgspec.Struct, frozen=True):
    """That a value is an object that can be kept; one that ``merges`` is a change, in which null removes a key."""

    merges: bool = False
    is_for_admins: bool = False
    """Whoever sends the example may be nobody special, so it is one that all may send."""

    code = "invalid_metadata"

    @property
    def meta(self) -> msgspec.Meta:
        """The rule as a JSON schema; what is in the object is described by ``values``."""
        return msgspec.Meta(
            description=SAYS + ("; null removes a key, what you leave out stays" if self.merges else ""),
            examples=[{} if self.is_for_admins else {"plan": "pro", "seats": 25}],
            extra_json_schema={**_object(MOST_LEVELS - 1), "type": "object"},
        )

    def read(self, value: Mapping[str, Any]) -> tuple[dict[str, Any], list["Flaw"]]:
        """Return a copy as it is stored, and what is wrong with it."""
        flaws: list[Flaw] = []
        cleaned, size = _object_in(value, "", MOST_LEVELS, flaws)
        if size > MOST_BYTES and not flaws:
            flaws.append(Flaw("", self.code, _TOO_LARGE))
        return cleaned if self.merges else merged({}, cleaned), flaws


class Flaw(msgspec.Struct, frozen=True):
    """What is wrong with a part of an object, and where: a JSON pointer from the object on."""

    pointer: str
    code: str
    detail: str


def _reference(levels: int) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/MetadataValue{levels}"}


def _object(levels: int) -> dict[str, Any]:
    return {"propertyNames": {"pattern": r"^[^\x00]*$"}, "additionalProperties": _reference(levels)}


def values() -> dict[str, dict[str, Any]]:
    """Describe what an object can hold, by how deep it may still go."""
    plain: list[dict[str, Any]] = [
        {"type": "boolean"},
        {"type": "null"},
        {"type": "number", "minimum": -MOST_NUMBER, "maximum": MOST_NUMBER},
        {"type": "string", "pattern": r"^[^\u0000]*$"},
    ]
    found: dict[str, dict[str, Any]] = {}
    for levels in range(MOST_LEVELS):
        below = [
            {"type": "array", "items": _reference(levels - 1)},
            {"type": "object", **_object(levels - 1)},
        ]
        found[f"MetadataValue{levels}"] = {
            "description": f"A value in metadata, with at most {levels} levels of objects and lists.",
            "anyOf": [*plain, *(below if levels else [])],
        }
    return found


METADATA: Final = ObjectRule()
CHANGE: Final = ObjectRule(merges=True)

Metadata = Annotated[dict[str, Any], METADATA.meta, METADATA]
MetadataPatch = Annotated[dict[str, Any], CHANGE.meta, CHANGE]

_OF_ADMINS = ObjectRule(is_for_admins=True)
_CHANGE_OF_ADMINS = ObjectRule(merges=True, is_for_admins=True)
AdminMetadata = Annotated[dict[str, Any], _OF_ADMINS.meta, _OF_ADMINS]
AdminMetadataPatch = Annotated[dict[str, Any], _CHANGE_OF_ADMINS.meta, _CHANGE_OF_ADMINS]
"""What administrators alone may send, but for an empty object, which changes nothing."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What an organization or a project keeps, as it is stored."""

    public_metadata: dict[str, Any]
    private_metadata: dict[str, Any]


class KeptOfUser(Kept, frozen=True, kw_only=True):
    """What a user keeps, as it is stored."""

    metadata: dict[str, Any]


class KeptOfUserPatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a user keeps from now on; what stays is left out."""

    metadata: dict[str, Any] | UnsetType = UNSET
    public_metadata: dict[str, Any] | UnsetType = UNSET
    private_metadata: dict[str, Any] | UnsetType = UNSET


def merged(stored: Mapping[str, Any], change: Mapping[str, Any] | None) -> dict[str, Any]:
    """Change an object as RFC 7396 says; None empties it."""
    if change is None:
        return {}
    result = dict(stored)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            before = result.get(key)
            result[key] = merged(before if isinstance(before, Mapping) else {}, value)
        else:
            result[key] = value
    return result


def given(patch: msgspec.Struct) -> list[str]:
    """Name the kinds of metadata that a change gives."""
    kinds = KeptOfUser.__struct_fields__
    return [name for name in kinds if getattr(patch, name, UNSET) is not UNSET]


def merged_into(kept: Kept, patch: msgspec.Struct) -> dict[str, dict[str, Any]]:
    """Change what is kept as a patch says, by its names; for ``msgspec.structs.replace``, which checks the outcome."""
    return {name: merged(getattr(kept, name), getattr(patch, name)) for name in given(patch)}


def _value_in(value: Any, pointer: str, levels: int, flaws: list[Flaw]) -> tuple[Any, int]:
    """Copy a value; with how many bytes PostgreSQL writes it."""
    if value is None or isinstance(value, bool):
        return value, 5 if value is False else 4
    if isinstance(value, str):
        return value, _text_in(value, pointer, flaws)
    if isinstance(value, int | float):
        return _number_in(value, pointer, flaws)
    return _nested_in(value, pointer, levels, flaws)


def _nested_in(value: Any, pointer: str, levels: int, flaws: list[Flaw]) -> tuple[Any, int]:
    if not isinstance(value, Mapping | list | tuple):
        flaws.append(Flaw(pointer, "wrong_type", _NO_TYPE))
    elif not levels:
        flaws.append(Flaw(pointer, ObjectRule.code, _TOO_DEEP))
    elif isinstance(value, Mapping):
        return _object_in(value, pointer, levels, flaws)
    else:
        return _list_in(value, pointer, levels, flaws)
    return None, 0


def _list_in(value: Sequence[Any], pointer: str, levels: int, flaws: list[Flaw]) -> tuple[list[Any], int]:
    items, size = [], 2 + 2 * max(len(value) - 1, 0)
    for place, item in enumerate(value):
        cleaned, bytes_of_it = _value_in(item, f"{pointer}/{place}", levels - 1, flaws)
        items.append(cleaned)
        size += bytes_of_it
    return items, size


def _object_in(value: Mapping[Any, Any], pointer: str, levels: int, flaws: list[Flaw]) -> tuple[dict[str, Any], int]:
    cleaned: dict[str, Any] = {}
    size = 2 + 2 * max(len(value) - 1, 0)
    repeated = getattr(value, "repeated", ())
    flaws += (Flaw(f"{pointer}/{_escaped(key)}", "repeated_key", "occurs more than once") for key in repeated)
    for key, item in value.items():
        if not isinstance(key, str):
            flaws.append(Flaw(pointer, "wrong_type", "must have text as keys"))
            continue
        place = f"{pointer}/{_escaped(key)}"
        of_key = _text_in(key, place, flaws)
        cleaned[key], of_item = _value_in(item, place, levels - 1, flaws)
        size += of_key + 2 + of_item
    return cleaned, size


def _text_in(value: str, pointer: str, flaws: list[Flaw]) -> int:
    if defect := text_defect(value):
        flaws.append(Flaw(pointer, ObjectRule.code, defect))
        return 0
    return len(json.dumps(value, ensure_ascii=False).encode())


def _number_in(value: float, pointer: str, flaws: list[Flaw]) -> tuple[float, int]:
    if not -MOST_NUMBER <= value <= MOST_NUMBER:  # NaN is not either
        flaws.append(Flaw(pointer, ObjectRule.code, _NO_NUMBER))
        return 0, 0
    value += 0  # which is what becomes of a zero below zero
    return value, len(format(Decimal(repr(value)), "f"))


def _escaped(key: str) -> str:
    """Write a key as a part of a JSON pointer (RFC 6901) that any encoder can write out."""
    return key.replace("~", "~0").replace("/", "~1").encode("utf-8", "backslashreplace").decode()[:200]
