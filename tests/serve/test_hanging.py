"""Clients that hang take nothing from those who do not, and do not keep the server from stopping."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from tests.conftest import PASSWORD
from tests.serve.hanging import POST, STATES, can_open, hanging
from tests.serve.running import Running, read_all
from tests.waiting import eventually

from freehold import NewUser, Platform
from freehold.serve.stopping import STOP_SECONDS
from freehold.web.arrivals import BODY_SECONDS, PAUSE_SECONDS, STOPPING_SECONDS

Run = Callable[..., Running]

UNLIMITED = {"FREEHOLD_RATE_LIMITS": "off"}
MANY = 600
MOST = 5000


def seconds_of_answers(server: Running, requests: int) -> list[float]:
    """Ask so often, each time on a connection of its own, and tell how long each answer took, the quickest first."""
    seconds = []
    for _ in range(requests):
        began = time.monotonic()
        assert httpx.get(f"{server.url}/readyz", timeout=30).status_code == 200
        seconds.append(time.monotonic() - began)
    return sorted(seconds)


def test_others_are_served_while_many_hang_and_a_stop_has_its_bound(run: Run) -> None:
    server = run(2, **UNLIMITED, FREEHOLD_CONNECTIONS_PER_WORKER="150")
    with ExitStack() as held:
        for state in STATES:
            held.enter_context(hanging(server.port, MANY // len(STATES), state))
        assert seconds_of_answers(server, 20)[-1] < 10  # without room for others it is as long as the clients like
        status, said = server.terminate()
        assert status == 3
        assert 0 < int(said.removeprefix("cut ")) <= 3 * MANY / len(STATES)
    assert "Traceback" not in server.log


async def test_a_request_at_work_is_not_what_makes_room(run: Run, connection: Any, platform: Platform) -> None:
    await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
    server = run(1, **UNLIMITED, FREEHOLD_CONNECTIONS_PER_WORKER="100")
    signing_in = {"login": "ada", "password": PASSWORD}
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        async with connection.transaction():
            await connection.execute("LOCK TABLE sessions")
            waiting = asyncio.create_task(client.post("/v1/sessions", json=signing_in))
            find = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'sessions'::regclass"
            while not await connection.fetchval(find):
                pass
            with ExitStack() as held:  # idle for a shorter time than the connection of the request
                crowd = [held.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(95)]
                assert await asyncio.to_thread(crowd[0].recv, 1) == b""
        assert (await waiting).status_code == 201


@pytest.mark.parametrize("state", ["silent", "header that never ends"])
def test_a_stop_cuts_off_nothing_when_no_request_has_begun(run: Run, state: str) -> None:
    server = run(1)
    with hanging(server.port, 100, state):
        assert server.terminate() == (0, "stopped")


@pytest.mark.long
@pytest.mark.parametrize("state", STATES)
def test_others_are_served_within_a_second_while_five_thousand_hang(run: Run, state: str) -> None:
    if not can_open(MOST + 1000):
        pytest.skip("this system lets a process open too few files")
    server = run(2, **UNLIMITED)
    with hanging(server.port, MOST, state):
        eventually(lambda: seconds_of_answers(server, 5)[-1] < 1)  # those that were sent are answered first
        assert seconds_of_answers(server, 100)[95] < 1  # the last few are the machine's, which may be busy
        began = time.monotonic()
        server.terminate()
        assert time.monotonic() - began < STOP_SECONDS


@pytest.mark.long
def test_a_body_that_never_begins_is_given_up(run: Run) -> None:
    server = run()
    began = time.monotonic()
    answer = server.send(POST)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    assert PAUSE_SECONDS < time.monotonic() - began < BODY_SECONDS


def test_the_idlest_bodies_of_an_address_make_room_for_its_next(run: Run) -> None:
    server = run(1, **UNLIMITED)
    body = b'{"username": "ada", "email": "ada@example.com", "password": "Lovelace1"}'
    with hanging(server.port, 200, "body that never begins"):
        made = httpx.post(f"{server.url}/v1/users", content=body, headers={"Content-Type": "application/json"})
        assert made.status_code == 201
        assert len(server.workers()) == 1


@pytest.mark.long
def test_a_client_that_does_not_read_is_disconnected_and_one_that_reads_slowly_is_not(run: Run) -> None:
    server = run()
    (worker,) = server.workers()

    def descriptors() -> int:
        return sum(1 for _ in os.scandir(f"/proc/{worker}/fd"))

    before = descriptors()
    with hanging(server.port, 3, "answer that is never read"), socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", server.port))
        slow.sendall(STATES["answer that is never read"])
        eventually(lambda: descriptors() >= before + 4)
        eventually(lambda: bool(slow.recv(256)) and descriptors() <= before + 1)
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b'"status":"ok"' in read_all(slow)


def test_a_stop_waits_for_a_body_that_comes(run: Run) -> None:
    server = run(1, **UNLIMITED)
    body = b'{"username": "ada", "email": "ada@example.com", "password": "Lovelace1"}'
    head = POST.replace(b"100", b"%d" % len(body), 1)
    with (
        hanging(server.port, 50, "body that never begins"),
        socket.create_connection(("127.0.0.1", server.port), timeout=STOP_SECONDS) as connection,
    ):
        connection.sendall(head + body[:10])
        assert httpx.get(f"{server.url}/healthz").status_code == 200  # by now the server reads the half request
        server.process.send_signal(signal.SIGTERM)
        time.sleep(STOPPING_SECONDS / 5)  # what is tested: it comes after the signal
        connection.sendall(body[10:])
        assert read_all(connection).startswith(b"HTTP/1.1 201 ")
        assert server.process.wait(STOP_SECONDS + 10) == 3
