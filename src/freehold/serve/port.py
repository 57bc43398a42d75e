"""Finds out whether a port is free before anything is started for it."""

import errno
import socket
import sys
from types import TracebackType
from typing import Self

from freehold.base.errors import FreeholdError


class PortRefused(FreeholdError):
    """The server cannot listen on this address."""

    code = "port_refused"
    title = "The server cannot listen on this address"


class Port:
    """A port that is ours until ``close``. Workers listen on it beside this claim (SO_REUSEPORT).

    Attributes:
        host: the IP address.
        number: the port, also when any free one was asked for (0).
    """

    def __init__(self, host: str, number: int, option: str = "--port") -> None:
        """Claim the port.

        Args:
            host: an address or a name of this machine.
            number: 0 takes a free one.
            option: where another number can be given, for whoever reads why this one is refused.

        Raises:
            PortRefused: ``port_refused``: it is in use, needs more rights, or the host is not this machine's.
        """
        try:
            family, _, _, _, address = socket.getaddrinfo(
                host, number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            with _bound(family, (address[0], number)) as probe:
                self.host, self.number = probe.getsockname()[:2]
            # What the probe shows, no one else may undo before the workers listen; only on Linux can a claim and
            # listeners share a port.
            self._claim = _bound(family, (self.host, self.number), shared=True) if sys.platform == "linux" else None
        except OSError as error:
            raise PortRefused(_reason(error, host, number, option)) from None

    @property
    def url(self) -> str:
        """Where a program on this machine reaches the port."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - said, not bound
        return f"http://[{host}]:{self.number}" if ":" in host else f"http://{host}:{self.number}"

    def close(self) -> None:
        """Give the port up."""
        if self._claim is not None:
            self._claim.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _bound(family: int, address: tuple[object, int], *, shared: bool = False) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A probe passes over connections that linger from before; a claim shares with the workers and with nobody else.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT if shared else socket.SO_REUSEADDR, 1)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened


def _reason(error: OSError, host: str, number: int, option: str) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {number} on {host} is in use: stop the program that uses it, or choose another with {option}"
        case errno.EACCES:
            return f"Port {number} needs more rights: choose one from 1024 up with {option}"
    return f"'{host}' is no address of this machine: choose another with --host ({error.strerror})"
