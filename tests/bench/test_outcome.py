"""A part that fails does not cost what the others have found out."""

import pytest
from bench.figures import Figure
from bench.load import Failed
from bench.outcome import Outcome
from bench.processes import DidNotStart

FIGURE = Figure(target="P3", work="create", against="pgbench", values=[0.5])


def failing(error: Exception) -> list[Figure]:
    raise error


@pytest.mark.parametrize("kind", [Failed, DidNotStart])
def test_part_that_fails_is_named_and_the_others_go_on(kind: type[Exception], capsys: pytest.CaptureFixture[str]):
    outcome = Outcome()
    outcome.add("P1", lambda: failing(kind("Django answers differently:\n  {}\nexpected:\n  {'id': 1}")))
    outcome.add("P3", lambda: [FIGURE])
    assert outcome.figures == [FIGURE]
    assert outcome.absent == {"P1": "Django answers differently"}
    assert "expected:\n  {'id': 1}" in capsys.readouterr().out


def test_mistake_in_the_bench_itself_is_no_absence():
    with pytest.raises(ZeroDivisionError):
        Outcome().add("P1", lambda: failing(ZeroDivisionError()))
