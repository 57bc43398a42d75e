"""A short soak: what it measures is there, and what it writes is read."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.faults.ledger import Ledger
from tests.soak import __main__ as soak
from tests.soak.drawing import draw
from tests.soak.measuring import Interval


def intervals(*memory: float, failed: int = 0) -> list[Interval]:
    return [
        Interval(
            ends_at_seconds=60.0 * number,
            memory_mib=mib,
            descriptors=40,
            connections=10,
            requests=1000,
            failed=failed,
            median_ms=5,
            p99_ms=20,
        )
        for number, mib in enumerate(memory, 1)
    ]


def test_chart_is_an_image_with_a_line_for_each_measure() -> None:
    chart = ET.fromstring(draw(intervals(100, 110, 105), "3 minutes"))  # noqa: S314 - our own
    lines = [each for each in chart.iter() if each.tag.endswith("polyline")]
    assert len(lines) == 6
    assert all(len(each.attrib["points"].split()) == 3 for each in lines)


def test_what_grows_or_fails_is_said() -> None:
    assert soak.troubles(intervals(100, 120, 101), Ledger()) == []
    assert soak.troubles(intervals(100, 150, 200), Ledger()) == ["memory has grown by 100.0 MiB"]
    assert soak.troubles(intervals(100, 100, 100, failed=2), Ledger(lost=1)) == [
        "6 requests failed",
        "1 writes are lost, 0 doubled",
    ]


def test_figures_replace_those_before(tmp_path: Path) -> None:
    page, svg = tmp_path / "page.md", tmp_path / "soak.svg"
    page.write_text(f"before\n{soak.BEGIN}\nearlier\n{soak.END}\nafter\n")
    soak.write(soak.report(intervals(100, 100, 100), Ledger()), "<svg/>", page, svg)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "earlier" not in text
    assert "3,000 requests, 0 failed" in text


@pytest.mark.long
async def test_a_server_holds_no_more_after_a_minute_than_before() -> None:
    found, ledger = await soak.soak(1)
    assert soak.troubles(found, ledger) == []
    assert all(each.memory_mib and each.descriptors and each.connections and each.requests for each in found)
