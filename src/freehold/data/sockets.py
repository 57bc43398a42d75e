"""Has the operating system notice that the other end of a connection is gone."""

import os
import socket
from typing import Any, Final

SILENT_MILLISECONDS: Final = 5000
"""How long what was sent may stay unacknowledged before the connection counts as broken."""
IDLE_SECONDS: Final = 15
"""After how long without traffic the other end is asked whether it is there."""
INTERVAL_SECONDS: Final = 5
PROBES: Final = 3

_INTERNET: Final = (socket.AF_INET, socket.AF_INET6)


def notice_silence(transport_socket: Any) -> None:
    """Turn keepalive on, and bound how long the system sends again what nobody acknowledges.

    Options that this system lacks are left out; on a Unix socket there is nothing to do.
    """
    if transport_socket is None or transport_socket.family not in _INTERNET:
        return
    # A socket of our own on the same connection: an event loop's may refuse to be set.
    with socket.socket(fileno=os.dup(transport_socket.fileno())) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (
            ("TCP_KEEPIDLE", IDLE_SECONDS),
            ("TCP_KEEPINTVL", INTERVAL_SECONDS),
            ("TCP_KEEPCNT", PROBES),
            ("TCP_USER_TIMEOUT", SILENT_MILLISECONDS),
        ):
            if hasattr(socket, name):
                ours.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
