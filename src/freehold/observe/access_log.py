"""A line for each request, if one is wanted: thousands in a second, so many are written together."""

import os
import sys
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal, NamedTuple

MOST_BYTES: Final = 4096
"""What is written together at most: as much as a pipe takes from several processes without mixing it."""

_LOGGER: Final = "freehold.access"
_MILLISECONDS: Final = 1000
_MICROSECONDS: Final = 1_000_000
_LONGEST_METHOD: Final = 20
_KINDS: Final = 1024
"""How many kinds of requests are kept ready; a method is a caller's word, so there may be any number."""


class Line(NamedTuple):
    """A request that was answered, and nothing that its sender wrote.

    Attributes:
        at: when, in seconds since 1970.
        request_id: of letters, digits and ``._-``.
        method: as it was sent.
        route: as declared; "" for none.
        status: of the answer; 0 when there was none.
        seconds: how long it took.
        ip: the caller's address, as text that was made of an address.
    """

    at: float
    request_id: str
    method: str
    route: str
    status: int
    seconds: float
    ip: str | None


class AccessLog:
    """Writes to standard error, in the form of the other lines of the log.

    What lines hold is of known letters (routes are ours, ids and addresses were checked), so they are put together as
    they are.
    """

    def __init__(self, form: Literal["text", "json"], *, file: int | None = None) -> None:
        self._make = _json if form == "json" else _text
        self._file = sys.stderr.fileno() if file is None else file

    def write(self, lines: Iterable[Line]) -> None:
        """Write lines, as few times as their readers allow."""
        text = "".join(map(self._make, lines)).encode()
        start = 0
        while start < len(text):
            end = text.rfind(b"\n", start, start + MOST_BYTES) + 1  # whole lines: each is much shorter than that
            os.write(self._file, text[start:end])
            start = end


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _word(method: str) -> str:
    """Return the one part of a line that a caller writes, if it is a word."""
    return method if method.isalpha() and len(method) <= _LONGEST_METHOD else "-"


@lru_cache(maxsize=_KINDS)
def _json_parts(method: str, route: str, status: int) -> tuple[str, str]:
    word = _word(method)
    return (
        f'Z","level":"info","logger":"{_LOGGER}","message":"{word} {route or "-"} {status}","request_id":"',
        f'","method":"{word}","route":"{route}","status":{status},"duration_ms":',
    )


def _json(line: Line) -> str:
    at, request_id, method, route, status, seconds, ip = line
    whole = int(at)
    before, after = _json_parts(method, route, status)
    return '{"time":"%s.%06d%s%s%s%.3f,"ip":%s}\n' % (  # noqa: UP031 - the quickest way, and one for each request
        _second(whole),
        (at - whole) * _MICROSECONDS,
        before,
        request_id,
        after,
        seconds * _MILLISECONDS,
        f'"{ip}"' if ip else "null",
    )


def _text(line: Line) -> str:
    at, request_id, method, route, status, seconds, ip = line
    whole = int(at)
    about = f"{_word(method)} {route or '-'} {status} {seconds * _MILLISECONDS:.3f} ms {ip or '-'}"
    return f"{_second(whole)}.{int((at - whole) * _MICROSECONDS):06}Z INFO {_LOGGER}: {about} [{request_id}]\n"
