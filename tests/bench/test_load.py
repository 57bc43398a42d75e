"""What wrk is told to send, and what its answer means."""

import shutil
from pathlib import Path

import pytest
from bench.load import Failed, Request, Run, require_wrk, write_requests
from tests.bench.answering import Asked, answering

from bench import load

needs_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
READ = Request("GET", "/v1/users/me?include=organizations", "Authorization: Bearer a:b c")
WRITE = Request("POST", "/v1/sessions", "Accept: application/json", '{"login":\t"é", "password": "x"}')


def test_requests_are_lines_of_four_parts_between_tabs(tmp_path: Path):
    path = write_requests(tmp_path / "P1", [READ, Request("POST", "/v1/sessions", "Accept: x", '{"a": 1}')])
    assert path.read_text("utf-8").splitlines() == [
        "GET\t/v1/users/me?include=organizations\tAuthorization: Bearer a:b c\t",
        'POST\t/v1/sessions\tAccept: x\t{"a": 1}',
    ]


@needs_wrk
def test_wrk_sends_what_is_in_the_file_and_counts_the_answers(tmp_path: Path):
    requests = write_requests(tmp_path / "both", [READ, WRITE])
    with answering("Freehold", {"/v1/users/me": 1, "/v1/sessions": 2}) as ours:
        counted = load.run(ours.contestant.url, requests, seconds=1, connections=1, seed=1)
    assert set(ours.asked) == {
        Asked(READ.method, READ.path, "Bearer a:b c", None, ""),
        Asked(WRITE.method, WRITE.path, None, "application/json", WRITE.body),
    }
    # What was in flight when it stopped is not counted.
    assert len(ours.asked) - 1 <= counted.requests <= len(ours.asked)
    assert 0 < counted.p50_us <= counted.p99_us


@needs_wrk
def test_refused_request_is_a_failure_that_names_the_server(tmp_path: Path):
    requests = write_requests(tmp_path / "one", [READ])
    with (
        answering("Freehold", {"/v1/users/me": 1}, status=500) as ours,
        pytest.raises(Failed, match="refused") as error,
    ):
        load.run(ours.contestant.url, requests, seconds=1, connections=1, seed=1)
    assert ours.contestant.url in str(error.value)


@needs_wrk
def test_server_that_is_not_there_is_a_failure(tmp_path: Path):
    requests = write_requests(tmp_path / "one", [READ])
    with answering("Freehold", {}) as ours:
        pass
    with pytest.raises(Failed):
        load.run(ours.contestant.url, requests, seconds=1, connections=1, seed=1)


def test_requests_per_second_are_of_the_time_that_passed():
    assert Run(requests=300, microseconds=1_500_000, refused=0, broken=0, p50_us=1, p99_us=2).per_second == 200


def test_missing_wrk_is_told_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="apt-get install wrk"):
        require_wrk()
