"""Clients that hang, many of them, in a process of their own: python hanging.py PORT COUNT STATE.

It says "hanging COUNT" when all are connected, and holds them until its standard input is closed.
"""

import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

POST = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
STATES: Final = {
    "silent": b"",
    "header that never ends": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ",
    "body that never begins": POST,
    "body that never ends": POST + b'{"user',
    "answer that is never read": b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 20,  # more than the kernel holds
}
SMALL_BUFFER = 4096


def hang(port: int, count: int, state: str) -> list[socket.socket]:
    """Connect so often, and leave each connection in the state."""
    held = []
    for _ in range(count):
        connection = socket.socket()
        if state == "answer that is never read":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", port))
        connection.sendall(STATES[state])
        held.append(connection)
    return held


@contextmanager
def hanging(port: int, count: int, state: str) -> Iterator[None]:
    """Have so many clients hang meanwhile."""
    command = [sys.executable, __file__, str(port), str(count), state]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == f"hanging {count}\n"
            yield
        finally:
            process.stdin.close()


def can_open(files: int) -> bool:
    """Say whether a process may open so many files here."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return hard == resource.RLIM_INFINITY or hard >= files


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = hang(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    sys.stdout.write(f"hanging {len(held)}\n")
    sys.stdout.flush()
    sys.stdin.read()
