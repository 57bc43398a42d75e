"""A line for each request, if one is wanted: thousands in a second, so they are gathered and written together."""

import asyncio
import os
import sys
import time
from functools import lru_cache
from typing import Final, Literal

WRITE_SECONDS: Final = 0.2
"""How long a line waits at most for others that are written with it."""
MOST_BYTES: Final = 4096
"""What is written together at most: as much as a pipe takes from several processes without mixing it."""

_LOGGER: Final = "freehold.access"
_MILLISECONDS: Final = 1000


class AccessLog:
    """Writes to standard error, in the form of the other lines of the log.

    What it is told is of known letters (routes are ours, ids and addresses were checked), so a line is put together as
    it is: a quarter of the time that an encoder and a formatter of times take.
    """

    def __init__(self, form: Literal["text", "json"], *, file: int | None = None) -> None:
        self._line = _json if form == "json" else _text
        self._file = sys.stderr.fileno() if file is None else file
        self._lines: list[str] = []
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def note(self, *, request_id: str, method: str, route: str, status: int, seconds: float, ip: str | None) -> None:
        """Note a request that was answered.

        Args:
            request_id: of letters, digits and ``._-``.
            method: one that is not all letters is told as ``-``.
            route: as declared; "" for none.
            status: of the answer; 0 when there was none.
            seconds: how long it took.
            ip: the caller's address, as text that was made of an address.
        """
        line = self._line(
            at=_now(),
            request_id=request_id,
            method=method if method.isalpha() else "-",
            route=route,
            status=status,
            milliseconds=seconds * _MILLISECONDS,
            ip=ip,
        )
        if self._bytes + len(line) > MOST_BYTES:
            self.write()
        self._lines.append(line)
        self._bytes += len(line)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WRITE_SECONDS, self._write_late)

    def write(self) -> None:
        """Write what was gathered."""
        if self._lines:
            os.write(self._file, "".join(self._lines).encode())
            self._lines.clear()
            self._bytes = 0

    def _write_late(self) -> None:
        self._timer = None
        self.write()


def _now() -> str:
    seconds, fraction = divmod(time.time(), 1)
    return f"{_second(int(seconds))}.{int(fraction * 1_000_000):06}Z"


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _json(
    *, at: str, request_id: str, method: str, route: str, status: int, milliseconds: float, ip: str | None
) -> str:
    address = f'"{ip}"' if ip else "null"
    return (
        f'{{"time":"{at}","level":"info","logger":"{_LOGGER}","message":"{method} {route or "-"} {status}",'
        f'"request_id":"{request_id}","method":"{method}","route":"{route}","status":{status},'
        f'"duration_ms":{milliseconds:.3f},"ip":{address}}}\n'
    )


def _text(
    *, at: str, request_id: str, method: str, route: str, status: int, milliseconds: float, ip: str | None
) -> str:
    return f"{at} INFO {_LOGGER}: {method} {route or '-'} {status} {milliseconds:.3f} ms {ip or '-'} [{request_id}]\n"
