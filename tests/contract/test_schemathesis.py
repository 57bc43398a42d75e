"""The real server keeps to its OpenAPI document, whatever schemathesis makes of it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.cli.processes import Served

SEED = "20"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
"""Tells that 412 is what a valid If-Match of another version is answered with (RFC 9110); there is no hook of ours."""
PASSWORD = "Byron1815"
"""Not that of the document's examples, which would be changed."""
ENDS_THE_SESSION = "delete_session"
"""It is asked with a session of its own: afterwards nobody is signed in."""


@pytest.fixture
def url(database_url: str, tmp_path: Path) -> Iterator[str]:
    settings = {"FREEHOLD_DATABASE_URL": database_url, "FREEHOLD_RATE_LIMITS": "off"}
    served = Served("--data-dir", tmp_path, python=(sys.executable,), port=0, environment=settings)
    try:
        yield served.url
    finally:
        served.kill()


def signed_in(url: str) -> str:
    """The token of somebody whose account cannot be removed, since they own an organization."""
    with httpx.Client(base_url=url, timeout=30) as client:
        new = {"username": "tester", "email": "tester@example.com", "password": PASSWORD}
        if client.post("/v1/users", json=new).status_code == 201:
            token = client.post("/v1/sessions", json={"login": "tester", "password": PASSWORD}).json()["token"]
            made = client.post("/v1/organizations", json={"name": "K"}, headers={"Authorization": f"Bearer {token}"})
            assert made.status_code == 201
        again = client.post("/v1/sessions", json={"login": "tester@example.com", "password": PASSWORD})
        assert again.status_code == 201, again.text
        return str(again.json()["token"])


def run(url: str, *arguments: str, cwd: Path) -> None:
    """Run schemathesis with all its checks; it fails with the report of what it has found."""
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIGURATION, "run", f"{url}/openapi.json"),
            *("--checks", "all"),
            *("-H", f"Authorization: Bearer {signed_in(url)}", "--seed", SEED, "--no-color", "--continue-on-failure"),
            *("--generation-database", "none", *arguments),
        ],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-20_000:] + finished.stderr[-2_000:]
    # What nobody signed in says is not much; these ask for a login and password in their body, which are wrong.
    warned = re.search(r"401 Unauthorized \(.*\):\n((?: *- .*\n)*)", finished.stdout.partition("WARNINGS")[2])
    refused = set(warned[1].replace("- ", "").split("\n")) if warned else set()
    assert {each.strip() for each in refused} <= {"", "POST /v1/sessions", "POST /v1/email-corrections"}


def test_every_operation_keeps_to_the_document(url: str, tmp_path: Path) -> None:
    # First, since the other operations guess passwords, and signing in then has to wait.
    run(url, "--phases", "examples,fuzzing", "-n", "3", "--include-operation-id", ENDS_THE_SESSION, cwd=tmp_path)
    run(url, "--phases", "examples,fuzzing", "-n", "3", "--exclude-operation-id", ENDS_THE_SESSION, cwd=tmp_path)


@pytest.mark.long
def test_many_requests_and_sequences_of_them_keep_to_the_document(url: str, tmp_path: Path) -> None:
    phases = "examples,coverage,fuzzing,stateful"
    run(url, "--phases", phases, "-n", "60", "--exclude-operation-id", ENDS_THE_SESSION, cwd=tmp_path)
