"""Bytes that are no requests, or that others may read differently: nothing is served that a proxy has not seen."""

import asyncio
import os
import random
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

import h11
import httpx
import pytest
from tests.conftest import PASSWORD, _clone, _run, with_database
from tests.serve.running import Running, read_all
from tests.serve.wire import BODY, CHUNKS, CLEAR, CODING, CUT, GET, NEXT, NEXT_ANSWER, POST, SIZE, chunked
from tests.waiting import eventually

HEAD: Final = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
REFUSALS: Final = {400, 408, 413, 414, 431}
DISTURBED: Final = [
    data
    for name, data in {**CLEAR, **CUT}.items()
    if len(data) < 1000 and "upgrade" not in name and "tunnel" not in name
]
"""Requests that may be disturbed; the reader that Freehold is compared with waits where another protocol may follow."""
PUT_IN: Final = (b"\r", b"\n", b"\r\n", b" ", b"\t", b"\0", CODING, b"Content-Length: 1\r\n")
GROWTH_BYTES: Final = 24 * 2**20
"""How much more memory a worker may have afterwards: what its allocators keep of the largest requests."""


@pytest.fixture(scope="module")
def server(server_urls: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One for all tests here: whatever one of them leaves behind, the others have to live with."""
    admin_url, template = server_urls
    database = f"freehold_wire_{uuid4().hex[:12]}"
    asyncio.run(_clone(admin_url, template, database))
    running = Running(
        with_database(admin_url, database), tmp_path_factory.mktemp("wire") / "log", 1, FREEHOLD_RATE_LIMITS="off"
    )
    httpx.get(f"{running.url}/v1/users/me")
    yield running
    running.stop()
    asyncio.run(_run(admin_url, f"DROP DATABASE {database} WITH (FORCE)"))


def exchange(server: Running, data: bytes, *, finish: bool = False) -> bytes:
    """Send it, and read until the server closes the connection, as it may while we send."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        with suppress(OSError):
            connection.sendall(data)
        return _until_idle(connection) + read_all(connection) if finish else read_all(connection)


def _until_idle(connection: socket.socket) -> bytes:
    """Read what comes, and when nothing more does, tell the server that nothing more will be sent."""
    found = b""
    connection.settimeout(0.2)
    try:
        while part := connection.recv(65536):
            found += part
    except TimeoutError:
        connection.settimeout(30)
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    return found


def statuses(answers: bytes) -> list[int]:
    return [status for found in HEAD.findall(answers) if (status := int(found)) >= 200]


class Held:
    """What a worker holds."""

    def __init__(self, server: Running) -> None:
        (self._pid,) = server.workers()
        self.descriptors, self.memory_bytes = self._descriptors(), self._memory_bytes()

    def _descriptors(self) -> int:
        return sum(1 for _ in os.scandir(f"/proc/{self._pid}/fd"))

    def _memory_bytes(self) -> int:
        resident = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        return resident * os.sysconf("SC_PAGE_SIZE")

    def has_not_grown(self) -> None:
        eventually(lambda: self._descriptors() <= self.descriptors)
        assert self._memory_bytes() - self.memory_bytes < GROWTH_BYTES


def try_all(server: Running) -> None:
    wrong = {}
    for name, data in CLEAR.items():
        answers = exchange(server, data + NEXT)
        found = statuses(answers)
        if len(found) != 2 or found[0] >= 500 or answers.count(NEXT_ANSWER) != 1:
            wrong[name] = answers[:200]
    for name, data in CUT.items():
        answers = exchange(server, data + NEXT)
        found = statuses(answers)
        if len(found) > 1 or any(status >= 500 or status < 400 for status in found) or NEXT_ANSWER in answers:
            wrong[name] = answers[:200]
    assert wrong == {}


def test_what_follows_a_request_is_served_only_where_every_reader_sees_its_end(server: Running) -> None:
    try_all(server)
    held = Held(server)
    try_all(server)
    held.has_not_grown()
    assert "Traceback" not in server.log


def test_nothing_is_served_after_an_error_among_requests_that_were_sent_at_once(server: Running) -> None:
    answers = exchange(server, (GET + b"\r\n") * 50 + GET + b"X\0: y\r\n\r\n" + NEXT * 50)
    assert statuses(answers) == [401] * 50 + [400]


def test_an_authorization_after_the_body_is_nobodys(server: Running) -> None:
    new = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
    httpx.post(f"{server.url}/v1/users", json=new).raise_for_status()
    token = httpx.post(f"{server.url}/v1/sessions", json={"login": "ada", "password": PASSWORD}).json()["token"]
    asking = b"Authorization: Bearer %b\r\n" % token.encode()
    assert statuses(exchange(server, GET + asking + b"Connection: close\r\n\r\n")) == [200]
    trailing = b"1\r\n \r\n0\r\n" + asking + b"\r\n"
    assert statuses(exchange(server, GET + CODING + b"Connection: close\r\n\r\n" + trailing)) == [401]


@pytest.mark.parametrize("size", [b"f" * 16, b"7" + b"f" * 15, b"fffffff"])
def test_a_chunk_that_never_ends_is_given_up(server: Running, size: bytes) -> None:
    held = Held(server)
    answers = exchange(server, chunked(size + b"\r\n" + BODY * 100_000), finish=True)
    assert set(statuses(answers)) <= {400, 413}
    held.has_not_grown()


def test_a_body_of_a_million_chunks_is_refused(server: Running) -> None:
    held = Held(server)
    answers = exchange(server, chunked(b"1\r\n \r\n" * 1_000_000 + b"0\r\n\r\n") + NEXT)
    assert statuses(answers) == [400]
    assert b"longer chunks" in answers
    held.has_not_grown()


def test_a_body_of_some_thousand_chunks_is_read(server: Running) -> None:
    answers = exchange(server, chunked(b"1\r\n \r\n" * 10_000 + CHUNKS) + NEXT)
    assert statuses(answers) == [422, 200]


def test_announcing_bodies_without_end_holds_nothing(server: Running) -> None:
    held = Held(server)
    head = POST + b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(head)
            assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
    held.has_not_grown()


@pytest.mark.parametrize(
    "piece", [b"\r\n", b"\0", b"GET / ", b"\x16\x03\x01"], ids=["line ends", "NUL", "words", "TLS"]
)
def test_a_flood_of_what_is_no_request_is_cut(server: Running, piece: bytes) -> None:
    held = Held(server)
    assert set(statuses(exchange(server, piece * (8 * 2**20 // len(piece)), finish=True))) <= REFUSALS
    held.has_not_grown()
    assert httpx.get(f"{server.url}/readyz").status_code == 200


def disturbed(chance: random.Random) -> bytes:
    """Make a request that is wrong in some places, and another after it."""
    data = bytearray(chance.choice(DISTURBED))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.choice(b"\r\n\t :;,0fF\0\x0b\x7f\x80\xff")
            case 1:
                del data[at : at + chance.randint(1, 3)]
            case 2:
                data[at:at] = chance.choice(
                    [b"\r", b"\n", b"\r\n", b" ", b"\t", b"\0", CODING, b"Content-Length: 1\r\n"]
                )
            case _:
                data[at:at] = data[at : at + chance.randint(1, 30)]
    return bytes(data) + NEXT


def ends(data: bytes) -> Iterator[object]:
    """Give each request that another reader sees in it, as a proxy does that passes it on."""
    reader = h11.Connection(h11.SERVER)
    reader.receive_data(data)
    reader.receive_data(b"")
    try:
        while True:
            event = reader.next_event()
            if isinstance(event, h11.Request):
                yield event
            if event is h11.PAUSED:
                reader.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
                reader.send(h11.EndOfMessage())
                reader.start_next_cycle()
            elif isinstance(event, h11.ConnectionClosed) or event is h11.NEED_DATA:
                return
    except h11.ProtocolError:
        return


@pytest.mark.parametrize("times", [400, pytest.param(20_000, marks=pytest.mark.long)])
def test_whatever_is_disturbed_in_requests_no_reader_sees_fewer_than_are_served(server: Running, times: int) -> None:
    chance, held = random.Random(20261128 + times), Held(server)  # noqa: S311 - the same each time
    for _ in range(times):
        data = disturbed(chance)
        found = statuses(exchange(server, data, finish=True))
        assert all(status < 500 for status in found), data
        served = [status for status in found if status not in REFUSALS]
        assert len(served) <= sum(1 for _ in ends(data.lstrip(b"\r\n"))), data
    held.has_not_grown()
    assert "Traceback" not in server.log


def test_sizes_are_what_they_seem() -> None:
    assert int(SIZE, 16) == len(BODY)
