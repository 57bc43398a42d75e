"""A line for each request, if one is wanted: thousands in a second, so they are gathered and written together."""

import asyncio
import os
import sys
import time
from functools import lru_cache
from typing import Final, Literal, NamedTuple

WRITE_SECONDS: Final = 0.2
"""How long a line waits at most for others that are written with it."""
MOST_LINES: Final = 256
"""How many lines are gathered at most."""
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

    A request only leaves its tuple here; lines are made of many at once, which costs a third of making each by itself.
    What they hold is of known letters (routes are ours, ids and addresses were checked), so they are put together as
    they are.
    """

    def __init__(self, form: Literal["text", "json"], *, file: int | None = None) -> None:
        self._make = _json if form == "json" else _text
        self._file = sys.stderr.fileno() if file is None else file
        self._lines: list[Line] = []
        self._timer: asyncio.TimerHandle | None = None

    def note(self, line: Line) -> None:
        """Note a request that was answered."""
        self._lines.append(line)
        if len(self._lines) >= MOST_LINES:
            self.write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WRITE_SECONDS, self._write_late)

    def write(self) -> None:
        """Write what was gathered."""
        text = "".join(map(self._make, self._lines)).encode()
        self._lines.clear()
        start = 0
        while start < len(text):
            end = text.rfind(b"\n", start, start + MOST_BYTES) + 1  # whole lines: each is much shorter than that
            os.write(self._file, text[start:end])
            start = end

    def _write_late(self) -> None:
        self._timer = None
        self.write()


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
