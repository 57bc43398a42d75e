"""One operation as a request: what is sent, and what the answer is read as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

import msgspec
from msgspec import UNSET

from freehold.base.errors import Missing
from freehold.base.validation import Input

T_co = TypeVar("T_co", covariant=True)


class Download:
    """What a request answers that is read part by part: bytes, as they come."""


@dataclass(frozen=True, repr=False)
class Request(Generic[T_co]):
    """A request that answers a ``T_co``. It may hold passwords, so it shows its method and path alone.

    Attributes:
        method: in capitals.
        path: below the address of the platform.
        answers: the types that the answer can have.
        again: the type of an answer with status 200, where that means that it was done before.
        body: what is sent; fields that are left out are not.
        query: the query string, as the library takes it.
        fixed: what the query string always says.
        version: what If-Match names.
    """

    method: str
    path: str
    answers: tuple[Any, ...]
    again: type | None = None
    body: Input | Mapping[str, Any] | None = None
    query: Input | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    version: datetime | None = None

    def __repr__(self) -> str:
        return f"Request({self.method} {self.path})"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method == "GET"

    def content(self) -> bytes | None:
        """Return the body as JSON; None where there is none."""
        if self.body is None:
            return None
        if isinstance(self.body, Input):
            return msgspec.json.encode(_given(self.body))
        given = {name: value for name, value in self.body.items() if value is not None}
        return msgspec.json.encode(given) if given else None

    def parameters(self) -> dict[str, str]:
        """Return the query string as text by name."""
        given = {} if self.query is None else _given(self.query)
        return {name: _text(value) for name, value in given.items()} | dict(self.fixed)


READY: Final = Request[dict[str, str]]("GET", "/readyz", (dict,))
"""Asks whether the server can answer."""


def part(value: UUID | str) -> str:
    """Write a part of a path.

    Raises:
        Missing: ``not_found``: the text would lead elsewhere, so that nothing can have this name.
    """
    if value in {"", ".", ".."}:
        raise Missing
    return quote(str(value), safe="")


def _given(sent: Input) -> dict[str, Any]:
    """Name what was given: a field with its default is left to the server, which has the same."""
    found: dict[str, Any] = {}
    for each in msgspec.structs.fields(sent):
        value = getattr(sent, each.name)
        is_default = each.default is not msgspec.NODEFAULT and value == each.default
        if value is UNSET or is_default:
            continue
        found[each.encode_name] = _given(value) if isinstance(value, Input) else value
    return found


def _text(value: Any) -> str:
    """Write a value as a query string has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    plain = msgspec.to_builtins(value)
    return plain if isinstance(plain, str) else str(plain)
