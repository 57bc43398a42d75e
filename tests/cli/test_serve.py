"""`freehold serve` from start to end."""

import asyncio
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from freehold.postgres.layout import Layout
from freehold.postgres.postmaster import live_postmaster
from tests.waiting import eventually

from .conftest import Freehold
from .processes import Served, call, postgres_runs

Serve = Callable[..., Served]
ADA = {"username": "ada", "email": "ada@example.com", "password": "Lovelace1"}
NOBODY = (65534, 65534)
AS_NOBODY = ("setpriv", f"--reuid={NOBODY[0]}", f"--regid={NOBODY[1]}", "--clear-groups", "--")


def test_new_directory_becomes_a_platform_with_hints_what_to_do(serve: Serve, tmp_path: Path) -> None:
    served = serve("--data-dir", tmp_path / "new")
    assert call(f"{served.url}/v1/users", ADA)["username"] == "ada"
    assert f"is ready.\n\n  Console        {served.url}/\n" in served.banner
    assert f"API            {served.url}/v1\n" in served.banner
    assert f"Documentation  {served.url}/docs\n" in served.banner
    assert "freehold db psql" in served.banner
    assert f"users create admin --email you@example.com --admin --data-dir {tmp_path / 'new'}" in served.banner
    assert served.finish(signal.SIGTERM) == (0, "")
    assert not postgres_runs(tmp_path / "new")


def test_banner_tells_where_the_metrics_are_and_their_port_is_refused_when_it_is_taken(
    serve: Serve, freehold: Freehold, database_url: str
) -> None:
    served = serve("--metrics-port", "0", FREEHOLD_DATABASE_URL=database_url)
    assert served.url
    (address,) = [line.split()[1] for line in served.banner.splitlines() if line.startswith("  Metrics ")]
    assert "freehold_process_starts_total 2" in httpx.get(address).text
    taken = urlsplit(address).port
    refused = freehold("serve", "--port", "0", "--metrics-port", str(taken))
    assert refused.returncode == 1
    assert refused.stderr == (
        f"freehold: Port {taken} on 127.0.0.1 is in use: stop the program that uses it, or choose another with "
        "--metrics-port\n"
    )
    assert served.finish(signal.SIGTERM) == (0, "")


def test_traces_without_their_packages_are_refused_in_a_line(freehold: Freehold, tmp_path: Path) -> None:
    (tmp_path / "opentelemetry.py").write_text("raise ImportError")  # found first, and it has no exporter
    refused = freehold("serve", "--port", "0", "--trace-ratio", "0.5", PYTHONPATH=str(tmp_path))
    assert refused.returncode == 1
    assert "pip install 'freehold[otel]'" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_data_survives_a_restart(serve: Serve, data_dir: Path) -> None:
    first = serve("--data-dir", data_dir)
    call(f"{first.url}/v1/users", ADA)
    assert first.finish(signal.SIGTERM)[0] == 0
    second = serve("--data-dir", data_dir)
    signed_in = call(f"{second.url}/v1/sessions", {"login": "ada", "password": ADA["password"]})
    assert signed_in["user"]["username"] == "ada"


def test_command_of_the_banner_makes_the_first_administrator(serve: Serve, freehold: Freehold, data_dir: Path) -> None:
    served = serve("--data-dir", data_dir)
    assert served.url
    command = next(line for line in served.banner.splitlines() if " users create " in line)
    arguments = command[command.index("users create") :].split()
    made = freehold(*arguments, "--password-stdin", stdin="Lovelace1\n", FREEHOLD_DATABASE_URL="")
    assert (made.returncode, made.stderr) == (0, "")
    served.finish(signal.SIGTERM)
    again = serve("--data-dir", data_dir)
    assert again.url
    assert "no administrator" not in again.banner


def test_link_of_the_banner_leads_the_first_visitor_to_an_administrator(serve: Serve, data_dir: Path) -> None:
    served = serve("--data-dir", data_dir)
    url = served.url
    link = next(line.strip() for line in served.banner.splitlines() if "/first-steps?token=" in line)
    with httpx.Client(headers={"Origin": url}) as browser:
        assert "Create administrator" in browser.get(link).text
        token = link.partition("token=")[2]
        form = {"username": "admin", "email": "you@example.com", "password": "Lovelace1", "token": token}
        made = browser.post(link.partition("?")[0], data=form)
        assert (made.status_code, made.headers["location"]) == (303, "/organizations/new?done=administrator")
        assert browser.get(link).status_code == 404
    served.finish(signal.SIGTERM)
    again = serve("--data-dir", data_dir)
    assert again.url
    assert "first-steps" not in again.banner


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_stopping_leaves_no_process_behind(serve: Serve, data_dir: Path, stop: signal.Signals) -> None:
    served = serve("--data-dir", data_dir)
    call(f"{served.url}/v1/users", ADA)
    assert len(served.processes()) > 2
    assert (served.interrupt() if stop is signal.SIGINT else served.finish(stop)) == (0, "")
    assert served.processes() == []
    assert not postgres_runs(data_dir)


@pytest.fixture
def python_as_nobody() -> tuple[str, ...]:
    """A Python that an ordinary user can run, with our modules: ours, or the system's where ours is root's alone."""
    runs_itself = "import freehold, subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        command = [*AS_NOBODY, "env", f"PYTHONPATH={os.pathsep.join(sys.path)}", python]
        if subprocess.run([*command, "-c", runs_itself], capture_output=True, check=False).returncode == 0:
            return tuple(command)
    pytest.skip("neither this Python nor the system's can be run by other users")


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="freehold-test-"))  # beside pytest's own, which are closed to others
    os.chown(folder, *NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes other users")
def test_ordinary_user_serves_and_leaves_no_process_behind(
    nobodys_folder: Path, serve: Serve, python_as_nobody: tuple[str, ...]
) -> None:
    served = serve("--data-dir", nobodys_folder / "data", python=python_as_nobody)
    assert call(f"{served.url}/v1/users", ADA)["username"] == "ada"
    assert len(served.processes()) > 2
    assert served.interrupt() == (0, "")
    assert served.processes() == []
    assert not postgres_runs(nobodys_folder / "data")
    assert (nobodys_folder / "data").stat().st_uid == NOBODY[0]


def test_request_in_flight_is_answered_before_the_end(serve: Serve, data_dir: Path) -> None:
    served = serve("--data-dir", data_dir)
    address = urlsplit(served.url)
    body = json.dumps(ADA).encode()
    head = (
        f"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(head.encode() + body[:10])
        assert call(f"{served.url}/healthz") == {"status": "ok"}  # by now the server reads the half request
        served.popen.send_signal(signal.SIGTERM)
        assert eventually(lambda: not accepts(address.hostname or "", address.port or 0))
        connection.sendall(body[10:])
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["username"]) == (201, "ada")
    assert served.finish() == (0, "")


def test_requests_that_a_stop_cuts_off_are_told_by_the_exit_status(serve: Serve, data_dir: Path) -> None:
    served = serve("--data-dir", data_dir)
    address = urlsplit(served.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(b"POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        assert call(f"{served.url}/healthz") == {"status": "ok"}
        status, complaint = served.finish(signal.SIGTERM)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["code"]) == (503, "unavailable")
    assert (status, complaint) == (3, "freehold: The server stopped; requests that were cut off: 1\n")
    assert not postgres_runs(data_dir)


def test_killed_postgresql_is_revived_and_readiness_tells(serve: Serve, data_dir: Path) -> None:
    served = serve("--data-dir", data_dir)
    call(f"{served.url}/v1/users", ADA)
    config = Layout(data_dir).cluster / "postgresql.conf"
    good = config.read_bytes()
    config.write_bytes(good + b"\nno_such_setting = 1\n")  # so that it stays down until we say
    postmaster = live_postmaster(Layout(data_dir))
    assert postmaster is not None
    os.kill(postmaster.pid, signal.SIGKILL)
    eventually(lambda: httpx.get(f"{served.url}/readyz", timeout=60).status_code == 503)
    config.write_bytes(good)
    eventually(lambda: httpx.get(f"{served.url}/readyz", timeout=60).status_code == 200)
    signed_in = call(f"{served.url}/v1/sessions", {"login": "ada", "password": ADA["password"]})
    assert signed_in["user"]["username"] == "ada"
    status, log = served.finish(signal.SIGTERM)
    assert status == 0
    assert log.count("has ended unasked") == log.count("runs again, after") == 1


def accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def test_second_server_on_a_directory_is_refused(serve: Serve, data_dir: Path) -> None:
    first = serve("--data-dir", data_dir)
    assert first.url
    status, complaint = serve("--data-dir", data_dir).finish()
    assert status == 1
    assert complaint == (
        f"freehold: {data_dir} is in use by process {first.popen.pid}: stop that one first, or name another "
        "directory with --data-dir.\n"
    )
    assert call(f"{first.url}/healthz") == {"status": "ok"}


def test_port_in_use_is_told_before_anything_starts(serve: Serve, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, complaint = serve("--data-dir", tmp_path / "never", port=port).finish()
    assert status == 1
    assert complaint == (
        f"freehold: Port {port} on 127.0.0.1 is in use: stop the program that uses it, or choose another with --port\n"
    )
    assert not (tmp_path / "never").exists()


def test_killed_server_starts_again(serve: Serve, data_dir: Path) -> None:
    first = serve("--data-dir", data_dir)
    call(f"{first.url}/v1/users", ADA)
    first.popen.kill()
    assert eventually(lambda: not first.processes())
    second = serve("--data-dir", data_dir)
    assert call(f"{second.url}/v1/sessions", {"login": "ada", "password": ADA["password"]})["user"]["username"] == "ada"


def test_own_database_is_served(serve: Serve, database_url: str) -> None:
    served = serve(FREEHOLD_DATABASE_URL=database_url)
    assert call(f"{served.url}/v1/users", ADA)["username"] == "ada"
    assert "Database       your own, from FREEHOLD_DATABASE_URL\n" in served.banner
    assert "(with the same FREEHOLD_DATABASE_URL)" in served.banner
    assert served.finish(signal.SIGTERM) == (0, "")
    assert asyncio.run(usernames(database_url)) == ["ada"]


async def usernames(database_url: str) -> list[str]:
    connection = await asyncpg.connect(database_url)
    try:
        return [row["username"] for row in await connection.fetch("SELECT username FROM users")]
    finally:
        await connection.close()


@pytest.mark.parametrize("source", ["--database-url", "FREEHOLD_DATABASE_URL"])
def test_own_database_without_the_schema_is_refused(serve: Serve, empty_database_url: str, source: str) -> None:
    given = {"FREEHOLD_DATABASE_URL": empty_database_url}
    served = serve(source, empty_database_url) if source.startswith("--") else serve(**given)
    status, complaint = served.finish()
    assert status == 1
    assert complaint.startswith("freehold: The database lacks ")
    assert f"run 'freehold migrate apply', then start again (the command needs the same {source})\n" in complaint
    assert empty_database_url not in complaint


def test_unreachable_own_database_is_a_line_without_the_password(serve: Serve) -> None:
    status, complaint = serve(FREEHOLD_DATABASE_URL="postgresql://u:geheim@127.0.0.1:1/x").finish()
    assert (status, complaint.count("\n")) == (1, 1)
    assert complaint.startswith("freehold: Cannot connect to database x on 127.0.0.1, port 1: ")
    assert "geheim" not in complaint


def test_termination_while_starting_ends_cleanly(serve: Serve, tmp_path: Path) -> None:
    data_dir = tmp_path / "new"
    served = serve("--data-dir", data_dir)
    assert eventually((Layout(data_dir).run / "owner.lock").exists)
    status, complaint = served.finish(signal.SIGTERM)
    assert (status, complaint) == (143, "")
    assert eventually(lambda: served.processes() == [])


def test_audit_log_streams_to_standard_output_of_the_running_command(serve: Serve, database_url: str) -> None:
    served = serve(FREEHOLD_DATABASE_URL=database_url, FREEHOLD_AUDIT_STREAM="stdout", FREEHOLD_RATE_LIMITS="off")
    made = call(f"{served.url}/v1/users", ADA)
    signed_in = call(f"{served.url}/v1/sessions", {"login": "ada", "password": ADA["password"]})
    token = {"Authorization": f"Bearer {signed_in['token']}"}
    organization = httpx.post(f"{served.url}/v1/organizations", json={"name": "Acme"}, headers=token).json()
    assert served.popen.stdout is not None
    events: dict[str, dict[str, object]] = {}
    while "organization.create" not in events:  # until the deadline of all tests
        line = served.popen.stdout.readline()
        assert line, served.finish()
        assert line.startswith("{"), repr(line)  # nothing else stands between
        event = json.loads(line)
        events[event["action"]] = event
    assert events["user.create"]["target_id"] == made["id"]
    assert events["organization.create"]["organization_id"] == organization["id"]
    status, beside = served.finish(signal.SIGTERM)
    assert status == 0
    assert beside.startswith("Mail to ada@example.com waits")
