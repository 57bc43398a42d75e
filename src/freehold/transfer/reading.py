"""Reads the lines of a file into documents, or says what is wrong with a line."""

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from freehold.base.errors import FieldError
from freehold.base.validation import Malformed, parse_json
from freehold.transfer.errors import BadFile
from freehold.transfer.types import RECORDS, Document, Form, KindName

LONGEST_LINE: Final = 2**20
"""Bytes. The longest line that is right takes a tenth of it."""

Line = tuple[int, bytes | None]
"""A line without its end, by its number; None for one that is too long."""

_TOO_LONG = FieldError("", "line_too_long", f"is longer than {LONGEST_LINE:,} bytes")
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def lines(pieces: Iterator[bytes]) -> Iterator[Line]:
    """Cut bytes into lines; however long a line is, no more than ``LONGEST_LINE`` of it is kept."""
    number, rest, overlong = 0, b"", False
    for piece in pieces:
        first, *others = piece.split(b"\n")
        rest = b"" if overlong else rest + first
        overlong = overlong or len(rest) > LONGEST_LINE
        for line in others:
            number += 1
            yield number, None if overlong else rest
            rest, overlong = line, len(line) > LONGEST_LINE
        if overlong:
            rest = b""
    if rest or overlong:
        yield number + 1, None if overlong else rest


def read(kind: KindName, form: Form, pieces: Iterator[bytes], *, after: int = 0) -> Iterator[tuple[int, Document]]:
    """Read a file's documents, each with the number of its first line.

    Args:
        kind: what the file holds.
        form: the format of the file.
        pieces: its bytes.
        after: leave out the documents up to this line.

    Raises:
        BadFile: the names at the head of a CSV file are not those of ``kind``.
    """
    found = lines(pieces)
    if form == "ndjson":
        return _read_ndjson(found, after)
    return (entry for entry in _read_csv(found, kind) if entry[0] > after)


def _read_ndjson(found: Iterator[Line], after: int) -> Iterator[tuple[int, Document]]:
    for number, line in found:
        if number <= after:
            continue
        if line is None:
            yield number, _TOO_LONG
        elif line and not line.isspace():
            yield number, _read_json(line.removesuffix(b"\r"))


def _read_json(line: bytes) -> Document:
    """Read a line fast, when that proves it right; else with the reader that can say what is wrong.

    A key that stands twice goes unseen in the fast one. Where no quote is followed by white space, each key brings
    one ``":``, so as many of these as keys in the outcome means that no key stands twice.
    """
    try:
        document = _decode(line)
        if line.count(b'":') == len(document) and b'" ' not in line and b"\t" not in line and b"\r" not in line:
            return document
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        slowly = parse_json(line)
    except Malformed as error:
        return FieldError("", "malformed", str(error).replace("the body", "the line").replace("at line 1, ", "at "))
    return slowly if isinstance(slowly, Mapping) else FieldError("", "wrong_type", "must be a JSON object")


class _Refused(Exception):
    """A line cannot be a part of a CSV record."""

    def __init__(self, failure: FieldError) -> None:
        self.failure = failure


class _Texts:
    """Lines as text with their ends, as the csv module takes them; goes on after a line that it refuses."""

    def __init__(self, found: Iterator[Line]) -> None:
        self._found = found
        self._taken = 0
        self.number = 0

    def begin(self) -> int:
        """Begin a record; gives the number of its first line. All its lines together are as long as one may be."""
        self._taken = 0
        return self.number + 1

    def __iter__(self) -> "_Texts":
        return self

    def __next__(self) -> str:
        self.number, line = next(self._found)
        self._taken += 0 if line is None else len(line) + 1
        if line is None or self._taken > LONGEST_LINE + 1:
            raise _Refused(_TOO_LONG)
        try:
            return line.decode("utf-8") + "\n"
        except UnicodeDecodeError as error:
            raise _Refused(
                FieldError("", "malformed", f"the line is not UTF-8: the byte at position {error.start} cannot be read")
            ) from None


def _read_csv(found: Iterator[Line], kind: KindName) -> Iterator[tuple[int, Document]]:
    texts = _Texts(found)
    records = csv.reader(texts, strict=True)
    names = _header(_next_record(records), kind)
    while True:
        first = texts.begin()
        record = _next_record(records)
        if record is None:
            return
        if isinstance(record, FieldError):
            yield first, record
        elif len(record) == len(names):
            yield first, _from_csv(names, record)
        elif record:
            yield first, FieldError("", "wrong_columns", f"has {len(record)} values but the header has {len(names)}")


def _next_record(records: Iterator[list[str]]) -> list[str] | FieldError | None:
    """Read a record, if there is one more."""
    try:
        return next(records)
    except StopIteration:
        return None
    except _Refused as refused:
        return refused.failure
    except csv.Error as error:
        return FieldError("", "malformed", f"is not CSV: {error}; is a quote left open or not doubled?")


def _header(names: list[str] | FieldError | None, kind: KindName) -> list[str]:
    fields = {field.name: field.required for field in msgspec.structs.fields(RECORDS[kind])}
    known = f"it can have {', '.join(fields)}"
    if names is None:
        raise BadFile(f"is empty: a CSV file must begin with the names of its columns; {known}")
    if isinstance(names, FieldError):
        raise BadFile(f"does not begin with a list of columns: {names.detail}; {known}")
    if unknown := [name for name in names if name not in fields]:
        raise BadFile(f"has a column '{unknown[0][:50]}' that a file of {kind} does not have; {known}")
    if repeated := [name for name in names if names.count(name) > 1]:
        raise BadFile(f"has two columns '{repeated[0]}'")
    if missing := [name for name, required in fields.items() if required and name not in names]:
        raise BadFile(f"lacks the column '{missing[0]}'; {known}")
    return names


def _read_object(text: str) -> Any:
    """Read a JSON document; what is none stays a text, of which its field says what it must be."""
    try:
        return parse_json(text.encode())
    except (Malformed, UnicodeEncodeError):
        return text


_FROM_TEXT: Final[dict[str, Callable[[str], Any]]] = {
    "features": str.split,
    "metadata": _read_object,
    "public_metadata": _read_object,
    "private_metadata": _read_object,
}
"""How a value is read from CSV, where it is not a text."""


def _from_csv(names: list[str], values: list[str]) -> dict[str, Any]:
    """Nothing between two commas is null."""
    document: dict[str, Any] = {name: value or None for name, value in zip(names, values, strict=True)}
    for name, read_text in _FROM_TEXT.items():
        if document.get(name) is not None:
            document[name] = read_text(document[name])
    return document
