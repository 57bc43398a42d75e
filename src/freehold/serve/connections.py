"""The connections of this process as the kernel sees them; the server underneath does not show its own.

Only Linux tells enough. Elsewhere nothing is found, so nothing is closed.
"""

import os
import socket
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from typing import Final

import msgspec

FOLDER: Final = Path("/proc/self/fd")

_IS_LINUX = sys.platform == "linux"
_TCP_INFO = struct.Struct("<8x24I4Q")  # struct tcp_info of <linux/tcp.h>, up to tcpi_bytes_received
_LAST_SENT, _LAST_RECEIVED, _ACKNOWLEDGED = 9, 11, 26
_RESET = struct.pack("ii", 1, 0)


class Connection(msgspec.Struct, frozen=True):
    """One connection at one moment.

    Attributes:
        number: its descriptor.
        peer: the other end's address and port.
        idle_seconds: how long nothing was sent or received.
        unsent: how many bytes of an answer the other end has not taken yet.
        taken: how many bytes it has taken in all.
    """

    number: int
    peer: tuple[str, int]
    idle_seconds: float
    unsent: int
    taken: int

    def close(self) -> None:
        """Break it off, with what was not sent, unless it has ended meanwhile."""
        with suppress(OSError), _opened(self.number) as opened:
            if opened.getpeername()[:2] == self.peer:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                opened.shutdown(socket.SHUT_RDWR)


def count() -> int:
    """Count the open descriptors: more than there are connections, and quickly."""
    return len(descriptors())


def descriptors() -> list[int]:
    """List what is open."""
    try:
        return [int(entry.name) for entry in os.scandir(FOLDER)] if _IS_LINUX else []
    except OSError:  # no descriptor is left to list them with
        return []


def look(number: int, port: int) -> Connection | None:
    """Look at a descriptor; None when it is no connection to this port."""
    try:
        with _opened(number) as opened:
            if opened.family not in {socket.AF_INET, socket.AF_INET6} or opened.getsockname()[1] != port:
                return None
            peer = opened.getpeername()[:2]  # a socket that listens has none
            info = _TCP_INFO.unpack(opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size))
            (unsent,) = struct.unpack("i", ioctl(opened.fileno(), termios.TIOCOUTQ, bytes(4)))
    except OSError:
        return None
    idle = min(info[_LAST_SENT], info[_LAST_RECEIVED]) / 1000
    return Connection(number, peer, idle, unsent, info[_ACKNOWLEDGED])


def look_at_all(port: int) -> Iterator[Connection]:
    """Look at every connection to this port."""
    for number in descriptors():
        if found := look(number, port):
            yield found


def _opened(number: int) -> socket.socket:
    # A descriptor of our own: the server may close its own at any moment, and another connection get the number.
    copy = os.dup(number)
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise
