"""Draws small charts as SVG on the server: no script and no inline style, and every number as text."""

from collections.abc import Sequence
from typing import Final, NamedTuple

WIDTH: Final = 640
HEIGHT: Final = 100
_GAP: Final = 0.25
_SEEN: Final = 2.0
"""A number above 0 is drawn at least this high, so that it is seen beside a large one."""


class Bar(NamedTuple):
    """A number, and what it is of."""

    name: str
    number: int


class Shape(NamedTuple):
    """Where a bar is drawn."""

    x: float
    y: float
    width: float
    height: float


class Columns(NamedTuple):
    """Bars that stand side by side, for a number that changes with time."""

    title: str
    bars: Sequence[Bar]
    shapes: Sequence[Shape]


class Rows(NamedTuple):
    """Bars that lie under each other, each with its name and number, for kinds."""

    title: str
    bars: Sequence[Bar]
    lengths: Sequence[float]


def columns(title: str, bars: Sequence[Bar]) -> Columns:
    """Draw bars of which the largest takes the whole height."""
    step = WIDTH / max(1, len(bars))
    heights = _scaled(bars, HEIGHT)
    shapes = [
        Shape(round(n * step, 1), round(HEIGHT - height, 1), round(step * (1 - _GAP), 1), height)
        for n, height in enumerate(heights)
    ]
    return Columns(title, bars, shapes)


def rows(title: str, bars: Sequence[Bar]) -> Rows:
    """Draw bars of which the largest takes the whole width."""
    return Rows(title, bars, _scaled(bars, WIDTH))


def _scaled(bars: Sequence[Bar], size: int) -> list[float]:
    most = max((bar.number for bar in bars), default=0) or 1
    return [round(max(size * bar.number / most, _SEEN), 1) if bar.number else 0.0 for bar in bars]
