"""Parts of a path: what each may be, how it is read and how it is published."""

import re
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin
from uuid import UUID

from msgspec import UNSET

from freehold.base.cleaning import RESERVED_SLUGS
from freehold.base.errors import FieldError
from freehold.base.scalars import ActionText, RoleText, Slug
from freehold.base.single_values import Problems, Reader
from freehold.base.validation import reader

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOUNS = {
    UUID: "a UUID",
    Slug: "a slug",
    RoleText: "the name of a role",
    ActionText: "the name of an action, such as project.read",
}


def alternatives(kind: Any) -> tuple[Any, ...]:
    """List the members of a union; any other type stands alone."""
    return get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)


def kinds_of(reference: Any) -> tuple[Any, ...]:
    """List what a part of a path may be: a UUID, a slug (plain ``str`` in a reference), a word such as ``me``."""
    return tuple(Slug if kind is str else kind for kind in alternatives(reference))


def reference_reader(reference: Any) -> Reader:
    """Compile the reader of a part of a path; whatever the part should have been, it fails as one field.

    A slug that nobody may have is read: nothing is found by it, which is answered as for any other.
    """
    kinds = kinds_of(reference)
    readers = [reader(kind, text=True) for kind in kinds]
    expected = " or ".join(_noun(kind) for kind in kinds)

    def read(value: Any, pointer: str, problems: Problems) -> Any:
        for read_kind in readers:
            found = read_kind(value, pointer, [])
            if found is not UNSET:
                return found
        if Slug in kinds and (value in RESERVED_SLUGS or _UUID.fullmatch(value)):
            return value
        problems.append(FieldError(pointer, "invalid_reference", f"must be {expected}"))
        return UNSET

    return read


def _noun(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(f"'{word}'" for word in get_args(kind))
    return _NOUNS[kind]


def words_of(kind: Any) -> tuple[str, ...]:
    """List the words, such as ``me``, that a kind of reference may be."""
    return get_args(kind) if get_origin(kind) is Literal else ()
