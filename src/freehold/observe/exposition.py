"""Writes metrics in the text format that Prometheus scrapes (version 0.0.4)."""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final

from freehold.observe.shared_metrics import Family, SharedMetrics

CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"


def exposition(metrics: Iterable[SharedMetrics]) -> bytes:
    """Write all families with their current values."""
    return "".join(line for shared in metrics for family in shared.families for line in _lines(shared, family)).encode()


def _lines(shared: SharedMetrics, family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n"
    for values, numbers in shared.read(family):
        if family.is_sparse and not any(numbers):
            continue
        labels = [f'{name}="{_escaped(value)}"' for name, value in zip(family.labels, values, strict=True)]
        if family.kind == "histogram":
            *buckets, total = numbers
            counts = list(accumulate(buckets))
            for bound, count in zip([*map(_number, family.bounds), "+Inf"], counts, strict=True):
                yield _line(f"{family.name}_bucket", [*labels, f'le="{bound}"'], count)
            yield _line(f"{family.name}_sum", labels, total)
            yield _line(f"{family.name}_count", labels, counts[-1])
        else:
            yield _line(family.name, labels, numbers[0])


def _line(name: str, labels: list[str], value: float) -> str:
    return f"{name}{{{','.join(labels)}}} {_number(value)}\n" if labels else f"{name} {_number(value)}\n"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
