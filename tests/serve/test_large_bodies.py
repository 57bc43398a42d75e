"""Ordinary programs read the answer to what they should not have sent, although they write before they read."""

import http.client
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import requests
from tests.serve.running import Running, read_all

Send = Callable[[str, Path], int]

TYPE = {"Content-Type": "application/json"}
SIZE = 2_000_000
FETCH = """
const [url, file] = process.argv.slice(1);
const body = require('fs').readFileSync(file);
fetch(url, {method: 'POST', headers: {'Content-Type': 'application/json'}, body})
  .then(async answer => { await answer.text(); console.log(answer.status); }, error => { console.log(error.cause); });
"""


def by_urllib(url: str, body: Path) -> int:
    request = urllib.request.Request(url, data=body.read_bytes(), headers=TYPE)  # noqa: S310 - our own server
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.read()
        return error.code


def by_requests(url: str, body: Path) -> int:
    return int(requests.post(url, data=body.read_bytes(), headers=TYPE, timeout=60).status_code)


def by_httpx(url: str, body: Path) -> int:
    return httpx.post(url, content=body.read_bytes(), headers=TYPE, timeout=60).status_code


def by_httpx_in_chunks(url: str, body: Path) -> int:
    def chunks() -> Iterator[bytes]:
        with body.open("rb") as opened:
            while chunk := opened.read(65536):
                yield chunk

    return httpx.post(url, content=chunks(), headers=TYPE, timeout=60).status_code


def run(program: str, *arguments: str) -> int:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip().isdigit(), done.stdout + done.stderr
    return int(done.stdout)


def by_curl(url: str, body: Path, *more: str) -> int:
    form = ("-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/json", *more)
    return run("curl", *form, "--data-binary", f"@{body}", url)


def by_curl_without_asking(url: str, body: Path) -> int:
    return by_curl(url, body, "-H", "Expect:")


def by_node(url: str, body: Path) -> int:
    return run("node", "-e", FETCH, url, str(body))


def is_there(send: Send) -> bool:
    program = send.__name__.split("_")[1]
    return program not in {"curl", "node"} or shutil.which(program) is not None


PROGRAMS = [by_urllib, by_requests, by_httpx, by_httpx_in_chunks, by_curl, by_curl_without_asking, by_node]
REFUSALS = [("/v1/users", 413), ("/v1/organizations", 401), ("/v1/nowhere", 404), ("/healthz", 405)]


@pytest.fixture
def body(tmp_path: Path) -> Path:
    path = tmp_path / "body"
    path.write_bytes(b" " * SIZE)
    return path


@pytest.mark.parametrize("times", [5, pytest.param(50, marks=pytest.mark.long)])
def test_programs_that_send_too_much_read_the_answer(run: Callable[..., Running], body: Path, times: int) -> None:
    server = run(2, FREEHOLD_RATE_LIMITS="off")
    for send in filter(is_there, PROGRAMS):
        for path, status in REFUSALS if send is by_urllib or times > 5 else REFUSALS[:1]:
            assert {send(server.url + path, body) for _ in range(times)} == {status}, (send.__name__, path)


def test_a_body_that_is_announced_and_not_sent_is_refused_at_once(run: Callable[..., Running]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", run().port, timeout=60)
    connection.request("POST", "/v1/users", headers=TYPE | {"Content-Length": str(SIZE), "Expect": "100-continue"})
    answer = connection.getresponse()  # not 100: the body is not wanted
    assert answer.status == 413
    connection.close()


def test_connections_whose_body_never_comes_are_closed_once_they_have_the_answer(run: Callable[..., Running]) -> None:
    head = f"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {SIZE}\r\n\r\n"
    port = run(FREEHOLD_RATE_LIMITS="off").port
    for _ in range(3):  # not the first ones alone
        with ExitStack() as held:
            address = ("127.0.0.1", port)
            connections = [held.enter_context(socket.create_connection(address, timeout=30)) for _ in range(40)]
            for connection in connections:
                connection.sendall(head.encode() + b"x" * 1000)
            answers = [read_all(connection) for connection in connections]  # to the end of each
        assert {answer[:13] for answer in answers} == {b"HTTP/1.1 413 "}


def test_a_connection_serves_on_after_a_body_that_nobody_read(run: Callable[..., Running]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", run().port, timeout=60)
    for _ in range(3):
        connection.request("GET", "/healthz", body=b"x" * 200_000)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
    connection.close()
