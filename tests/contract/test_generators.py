"""Clients that others generate from the document compile and work, and linters and a validating proxy accept it.

The programs and their versions are pinned in ``generators/``; they are installed once, under ``.generators``. They read
the document from a server that runs, and what they make talks to that server.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bench.packages import Unreachable, node_with, python_with
from tests.cli.processes import DEADLINE_SECONDS, Served
from tests.contract.journey import Journey

from freehold import Platform

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

HERE = Path(__file__).parent
PINNED = HERE / "generators"
INSTALLED = HERE.parents[1] / ".generators"


@pytest.fixture(scope="module")
def node() -> Path:
    """The folder with the programs that run on Node."""
    try:
        return node_with("generators", peers=HERE, installed=INSTALLED / "node")
    except Unreachable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python with the generators that are written in it, and what their clients import."""
    try:
        return python_with("generators", peers=HERE, installed=INSTALLED / "python")
    except Unreachable as error:
        pytest.skip(str(error))


@pytest.fixture
def url(database_url: str, tmp_path: Path) -> Iterator[str]:
    environment = {"FREEHOLD_DATABASE_URL": database_url, "FREEHOLD_RATE_LIMITS": "off"}
    served = Served("--data-dir", tmp_path / "data", python=(sys.executable,), port=0, environment=environment)
    try:
        yield served.url
    finally:
        served.kill()


@pytest.fixture
def folder(url: str, tmp_path: Path) -> Path:
    """An empty folder with the document that the server gives."""
    made = tmp_path / "client"
    made.mkdir()
    (made / "openapi.json").write_bytes(httpx.get(f"{url}/openapi.json").raise_for_status().content)
    return made


def run(*command: str | Path, cwd: Path) -> str:
    """Run a program; it must succeed. Gives all that it said."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "CI": "1", "NO_COLOR": "1"},
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-8000:]}"
    return done.stdout


def program(node: Path, name: str) -> Path:
    return node / "node_modules" / ".bin" / name


def prepare(folder: Path, node: Path, journey: str) -> None:
    (folder / "node_modules").symlink_to(node / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    shutil.copy(PINNED / "tsconfig.json", folder)
    shutil.copy(PINNED / journey, folder)


def test_openapi_typescript_and_openapi_fetch(node: Path, folder: Path, url: str) -> None:
    prepare(folder, node, "journey.ts")
    run(program(node, "openapi-typescript"), "openapi.json", "--output", "schema.d.ts", cwd=folder)
    run(program(node, "tsc"), "--project", ".", cwd=folder)
    run("node", "built/journey.js", url, cwd=folder)


def test_hey_api(node: Path, folder: Path, url: str) -> None:
    prepare(folder, node, "journey_hey.ts")
    shutil.copy(PINNED / "openapi-ts.config.mjs", folder)
    run(program(node, "openapi-ts"), "--file", "openapi-ts.config.mjs", cwd=folder)
    run(program(node, "tsc"), "--project", ".", cwd=folder)
    run("node", "built/journey_hey.js", url, cwd=folder)


def test_openapi_python_client(python: Path, folder: Path, url: str) -> None:
    (folder / "config.yaml").write_text("package_name_override: freehold_api\npost_hooks: []\n")
    options = ("--config", "config.yaml", "--meta", "none", "--output-path", "freehold_api", "--fail-on-warning")
    run(python.with_name("openapi-python-client"), "generate", "--path", "openapi.json", *options, cwd=folder)
    shutil.copy(PINNED / "journey.py", folder)
    run(python, "-m", "mypy", "--strict", "freehold_api", "journey.py", cwd=folder)
    run(python, "journey.py", url, cwd=folder)


def test_openapi_generator_for_python(python: Path, folder: Path, url: str) -> None:
    if shutil.which("java") is None:
        pytest.skip("openapi-generator runs on Java, which is missing (apt-get install default-jre-headless)")
    options = ("--additional-properties", "packageName=freehold_client")
    generator = python.with_name("openapi-generator-cli")
    run(generator, "generate", "-g", "python", "-i", "openapi.json", "-o", "out", *options, cwd=folder)
    shutil.copy(PINNED / "journey_classes.py", folder / "out")
    run(python, "-W", "error::SyntaxWarning", "-m", "compileall", "-q", "freehold_client", cwd=folder / "out")
    run(python, "journey_classes.py", url, cwd=folder / "out")


def test_redocly_has_nothing_to_say(node: Path, folder: Path) -> None:
    said = run(program(node, "redocly"), "lint", "--format", "json", "openapi.json", cwd=folder)
    found = json.loads(said[said.index("{") : said.rindex("}") + 1])
    assert found["problems"] == []


def test_spectral_has_nothing_to_say(node: Path, folder: Path) -> None:
    shutil.copy(PINNED / "spectral.yaml", folder)
    options = ("--ruleset", "spectral.yaml", "--fail-severity", "hint")
    assert "No results" in run(program(node, "spectral"), "lint", "openapi.json", *options, cwd=folder)


@pytest.fixture
def proxy(node: Path, folder: Path, url: str) -> Iterator[str]:
    """Prism between the caller and the server: what does not fit the document becomes an error of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (folder / "prism.log").open("w")
    prism = subprocess.Popen(
        [str(program(node, "prism")), "proxy", "openapi.json", url, "--errors", "--port", str(port)],
        cwd=folder,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(int(DEADLINE_SECONDS * 10)):
            assert prism.poll() is None, (folder / "prism.log").read_text()
            try:
                httpx.get(f"{address}/healthz", timeout=DEADLINE_SECONDS)
                break
            except httpx.TransportError:
                time.sleep(0.1)  # nothing tells when it listens
        yield address
    finally:
        prism.kill()
        prism.wait()
        log.close()


async def test_prism_lets_every_request_and_answer_of_a_journey_pass(proxy: str, database_url: str) -> None:
    async with (
        Platform.open(database_url) as platform,
        httpx.AsyncClient(base_url=proxy, timeout=DEADLINE_SECONDS) as client,
    ):
        await Journey(client, platform).take()


async def test_prism_refuses_what_does_not_fit(proxy: str) -> None:
    async with httpx.AsyncClient(base_url=proxy, timeout=DEADLINE_SECONDS) as client:
        answer = await client.post("/v1/users", json={"username": "x"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert re.search(r"prism|stoplight", answer.text)


def test_packages_are_pinned_without_addresses() -> None:
    lock = (PINNED / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    versions = json.loads((PINNED / "package.json").read_text("utf-8"))["dependencies"].values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
