"""`python -m bench`: what is asked for is measured and told; only the whole of it is written down."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench.figures import Figure
from bench.load import Failed
from bench.outcome import Outcome
from bench.processes import DidNotStart
from bench.report import Results
from bench.stage import Effort, Stage

from bench import __main__ as command

Bench = Callable[..., None]


def figure(target: str, against: str = "pgbench") -> Figure:
    return Figure(target=target, work="work", against=against, values=[1.0], at_least=0.5)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Results]:
    """What is written down."""
    results: list[Results] = []
    monkeypatch.setattr("bench.report.keep", results.append)
    return results


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bench:
    """Run the bench with measurements that take no time."""

    @contextmanager
    def staged(effort: Effort) -> Iterator[Stage]:
        yield Stage(effort, "", "", tmp_path)

    def measure(stage: Stage, wanted: set[str], outcome: Outcome) -> None:
        stage.contests["P1"] = {"Freehold": [1.0]}
        outcome.figures += [figure(target) for target in sorted(wanted - {"P5", "P9"})]

    monkeypatch.setattr(command, "staged", staged)
    monkeypatch.setattr(command, "measure", measure)
    monkeypatch.setattr(command, "require_wrk", lambda: None)
    monkeypatch.setattr(command, "heed_signals", lambda: None)
    monkeypatch.setattr(command, "from_other_scripts", lambda: [figure("P5", "COPY"), figure("P1", "a script")])
    monkeypatch.setattr("bench.migrations_cost.measure", lambda *_: [figure("P9", "pg_dump")])

    def run(*arguments: str) -> None:
        monkeypatch.setattr(sys, "argv", ["bench", *arguments])
        command.main()

    return run


def test_whole_run_is_written_down_in_the_order_of_the_targets(bench: Bench, kept: list[Results]):
    bench()
    (results,) = kept
    measured = [(each.target, each.against) for each in results.figures]
    assert [target for target, _ in measured] == ["P1", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10"]
    assert {("P1", "a script"), ("P5", "COPY"), ("P9", "pg_dump")} <= set(measured)
    assert results.contests == {"P1": {"Freehold": [1.0]}}
    assert results.absent == {}


@pytest.mark.parametrize("arguments", [("--quick",), ("--only", "P1,P4")])
def test_quick_or_partial_run_only_tells(
    bench: Bench, kept: list[Results], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
):
    bench(*arguments)
    assert kept == []
    assert "P4" in capsys.readouterr().out


def test_figures_of_other_scripts_are_picked_by_their_target(bench: Bench, capsys: pytest.CaptureFixture[str]):
    bench("--only", "P1,P4")
    told = capsys.readouterr().out
    assert "a script" in told
    assert "COPY" not in told


def test_part_that_fails_at_the_end_costs_nothing_of_the_rest(
    bench: Bench, kept: list[Results], monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: object) -> list[Figure]:
        raise Failed("the migrations' bench failed")

    monkeypatch.setattr("bench.migrations_cost.measure", fails)
    bench()
    (results,) = kept
    assert results.absent == {"P9": "the migrations' bench failed"}
    assert len(results.figures) == 10


def test_server_of_ours_that_does_not_start_ends_the_run_in_its_words(
    bench: Bench, kept: list[Results], monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: object) -> None:
        raise DidNotStart("freehold did not answer:\nno port is free")

    monkeypatch.setattr(command, "measure", fails)
    with pytest.raises(SystemExit, match="no port is free"):
        bench()
    assert kept == []


def test_unknown_target_is_refused_with_those_that_there_are(bench: Bench, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        bench("--only", "P1,P12")
    assert "unknown targets: P12; there are P1, P2" in capsys.readouterr().err


def test_busy_machine_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    for load, busy in ((0.1, False), (1.5, True)):
        monkeypatch.setattr("os.getloadavg", lambda load=load: (load, load, load))
        bench("--only", "P1")
        assert ("The machine is busy" in capsys.readouterr().out) is busy
