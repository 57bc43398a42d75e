"""What is measured: one figure for each thing that a target is set for, from this bench and from other scripts alike.

A script beside this one takes part by writing a list of figures as JSON to ``bench/figures/NAME.json``::

    [{"target": "P5", "work": "import 1M users", "against": "raw COPY", "values": [0.45, 0.47], "at_least": 0.4}]
"""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

FOLDER = Path(__file__).with_name("figures")


class Figure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A measured value in each round, and what it should be.

    ``values`` are ratios of the two that ran beside each other, unless ``unit`` says otherwise.
    """

    target: str
    work: str
    against: str
    values: Annotated[list[float], msgspec.Meta(min_length=1)]
    at_least: float | None = None
    at_most: float | None = None
    unit: Literal["x", "s", "MB", "KB"] = "x"

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def wanted(self) -> str:
        """The target in words."""
        if self.at_least is not None:
            return f"at least {_spelled(self.at_least, self.unit)}"
        return f"at most {_spelled(self.at_most, self.unit)}" if self.at_most is not None else "-"

    @property
    def measured(self) -> str:
        """The median, and from where to where the rounds went."""
        middle = _spelled(self.median, self.unit)
        if len(self.values) == 1:
            return middle
        return f"{middle} ({_rounded(min(self.values))} to {_rounded(max(self.values))})"

    @property
    def verdict(self) -> str:
        """Whether the target is met."""
        if self.at_least is None and self.at_most is None:
            return ""
        low = self.at_least is not None and self.median < self.at_least
        high = self.at_most is not None and self.median > self.at_most
        return "missed" if low or high else "met"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Compare what ran beside each other, round by round."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def from_other_scripts(folder: Path = FOLDER) -> list[Figure]:
    """Read what other scripts have measured.

    Raises:
        SystemExit: a file is not as it should be; says which and what.
    """
    found: list[Figure] = []
    for path in sorted(folder.glob("*.json")):
        try:
            found += msgspec.json.decode(path.read_bytes(), type=list[Figure])
        except msgspec.DecodeError as error:
            raise SystemExit(f"{path} is no list of figures: {error}") from None
    return found


def _spelled(value: float, unit: str) -> str:
    return f"{_rounded(value)} {unit}"


def _rounded(value: float) -> str:
    """Give three digits that count, without an exponent."""
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"
