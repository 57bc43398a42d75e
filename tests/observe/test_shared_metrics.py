"""Counts that processes share."""

import os

import pytest

from freehold.observe.exposition import exposition
from freehold.observe.shared_metrics import Family, SharedMetrics

SEEN = Family(
    name="seen_total", help="Things.", kind="counter", labels=("kind",), series={"a": ("a",), "b": ('"b"\\\n',)}
)
OPEN = Family(name="open", help="Open things.", kind="gauge")
OLDEST = Family(name="oldest", help="The largest of all.", kind="gauge", whole="max")
TOOK = Family(name="took_seconds", help="Durations.", kind="histogram", bounds=(0.1, 1.0))
RARE = Family(
    name="rare_total", help="Things.", kind="counter", labels=("k",), series={1: ("x",), 2: ("y",)}, is_sparse=True
)


def test_places_are_added_up_and_the_largest_is_told_where_a_sum_means_nothing():
    shared = SharedMetrics((SEEN, OPEN, OLDEST), processes=3)
    for index in range(3):
        place = shared.place(index)
        place.counter(SEEN).add(index + 1, "a")
        place.counter(OPEN).add(2)
        place.counter(OLDEST).set(10 * index)
    assert dict(shared.read(SEEN)) == {("a",): [6.0], ('"b"\\\n',): [0.0]}
    assert dict(shared.read(OPEN)) == {(): [6.0]}
    assert dict(shared.read(OLDEST)) == {(): [20.0]}


def test_child_counts_where_its_parent_reads():
    shared = SharedMetrics((SEEN,), processes=2)
    shared.place(0).counter(SEEN).add(1, "a")
    child = os.fork()
    if child == 0:
        shared.place(1).counter(SEEN).add(41, "a")
        os._exit(0)
    os.waitpid(child, 0)
    assert dict(shared.read(SEEN))["a",] == [42.0]


def test_who_takes_over_a_place_goes_on_counting_and_begins_its_gauges_anew():
    shared = SharedMetrics((SEEN, OPEN))
    dead = shared.place()
    dead.counter(SEEN).add(5, "a")
    dead.counter(OPEN).add(5)
    heir = shared.place()
    heir.counter(SEEN).add(1, "a")
    heir.counter(OPEN).add(1)
    assert dict(shared.read(SEEN))["a",] == [6.0]
    assert dict(shared.read(OPEN)) == {(): [1.0]}


def test_what_has_no_series_counts_nowhere():
    shared = SharedMetrics((SEEN, TOOK))
    shared.place().counter(SEEN).add(1, "c")
    shared.place().histogram(TOOK).observe(1, "c")
    numbers = [each for family in shared.families for _, found in shared.read(family) for each in found]
    assert numbers == [0.0] * 6


@pytest.mark.parametrize(("value", "bucket"), [(0.0, 0), (0.1, 0), (0.100001, 1), (1.0, 1), (7.5, 2)])
def test_value_counts_in_the_first_bucket_whose_bound_it_does_not_pass(value: float, bucket: int):
    shared = SharedMetrics((TOOK,))
    shared.place().histogram(TOOK).observe(value)
    assert dict(shared.read(TOOK)) == {(): [*(float(n == bucket) for n in range(3)), value]}


def test_exposition_is_the_text_that_prometheus_reads():
    shared = SharedMetrics((SEEN, TOOK, RARE))
    place = shared.place()
    place.counter(SEEN).add(1e6, "a")
    for value in (0.05, 0.5, 0.25):
        place.histogram(TOOK).observe(value)
    place.counter(RARE).add(1, 2)
    assert exposition([shared]).decode().splitlines() == [
        "# HELP seen_total Things.",
        "# TYPE seen_total counter",
        'seen_total{kind="a"} 1000000',
        'seen_total{kind="\\"b\\"\\\\\\n"} 0',
        "# HELP took_seconds Durations.",
        "# TYPE took_seconds histogram",
        'took_seconds_bucket{le="0.1"} 1',
        'took_seconds_bucket{le="1"} 3',
        'took_seconds_bucket{le="+Inf"} 3',
        "took_seconds_sum 0.8",
        "took_seconds_count 3",
        "# HELP rare_total Things.",
        "# TYPE rare_total counter",
        'rare_total{k="y"} 1',
    ]
