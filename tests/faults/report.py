"""Writes the figures of a proof into the documentation, between its markers."""

import fcntl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from tests.faults.trying import Figures

from freehold.base.version import VERSION

FOLDER: Final = Path(__file__)
PAGE: Final = FOLDER.parents[2] / "docs/explanation/reliability.md"
KEPT: Final = FOLDER.with_name("figures.json")
BEGIN: Final = "<!-- figures of make proof: begin -->"
END: Final = "<!-- figures of make proof: end -->"
HEAD: Final = """\
| fault | repetitions | acknowledged | lost | doubled | longest outage | answers |
| --- | --: | --: | --: | --: | --: | --- |
"""


def keep(figures: Figures, path: Path = KEPT) -> None:
    """Put figures among those that are kept, in place of older ones of the same fault."""
    with path.open("a+b") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)  # several proofs may run, each of some faults
        opened.seek(0)
        found = {each.fault: each for each in decode(opened.read())}
        found[figures.fault] = figures
        opened.truncate(0)
        opened.write(msgspec.json.format(msgspec.json.encode(list(found.values())), indent=1) + b"\n")


def decode(content: bytes) -> list[Figures]:
    return msgspec.json.decode(content, type=list[Figures]) if content else []


def table(found: Sequence[Figures]) -> str:
    """Lay out the figures as Markdown."""
    return HEAD + "\n".join(map(_line, found))


def _line(each: Figures) -> str:
    if each.skipped:
        return f"| {each.fault} | 0 | | | | | skipped: {each.skipped} |"
    answers = ", ".join(f"{status}: {count}" for status, count in each.statuses.items())
    outage = f"{each.longest_outage_seconds:.1f} s" if each.longest_outage_seconds else ""
    counts = (each.repetitions, each.acknowledged, each.lost, each.doubled + each.untrue)
    return f"| {each.fault} | {' | '.join(map(str, counts))} | {outage} | {answers} |"


def summary(found: Sequence[Figures]) -> str:
    made = [each for each in found if not each.skipped]
    lost, doubled = sum(each.lost for each in made), sum(each.doubled + each.untrue for each in made)
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with Freehold {VERSION}: {len(made)} kinds of fault, made "
        f"{sum(each.repetitions for each in made)} times, with {sum(each.acknowledged for each in made)} acknowledged "
        f"writes: {lost} lost, {doubled} done twice or stored against what the answer said."
    )


def write(order: Sequence[str], page: Path = PAGE, kept: Path = KEPT) -> None:
    """Replace what stands between the markers of the page by what is kept of these faults."""
    by_name = {each.fault: each for each in decode(kept.read_bytes())}
    found = [by_name[name] for name in order if name in by_name]
    text = page.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{summary(found)}\n\n{table(found)}\n{END}{after}", "utf-8")
