"""The real server: processes, signals, and bytes that no client library would send."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.serve.running import PROGRAM, SECONDS, Running, alive, answers, read_all, refused
from tests.waiting import eventually


def answer_of(raw: bytes) -> tuple[int, dict[str, Any]]:
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 "), raw
    return int(head.split()[1]), json.loads(body) if body else {}


def test_hostile_bytes_are_answered_by_problems(run: Callable[..., Running]) -> None:
    server = run()
    post = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    get = b"GET /v1/users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    hostile = {
        "non-UTF-8 path": (b"GET /v1/users/%ff%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 401),
        "unknown path": (b"GET /%ff/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        "non-UTF-8 header": (get + b"Authorization: Bearer \xff\xfe\r\nX-Request-Id: \xff\r\n\r\n", 401),
        "two credentials": (get + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 401),
        "asterisk": (b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        "body of GET": (get + b"Content-Length: 2\r\n\r\n{}", 401),
        "non-UTF-8 body": (post + b"Content-Length: 3\r\n\r\n{\xff}", 400),
        "non-UTF-8 query": (post.replace(b"users", b"users?a=%ff", 1) + b"Content-Length: 2\r\n\r\n{}", 400),
        "chunked": (post + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 422),
        "broken chunks": (post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}", 400),
        "two types": (post + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 415),
    }
    for name, (data, status) in hostile.items():
        found, problem = answer_of(server.send(data))
        assert found == status, name
        assert problem["status"] == status, name
    announced = server.send(post + b"Content-Length: 10000000\r\n\r\n{", finish=True)
    assert answer_of(announced)[0] == 413
    assert server.send(b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    assert "Traceback" not in server.log


def test_a_body_that_is_cut_short_does_no_harm(run: Callable[..., Running]) -> None:
    server = run()
    head = b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    server.send(head + b'{"user', finish=True)
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head)
    assert httpx.get(f"{server.url}/readyz").status_code == 200
    assert "Traceback" not in server.log


def test_ten_megabytes_in_chunks_are_refused_while_they_come(run: Callable[..., Running]) -> None:
    server = run()

    def chunks() -> Iterator[bytes]:
        for _ in range(160):
            yield b" " * 65536

    try:
        answer = httpx.post(f"{server.url}/v1/users", content=chunks(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
    except httpx.TransportError:
        pass  # the server closed the connection before the client was done, as it may
    assert httpx.get(f"{server.url}/healthz").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_in_flight_is_finished_before_the_server_stops(
    run: Callable[..., Running], number: signal.Signals
) -> None:
    server = run(2)
    workers = server.workers()
    body = b'{"username": "ada", "email": "ada@example.com", "password": "Lovelace1"}'
    head = (
        "POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100")  # the application waits for the body
        os.killpg(server.process.pid, number)  # as a terminal does: to all processes
        eventually(lambda: refused(server.port))
        connection.sendall(body)
        assert read_all(connection).startswith(b"HTTP/1.1 201")
    assert server.process.wait(SECONDS) == 0
    assert server.process.stdout is not None
    assert server.process.stdout.read() == "stopped\n"
    assert not any(alive(pid) for pid in workers)
    assert "Traceback" not in server.log


@pytest.mark.parametrize("workers", [1, 2])
def test_requests_that_still_come_while_the_server_stops_are_answered(
    run: Callable[..., Running], workers: int
) -> None:
    """As those do that a balancer sent before it heard; each answer sends its caller elsewhere."""
    server = run(workers)
    with httpx.Client(base_url=server.url) as client:
        assert client.get("/healthz").status_code == 200
        server.process.send_signal(signal.SIGTERM)
        told = 0
        while told < 20:
            answer = client.get("/healthz")  # one that is refused raises
            assert answer.status_code == 200
            told += answer.headers.get("connection") == "close"
    assert server.process.wait(SECONDS) == 0
    assert "Traceback" not in server.log


def test_a_worker_that_is_killed_is_replaced(run: Callable[..., Running]) -> None:
    server = run(2)
    before = eventually(lambda: len(server.workers()) == 2 and server.workers())
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: len(server.workers() - {victim}) == 2)
    eventually(lambda: answers(server.url))
    assert victim not in server.workers()


def test_workers_end_when_the_server_is_killed(run: Callable[..., Running]) -> None:
    server = run(2)
    workers = eventually(lambda: len(server.workers()) == 2 and server.workers())
    server.process.kill()
    server.process.wait()
    eventually(lambda: not any(alive(pid) for pid in workers))


def test_a_port_in_use_is_one_line_and_starts_nothing(run: Callable[..., Running], database_url: str) -> None:
    server = run()
    second = subprocess.run(
        [sys.executable, "-c", PROGRAM, database_url, str(server.port), "1"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert second.returncode == 1
    assert second.stdout == ""
    assert re.fullmatch(rf"Port {server.port} on 127.0.0.1 is in use: .*--port\n", second.stderr)


def test_a_database_without_schema_is_told_and_ends_the_server(empty_database_url: str) -> None:
    failed = subprocess.run(
        [sys.executable, "-c", PROGRAM, empty_database_url, "0", "1"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "freehold migrate apply" in failed.stderr
