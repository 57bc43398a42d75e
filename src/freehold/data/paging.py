"""Pages of a list by keyset: the next page starts after a position, so the last page costs what the first does."""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Generic, Literal, Protocol, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.errors import FieldError, Refused
from freehold.base.scalars import CURSOR, CursorText, Limit
from freehold.base.validation import Input

T = TypeVar("T")


class HasId(Protocol):
    """An entity by its id."""

    @property
    def id(self) -> UUID:
        """What names it; newer ones are greater."""


Identified = TypeVar("Identified", bound=HasId)

FIRST_TIME: Final = datetime(1, 1, 1, tzinfo=UTC)
LAST_TIME: Final = datetime(9999, 12, 31, tzinfo=UTC)
FIRST_ID: Final = UUID(int=0)
LAST_ID: Final = UUID(int=2**128 - 1)
"""Positions before and after every row. A first page starts there, so that one statement serves first and later pages
and its condition is a plain comparison that an index answers."""

_MAC_BYTES = 16


class PageRequest(Input, frozen=True, kw_only=True):
    """Which page of a list: at most ``limit`` entries after ``cursor``. ``include=total`` counts all entries."""

    limit: Limit = 20
    cursor: CursorText | None = None
    include: Literal["total"] | None = None


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A page of a list, with the cursor of the next page (None on the last page)."""

    data: list[T]
    next_cursor: str | None = None
    total: int | UnsetType = UNSET


class InvalidCursor(Refused):
    """The cursor was altered, or belongs to another list."""

    code = CURSOR.code
    title = "This cursor does not belong to this list: start again without cursor"

    def __init__(self) -> None:
        detail = f"{CURSOR.says}: it was changed or belongs to another list"
        super().__init__([FieldError("/cursor", self.code, detail)])


class Cursors:
    """Makes and reads cursors: opaque, signed, and good for the one list that gave them."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, listing: str, position: Sequence[Any]) -> str:
        """Return the cursor of a position in a list."""
        packed = msgspec.msgpack.encode(position)
        return base64.urlsafe_b64encode(self._sign(listing, packed) + packed).decode().rstrip("=")

    def read(self, listing: str, cursor: str, kinds: tuple[type, ...]) -> tuple[Any, ...]:
        """Return the position that a cursor stands for.

        Raises:
            InvalidCursor: it was altered, or belongs to another list.
        """
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            mac, packed = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            if hmac.compare_digest(mac, self._sign(listing, packed)) and cursor == self._spell(raw):
                values: list[Any] = msgspec.msgpack.decode(packed)
                return tuple(msgspec.convert(value, kind) for value, kind in zip(values, kinds, strict=True))
        except ValueError:
            pass
        raise InvalidCursor

    def secret(self, purpose: str) -> str:
        """Derive a text that nobody can guess: the same for a purpose in every process of this installation."""
        return self._spell(hmac.digest(self._key, b"\0" + purpose.encode(), hashlib.sha256))

    @staticmethod
    def _spell(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def _sign(self, listing: str, packed: bytes) -> bytes:
        return hmac.digest(self._key, listing.encode() + b"\0" + packed, hashlib.sha256)[:_MAC_BYTES]


async def read_page(
    cursors: Cursors,
    request: PageRequest,
    *,
    listing: str,
    start: tuple[Any, ...],
    fetch: Callable[..., Awaitable[list[T]]],
    position: Callable[[T], tuple[Any, ...]],
    count: Callable[[], Awaitable[int]],
    goes_on: Callable[[T], bool] = lambda _last: False,
) -> Page[T]:
    """Read one page.

    Args:
        cursors: those of this platform.
        request: which page.
        listing: names the list and everything that it is narrowed to; a cursor is good for this text alone.
        start: the position before the first entry.
        fetch: reads entries after a position: ``fetch(*position, limit)``.
        position: tells an entry's position.
        count: counts the whole list; asked only when the request wants the total.
        goes_on: tells of the last entry of a page that is not full whether there may be more behind it.

    Raises:
        Invalid: the cursor is not one of this list.
    """
    after = start
    if request.cursor is not None:
        after = cursors.read(listing, request.cursor, tuple(type(part) for part in start))
    rows = await fetch(*after, request.limit + 1)
    more = len(rows) > request.limit or (bool(rows) and goes_on(rows[-1]))
    del rows[request.limit :]
    return Page(
        data=rows,
        next_cursor=cursors.write(listing, position(rows[-1])) if more else None,
        total=await count() if request.include == "total" else UNSET,
    )


async def page_by_id(
    cursors: Cursors,
    request: PageRequest,
    *,
    listing: str,
    page: Callable[..., Awaitable[list[Identified]]],
    count: Callable[[], Awaitable[int]],
    oldest: Callable[..., Awaitable[list[Identified]]] | None = None,
) -> Page[Identified]:
    """Read one page of a list that is in the order of its ids, newest first unless ``oldest`` is given.

    Args:
        cursors: those of this platform.
        request: which page.
        listing: names the list and everything that it is narrowed to; a cursor is good for this text alone.
        page: reads entries whose id is below another: ``page(before_id=..., limit=...)``.
        count: counts the whole list; asked only when the request wants the total.
        oldest: reads entries whose id is above another, in that order: ``oldest(after_id=..., limit=...)``.

    Raises:
        Invalid: the cursor is not one of this list.
    """
    read, bound = (page, "before_id") if oldest is None else (oldest, "after_id")
    return await read_page(
        cursors,
        request,
        listing=listing if oldest is None else f"{listing}:oldest",
        start=(LAST_ID if oldest is None else FIRST_ID,),
        fetch=lambda position, limit: read(**{bound: position}, limit=limit),
        position=lambda entry: (entry.id,),
        count=count,
    )
