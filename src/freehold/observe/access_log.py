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
        part: list[str] = []
        size = 0
        for made in map(self._make, self._lines):
            if size + len(made) > MOST_BYTES:
                os.write(self._file, "".join(part).encode())
                part, size = [], 0
            part.append(made)
            size += len(made)
        self._lines.clear()
        if part:
            os.write(self._file, "".join(part).encode())

    def _write_late(self) -> None:
        self._timer = None
        self.write()


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _time(at: float) -> str:
    seconds, fraction = divmod(at, 1)
    return f"{_second(int(seconds))}.{int(fraction * 1_000_000):06}Z"


def _word(method: str) -> str:
    """Return the one part of a line that a caller writes, if it is a word."""
    return method if method.isalpha() else "-"


def _json(line: Line) -> str:
    at, request_id, method, route, status, seconds, ip = line
    word = _word(method)
    address = f'"{ip}"' if ip else "null"
    return (
        f'{{"time":"{_time(at)}","level":"info","logger":"{_LOGGER}","message":"{word} {route or "-"} {status}",'
        f'"request_id":"{request_id}","method":"{word}","route":"{route}","status":{status},'
        f'"duration_ms":{seconds * _MILLISECONDS:.3f},"ip":{address}}}\n'
    )


def _text(line: Line) -> str:
    at, request_id, method, route, status, seconds, ip = line
    about = f"{_word(method)} {route or '-'} {status} {seconds * _MILLISECONDS:.3f} ms {ip or '-'}"
    return f"{_time(at)} INFO {_LOGGER}: {about} [{request_id}]\n"
