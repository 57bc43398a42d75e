"""Checks documents by the rules of their fields, fast: most lines of a large file are plainly right.

A value is plain when a pattern proves in one step that its rule accepts it and stores it as it stands; any other value
is asked of the rule itself. So a rule is still said once: a pattern here may only be narrower, which
``tests/transfer/test_checking.py`` shows. What is refused is read once more by ``validation``, to say why.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import NoneType
from typing import Annotated, Any, Final, Literal, get_args, get_origin
from uuid import UUID

import email_validator
import msgspec

from freehold.base.cleaning import RESERVED_SLUGS
from freehold.base.errors import FieldError, Invalid
from freehold.base.ids import new_id
from freehold.base.metadata import METADATA, ObjectRule
from freehold.base.scalars import ASSIGNABLE_ROLE, AVATAR_URL, DESCRIPTION, EMAIL, FEATURE, NAME, REASON, SLUG, USERNAME
from freehold.base.single_values import UUID_PATTERN
from freehold.base.text_rules import Rule
from freehold.base.validation import Input, parse
from freehold.passwords.formats import UNUSABLE
from freehold.passwords.scalars import IMPORTED_HASH
from freehold.transfer.types import RECORDS, Document, KindName

Reader = Callable[[Any], object]
"""Reads a value that is not None.

Raises:
    ValueError: it is not right.
"""

_LETTER = r"[a-z0-9]"
_LABEL = rf"{_LETTER}+(?:-{_LETTER}+)*"
_NO_DOMAIN = "|".join(map(re.escape, email_validator.SPECIAL_USE_DOMAIN_NAMES))
_DOMAIN = rf"(?:{_LABEL}\.)+(?!(?:{_NO_DOMAIN})\Z)[a-z]{{2,24}}"
_ATOM = r"[A-Za-z0-9_+-]+"
_SEEN = r"!-~\u00a1-\u00ac\u00ae-\u024f"

PLAIN: Final[dict[Rule, re.Pattern[str]]] = {
    rule: re.compile(pattern, re.ASCII)
    for rule, pattern in {
        USERNAME: r"[A-Za-z0-9_]{3,50}",
        EMAIL: rf"(?!.{{64}}){_ATOM}(?:\.{_ATOM})*@{_DOMAIN}",  # so short that no part of it is too long
        NAME: rf"[{_SEEN}](?:[ {_SEEN}]{{0,98}}[{_SEEN}])?",
        REASON: rf"[{_SEEN}](?:[ {_SEEN}]{{0,498}}[{_SEEN}])?",
        SLUG: rf"(?!(?:{'|'.join(RESERVED_SLUGS)})\Z)(?!.{{8}}-.{{4}}-){_LETTER}(?:[a-z0-9-]{{0,98}}{_LETTER})?",
        AVATAR_URL: r"https?://[A-Za-z0-9.-]{1,200}(?:/[!-~]{0,1000})?",
        DESCRIPTION: r"[\x01-\ud7ff\ue000-\U0010ffff]{0,10000}",
        FEATURE: r"[a-z0-9_.-]{1,64}",
        ASSIGNABLE_ROLE: r"admin|member",
        IMPORTED_HASH: r"!|\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}",
    }.items()
}
_UUID = re.compile(UUID_PATTERN)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z", re.ASCII)
_encode: Final = msgspec.json.Encoder().encode
_MOST_FEATURES: Final = 100


class Checker:
    """Turns the documents of one kind into rows.

    Attributes:
        unusable_passwords: how many of them have a password hash that no password can be compared with.
    """

    def __init__(self, kind: KindName) -> None:
        self._record: type[Input] = RECORDS[kind]
        fields = msgspec.structs.fields(self._record)
        self._fields = [(field.name, _reader(field.type), field.required) for field in fields]
        self._names = frozenset(field.name for field in fields)
        self._bits = {field.name: 1 << place for place, field in enumerate(fields)}
        self._all = (1 << len(fields)) - 1
        self._makes_id = fields[0].name == "id"
        self._hash_at = 1 + [field.name for field in fields].index("password_hash") if kind == "users" else None
        self._objects_at = [1 + place for place, field in enumerate(fields) if field.name.endswith("metadata")]
        self.unusable_passwords = 0

    def row(self, document: Document) -> list[object]:
        """Give a document's values: first a number with a bit for each field that it has, the first field's the lowest.

        Raises:
            Invalid: naming everything that is wrong with it.
        """
        if isinstance(document, FieldError):
            raise Invalid([document])
        values = self._quickly(document)
        if values is None:
            record = parse(self._record, document)
            values = [0, *(getattr(record, name) for name, _, _ in self._fields)]
        values[0] = self._all if len(document) == len(self._fields) else sum(self._bits[name] for name in document)
        if self._makes_id and values[1] is None:
            values[1] = new_id()
        for place in self._objects_at:
            if values[place] is not None:
                values[place] = _encode(values[place]).decode()
        if self._hash_at and values[self._hash_at] == UNUSABLE and document["password_hash"] != UNUSABLE:
            # As if none were given: a user who is there keeps a password that fits.
            values[self._hash_at] = None
            self.unusable_passwords += 1
        return values

    def _quickly(self, document: Mapping[str, Any]) -> list[object] | None:
        """Read a document that is right; None for one that the slow way must explain."""
        if type(document) is not dict or not document.keys() <= self._names:
            return None
        values: list[object] = [0]
        try:
            for name, read, required in self._fields:
                value = document.get(name)
                if value is not None:
                    value = read(value)
                elif required:
                    return None
                values.append(value)
        except (ValueError, TypeError):
            return None
        return values


def _reader(kind: Any) -> Reader:
    if NoneType in get_args(kind):
        (kind,) = (member for member in get_args(kind) if member is not NoneType)
    if kind is UUID:
        return _read_uuid
    if kind is datetime:
        return _read_time
    if get_origin(kind) is Literal:
        return _choice_reader(frozenset(get_args(kind)))
    if get_origin(kind) is Annotated:
        for note in get_args(kind)[1:]:
            if isinstance(note, Rule):
                return _text_reader(note)
            if isinstance(note, ObjectRule):
                return _read_metadata
        return _read_features
    raise TypeError(f"no reader for {kind!r}")


def _text_reader(rule: Rule) -> Reader:
    is_plain = PLAIN[rule].fullmatch

    def read(value: Any) -> object:
        return value if is_plain(value) else rule.check(value)

    return read


def _choice_reader(options: frozenset[str]) -> Reader:
    def read(value: Any) -> object:
        if value not in options:
            raise ValueError(value)
        return value

    return read


def _read_uuid(value: Any) -> object:
    """Check a UUID and leave it a text: the driver packs either, and making an object takes longer than all else."""
    if isinstance(value, UUID):
        return value
    if not _UUID.match(value):
        raise ValueError(value)
    return value


def _read_time(value: Any) -> object:
    if type(value) is datetime and value.tzinfo:
        return value
    if not _TIME.fullmatch(value):
        raise ValueError(value)
    return datetime.fromisoformat(value)


def _read_metadata(value: Any) -> object:
    if type(value) is not dict:
        raise ValueError(value)
    cleaned, flaws = METADATA.read(value)
    if flaws:
        raise ValueError(flaws)
    return cleaned


def _read_features(value: Any) -> object:
    if type(value) is not list or len(value) > _MOST_FEATURES or len(set(value)) < len(value):
        raise ValueError(value)
    is_plain = PLAIN[FEATURE].fullmatch
    if not all(map(is_plain, value)):
        raise ValueError(value)
    return value
