"""Counts that several processes share: each adds in a place of its own, and a reader adds the places up.

The counts lie in memory that a process gives to those it forks, so adding takes no lock and no system call, and what a
process has counted outlives it: the one that takes its place goes on from there. Which series there are is known from
the start, so all processes agree on where each lies.
"""

import mmap
from bisect import bisect_left
from collections.abc import Hashable, Iterator, Mapping
from typing import Final, Literal

import msgspec

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bounds for durations: from a lookup by index to the longest that anybody waits."""

_DOUBLE_BYTES: Final = 8


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """A metric and its series.

    Attributes:
        series: the values of ``labels`` of each series, by the key that it is counted under.
        bounds: the upper bounds of a histogram's buckets; the last bucket, without a bound, goes without saying.
        is_sparse: series that are still 0 are not shown, since there are many and most are never used.
        whole: how the places of several processes make one value: their sum, or the largest of them.
    """

    name: str
    help: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...] = ()
    series: Mapping[Hashable, tuple[str, ...]] = msgspec.field(default_factory=lambda: {None: ()})
    bounds: tuple[float, ...] = ()
    is_sparse: bool = False
    whole: Literal["sum", "max"] = "sum"

    @property
    def width(self) -> int:
        """How many numbers a series takes: a histogram's buckets and the sum of what was observed, or one."""
        return len(self.bounds) + 2 if self.kind == "histogram" else 1


class Place:
    """Where one process counts."""

    __slots__ = ("_numbers", "_offsets")

    def __init__(self, numbers: "memoryview[float]", offsets: Mapping[str, Mapping[Hashable, int]]) -> None:
        self._numbers = numbers
        self._offsets = offsets

    def counter(self, family: Family) -> "Counter":
        """Return what adds to a counter or a gauge."""
        return Counter(self._numbers, self._offsets[family.name])

    def histogram(self, family: Family) -> "Histogram":
        """Return what adds to a histogram."""
        return Histogram(self._numbers, self._offsets[family.name], family.bounds)


class SharedMetrics:
    """The counts of some families in all processes."""

    def __init__(self, families: tuple[Family, ...], *, processes: int = 1) -> None:
        self.families: Final = families
        self._offsets: dict[str, dict[Hashable, int]] = {}
        end = 0
        for family in families:
            self._offsets[family.name] = {key: end + n * family.width for n, key in enumerate(family.series)}
            end += len(family.series) * family.width
        self._width = end
        # Anonymous and shared: children see the same bytes, and nothing is left behind, however the processes end.
        self._numbers = memoryview(mmap.mmap(-1, max(1, processes * end) * _DOUBLE_BYTES)).cast("d")

    def place(self, index: int = 0) -> Place:
        """Take the place of a process. Counts go on from where the one before stopped; gauges begin anew."""
        numbers = self._numbers[index * self._width : (index + 1) * self._width]
        for family in self.families:
            if family.kind == "gauge":
                for offset in self._offsets[family.name].values():
                    numbers[offset] = 0.0
        return Place(numbers, self._offsets)

    def read(self, family: Family) -> Iterator[tuple[tuple[str, ...], list[float]]]:
        """Give the labels and the numbers of each series, of all processes together."""
        start = next(iter(self._offsets[family.name].values()))
        size = len(family.series) * family.width
        places = range(start, len(self._numbers), self._width)
        numbers = zip(*(self._numbers[place : place + size] for place in places), strict=True)
        wholes = list(map(max if family.whole == "max" else sum, numbers))
        for index, labels in enumerate(family.series.values()):
            yield labels, wholes[index * family.width : (index + 1) * family.width]


class Counter:
    """Adds to the series of a counter or a gauge. A key that has no series counts nowhere."""

    __slots__ = ("_numbers", "_offsets")

    def __init__(self, numbers: "memoryview[float]", offsets: Mapping[Hashable, int]) -> None:
        self._numbers = numbers
        self._offsets = offsets

    def add(self, amount: float = 1.0, key: Hashable = None) -> None:
        """Add to a series; a gauge may also be made smaller."""
        offset = self._offsets.get(key)
        if offset is not None:
            self._numbers[offset] += amount

    def set(self, value: float, key: Hashable = None) -> None:
        """Set a gauge."""
        self._numbers[self._offsets[key]] = value


class Histogram:
    """Adds to the series of a histogram. A key that has no series counts nowhere."""

    __slots__ = ("_bounds", "_numbers", "_offsets", "_sum")

    def __init__(
        self, numbers: "memoryview[float]", offsets: Mapping[Hashable, int], bounds: tuple[float, ...]
    ) -> None:
        self._numbers = numbers
        self._offsets = offsets
        self._bounds = bounds
        self._sum = len(bounds) + 1

    def observe(self, value: float, key: Hashable = None) -> bool:
        """Count a value in its bucket, and say whether the key has a series."""
        offset = self._offsets.get(key)
        if offset is None:
            return False
        self._numbers[offset + bisect_left(self._bounds, value)] += 1.0
        self._numbers[offset + self._sum] += value
        return True
