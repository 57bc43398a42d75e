"""Ids: of version 7, of their time, and in the order of their making."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from freehold.base.ids import first_id, new_id


def test_many_made_at_once_are_different_and_in_order() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_an_id_tells_its_version_and_time() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert first_id(before) < made < first_id(datetime.now(UTC) + timedelta(milliseconds=100))


@pytest.mark.parametrize(("back_ms", "follows"), [(1, True), (49, True), (60, False), (3_600_000, False)])
def test_a_clock_set_back_a_little_does_not_change_the_order(
    monkeypatch: pytest.MonkeyPatch, back_ms: int, *, follows: bool
) -> None:
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    first = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: now - back_ms * 1_000_000)
    assert (new_id() > first) is follows
