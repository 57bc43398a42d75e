"""Writes rows as the lines of a file, the same rows always as the same bytes."""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from freehold.data.sql import Executor, Streamer
from freehold.transfer import queries
from freehold.transfer.types import Form, KindName, MemberLine, OrganizationLine, ProjectLine, UserLine


class Source(NamedTuple):
    """Where the rows of a kind come from."""

    row: type[msgspec.Struct]
    total: Callable[[Executor], Awaitable[int]]
    rows: Callable[[Streamer], AsyncIterator[msgspec.Struct]]


SOURCES: Final[dict[KindName, Source]] = {
    "users": Source(UserLine, queries.count_users, queries.every_user),
    "organizations": Source(OrganizationLine, queries.count_organizations, queries.every_organization),
    "members": Source(MemberLine, queries.count_members, queries.every_member),
    "projects": Source(ProjectLine, queries.count_projects, queries.every_project),
}
SECRET: Final = "password_hash"  # noqa: S105 - the name of a column
"""The column that is written only when it is asked for."""


class Writer:
    """Turns rows into lines."""

    def __init__(self, row: type[msgspec.Struct], form: Form, *, secrets: bool) -> None:
        self._names = [name for name in row.__struct_fields__ if secrets or name != SECRET]
        self._drops_secret = SECRET in row.__struct_fields__ and not secrets
        self._encode = msgspec.json.Encoder().encode
        self._text = io.StringIO()
        self._csv = csv.writer(self._text, lineterminator="\n")
        self.head = self._csv_line(self._names) if form == "csv" else b""
        self.line = self._csv_row if form == "csv" else self._json_row

    def _json_row(self, row: Any) -> bytes:
        if self._drops_secret:
            return self._encode({name: getattr(row, name) for name in self._names}) + b"\n"
        return self._encode(row) + b"\n"

    def _csv_row(self, row: Any) -> bytes:
        return self._csv_line([_as_text(getattr(row, name)) for name in self._names])

    def _csv_line(self, values: list[Any]) -> bytes:
        self._csv.writerow(values)
        line = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return line.encode("utf-8")


def _as_text(value: Any) -> Any:
    """Write a value as CSV holds it; null is nothing at all, as an empty text is."""
    if isinstance(value, datetime):
        return msgspec.to_builtins(value)
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    return value
