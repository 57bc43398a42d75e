"""What the kernel says of connections, and which of them are closed; both ends are in this process."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.waiting import eventually

from freehold.serve import connections
from freehold.serve.connections import Connection
from freehold.serve.warden import UNREAD_SECONDS, Warden

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells enough")

A_LOT = b"x" * 50_000_000


class Ends:
    """A port, and both ends of every connection to it."""

    def __init__(self, held: ExitStack) -> None:
        self._held = held
        self._listener = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port: int = self._listener.getsockname()[1]

    def connect(self, source: str = "127.0.0.1") -> tuple[socket.socket, socket.socket]:
        client = self._held.enter_context(
            socket.create_connection(("127.0.0.1", self.port), source_address=(source, 0), timeout=30)
        )
        accepted, _ = self._listener.accept()
        return client, self._held.enter_context(accepted)

    def found(self) -> list[Connection]:
        return list(connections.look_at_all(self.port))

    def of(self, client: socket.socket) -> Connection | None:
        return next((each for each in self.found() if each.peer == client.getsockname()), None)


@pytest.fixture
def ends() -> Iterator[Ends]:
    with ExitStack() as held:
        yield Ends(held)


def read(client: socket.socket, size: int) -> None:
    while size > 0:
        size -= len(client.recv(size))


def closed(client: socket.socket) -> bool:
    client.settimeout(0)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_only_connections_to_the_port_are_found(ends: Ends) -> None:
    client, _ = ends.connect()
    assert [each.peer for each in ends.found()] == [client.getsockname()]
    assert len(connections.descriptors()) > 1


def test_what_the_other_end_has_not_taken_is_counted(ends: Ends) -> None:
    client, accepted = ends.connect()
    accepted.settimeout(0)
    sent = accepted.send(A_LOT)
    before = ends.of(client)
    assert before is not None
    assert 0 < before.unsent <= sent
    read(client, sent)
    after = eventually(lambda: (seen := ends.of(client)) and not seen.unsent and seen)
    assert after.taken >= sent > before.taken


def test_a_connection_that_ended_meanwhile_is_not_another_one(ends: Ends) -> None:
    client, accepted = ends.connect()
    seen = ends.of(client)
    assert seen is not None
    other, successor = ends.connect()
    accepted.close()
    os.dup2(successor.fileno(), seen.number)
    seen.close()
    os.close(seen.number)
    assert not closed(other)


async def test_whoever_takes_nothing_of_an_answer_is_disconnected(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    _, accepted = ends.connect()
    reading, accepted_too = ends.connect()
    for end in (accepted, accepted_too):
        end.settimeout(0)
        end.send(A_LOT)
    warden = Warden(ends.port, 100, set)
    assert warden.close_unread(ends.found()) == 0
    read(reading, 100_000)
    loop = asyncio.get_running_loop()
    now = loop.time()
    monkeypatch.setattr(loop, "time", lambda: now + UNREAD_SECONDS)
    assert warden.close_unread(ends.found()) == 1
    monkeypatch.undo()
    with pytest.raises(BrokenPipeError):
        accepted.send(b"x")
    assert not closed(reading)


def test_the_address_with_the_most_connections_makes_room_and_no_request_at_work_does(ends: Ends) -> None:
    many = [ends.connect("127.0.0.2")[0] for _ in range(6)]
    few = [ends.connect()[0] for _ in range(2)]
    busy = {many[0].getsockname()}
    found = eventually(lambda: (seen := ends.found()) and all(each.idle_seconds > 0.5 for each in seen) and seen)
    Warden(ends.port, 8, lambda: busy)._make_room(found)
    assert [closed(each) for each in few] == [False] * 2
    assert sum(map(closed, many)) == 4
    assert not closed(many[0])


def test_connections_whose_body_was_given_up_are_closed_whenever_that_is_said(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("freehold.serve.warden._IDLE_SECONDS", 0.0)
    given_up: set[tuple[str, int]] = set()
    warden = Warden(ends.port, 100, set, given_up)
    for _ in range(2):
        client, _ = ends.connect()
        given_up.add(client.getsockname())
        warden.close_given_up(ends.found())
        assert closed(client)
        assert not given_up


async def test_a_fault_in_looking_ends_no_watch(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    counts: list[OSError | int] = [OSError("no descriptor is left"), 0]
    again = asyncio.Event()

    def count() -> int:
        found = counts.pop(0)
        if isinstance(found, OSError):
            raise found
        again.set()
        return found

    monkeypatch.setattr(connections, "count", count)
    monkeypatch.setattr("freehold.serve.warden._LOOK_SECONDS", 0.0)
    warden = Warden(ends.port, 100, set)
    warden.start()
    async with asyncio.timeout(30):
        await again.wait()
    warden.stop()
    assert "it is tried again" in caplog.text
