"""Every wait for something outside of Freehold has a bound, which the documentation names."""

import re
from pathlib import Path

from tests.contract.waits import waits

PAGE = Path(__file__).parents[2] / "docs/explanation/reliability.md"


def named() -> set[str]:
    """The places of the table."""
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    return {place for row in rows for place in re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)*)`", row.rsplit("|", 2)[1])}


def test_every_wait_is_in_the_table_of_bounds():
    places = named()
    unbounded = [
        f"{place} waits for {what}"
        for place, what in waits()
        if not any(place == name or place.startswith(f"{name}.") for name in places)
    ]
    assert not unbounded, f"bound it, and say how in {PAGE.name}"


def test_table_of_bounds_names_no_place_that_does_not_wait():
    found = {place for place, _ in waits()}
    assert [name for name in sorted(named()) if not any(f"{place}.".startswith(f"{name}.") for place in found)] == []
