"""`make soak`: half an hour of load on a real server, and whether it holds more at the end than at the beginning.

MINUTES=5 is shorter. The chart goes to docs/images/soak.svg, the figures into docs/explanation/reliability.md.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

from tests.faults.ledger import Ledger
from tests.faults.report import PAGE
from tests.faults.site import Site
from tests.soak.drawing import draw
from tests.soak.measuring import Interval, Watched, measure

from freehold.base.version import VERSION

MINUTES: Final = 30.0
INTERVALS: Final = 30
"""How many there are at least; none is longer than a minute."""
WARM_UP_SECONDS: Final = 10.0
MORE_MEMORY_MIB: Final = 24.0
MORE_DESCRIPTORS: Final = 16
SVG: Final = PAGE.parents[1] / "images/soak.svg"
BEGIN: Final = "<!-- figures of make soak: begin -->"
END: Final = "<!-- figures of make soak: end -->"

Measure = Callable[[Interval], float]


async def soak(minutes: float) -> tuple[list[Interval], Ledger]:
    """Load a server for so long."""
    ledger = Ledger()
    async with Site.open("direct") as site:
        load = site.load_of(Watched, ledger)
        async with load.running():
            await asyncio.sleep(WARM_UP_SECONDS)
            found = await measure(site, load, 60 * minutes, min(60.0, 60 * minutes / INTERVALS))
        await site.settle(load, ledger)
    return found, ledger


def grown(found: Sequence[Interval], of: Measure) -> float:
    """Say by how much the last third of a run is above its first third."""
    third = max(1, len(found) // 3)
    return median(map(of, found[-third:])) - median(map(of, found[:third]))


def troubles(found: Sequence[Interval], ledger: Ledger) -> list[str]:
    """Say what is not as it should be."""
    failed = sum(each.failed for each in found)
    more_memory, more_descriptors = grown(found, _memory), grown(found, _descriptors)
    said = {
        f"{failed} requests failed": failed,
        f"{ledger.lost} writes are lost, {ledger.doubled} doubled": ledger.lost + ledger.doubled + ledger.untrue,
        f"memory has grown by {more_memory:.1f} MiB": more_memory > MORE_MEMORY_MIB,
        f"there are {more_descriptors:.0f} more descriptors": more_descriptors > MORE_DESCRIPTORS,
    }
    return [*(text for text, is_wrong in said.items() if is_wrong), *ledger.broken[:10]]


def _memory(each: Interval) -> float:
    return each.memory_mib


def _descriptors(each: Interval) -> float:
    return each.descriptors


def report(found: Sequence[Interval], ledger: Ledger) -> str:
    """Put the figures into words."""
    minutes = found[-1].ends_at_seconds / 60
    requests = sum(each.requests for each in found)
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with Freehold {VERSION}, two workers and nine clients, over "
        f"{minutes:.0f} minutes: {requests:,} requests, {sum(each.failed for each in found)} failed; "
        f"{ledger.acknowledged:,} acknowledged writes, {ledger.lost} lost, {ledger.doubled + ledger.untrue} doubled. "
        f"From the first third to the last, memory went from {_first(found, _memory):.0f} MiB by "
        f"{grown(found, _memory):+.0f} MiB and descriptors from {_first(found, _descriptors):.0f} by "
        f"{grown(found, _descriptors):+.0f}; there were at most {max(each.connections for each in found)} connections "
        f"to the database. The median answer took {median(each.median_ms for each in found):.0f} ms, the 99th "
        f"percentile {median(each.p99_ms for each in found):.0f} ms."
    )


def _first(found: Sequence[Interval], of: Measure) -> float:
    return median(map(of, found[: max(1, len(found) // 3)]))


def write(text: str, chart: str, page: Path = PAGE, svg: Path = SVG) -> None:
    """Replace the chart, and what stands between the markers of the page."""
    svg.write_text(chart, "utf-8")
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


def main() -> int:
    logging.basicConfig(level=logging.ERROR)
    minutes = float(os.environ.get("MINUTES", MINUTES))
    found, ledger = asyncio.run(soak(minutes))
    text = report(found, ledger)
    write(text, draw(found, f"{minutes:.0f} minutes under load"))
    wrong = troubles(found, ledger)
    sys.stdout.write(f"{text}\n" + "".join(f"  {each}\n" for each in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
