"""A line for each request, if one is wanted: thousands in a second, so they are gathered and written together."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

WRITE_SECONDS: Final = 0.2
"""How long a line waits at most for others that are written with it."""
MOST_BYTES: Final = 4096
"""What is written together at most: as much as a pipe takes from several processes without mixing it."""

_MILLISECONDS: Final = 1000


class Line(msgspec.Struct, kw_only=True):
    """A request that was answered: what it asked for by route, and nothing that its sender wrote."""

    time: datetime
    level: str = "info"
    logger: str = "freehold.access"
    message: str
    request_id: str
    method: str
    route: str
    status: int
    duration_ms: float
    ip: str | None


class AccessLog:
    """Writes to standard error, in the form of the other lines of the log."""

    def __init__(self, form: Literal["text", "json"], *, file: int | None = None) -> None:
        self._write = _json if form == "json" else _text
        self._file = sys.stderr.fileno() if file is None else file
        self._lines: list[bytes] = []
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def note(self, *, request_id: str, method: str, route: str, status: int, seconds: float, ip: str | None) -> None:
        """Note a request that was answered."""
        line = self._write(
            Line(
                time=datetime.now(UTC),
                message=f"{method} {route or '-'} {status}",
                request_id=request_id,
                method=method,
                route=route,
                status=status,
                duration_ms=round(seconds * _MILLISECONDS, 3),
                ip=ip,
            )
        )
        if self._bytes + len(line) > MOST_BYTES:
            self.write()
        self._lines.append(line)
        self._bytes += len(line)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WRITE_SECONDS, self.write)

    def write(self) -> None:
        """Write what was gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._lines:
            os.write(self._file, b"".join(self._lines))
            self._lines.clear()
            self._bytes = 0


_encode: Final = msgspec.json.Encoder().encode


def _json(line: Line) -> bytes:
    return _encode(line) + b"\n"


def _text(line: Line) -> bytes:
    time = f"{line.time.isoformat(timespec='microseconds')[:26]}Z"  # takes a tenth of what a pattern does
    about = f"{line.message} {line.duration_ms} ms {line.ip or '-'}"
    return f"{time} INFO {line.logger}: {about} [{line.request_id}]\n".encode()
