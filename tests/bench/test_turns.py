"""Contestants take turns."""

import pytest
from bench.contest import Measure, alternate
from bench.load import Failed


def test_contestants_alternate_round_by_round(capsys: pytest.CaptureFixture[str]):
    asked: list[tuple[str, int]] = []

    def contestant(name: str, base: float) -> Measure:
        def measure(number: int) -> float:
            asked.append((name, number))
            return base + number

        return measure

    found = alternate("P1: asking", {name: contestant(name, base) for name, base in (("A", 10), ("B", 20))}, rounds=3)
    assert asked == [("A", 0), ("B", 0), ("A", 1), ("B", 1), ("A", 2), ("B", 2)]
    assert found == {"A": [10.0, 11.0, 12.0], "B": [20.0, 21.0, 22.0]}
    told = capsys.readouterr().out
    assert "P1: asking" in told
    assert "round 3: A 12 /s, B 22 /s" in told


def test_contestant_that_fails_ends_the_contest():
    """Ratios of rounds that only some have run would compare what did not run side by side."""
    rounds: list[int] = []

    def fails(number: int) -> float:
        rounds.append(number)
        raise Failed("no answer")

    with pytest.raises(Failed, match="no answer"):
        alternate("P1", {"A": fails, "B": fails}, rounds=3)
    assert rounds == [0]
