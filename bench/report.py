"""Reports what was measured: a table for people, JSON for programs, Markdown for the README and the documentation."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from bench import picture
from bench.figures import Figure

ROOT = Path(__file__).parent.parent
RESULTS = "bench/results.json"
PICTURE = "bench/results.svg"
PAGE = "docs/explanation/performance.md"
"""The page that has the whole table."""
MAIN = (
    ("P1", "pgbench"),
    ("P1", "FastAPI + SQLAlchemy"),
    ("P1", "Django + DRF"),
    ("P1", "better-auth"),
    ("P5", "COPY"),
)
"""The rows that the README shows, below the picture."""
MARKS = re.compile(r"(?<=^<!-- bench: begin -->\n).*?(?=^<!-- bench: end -->$)", re.DOTALL | re.MULTILINE)


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """All of a run.

    Attributes:
        contests: what each contestant did in each round: requests/s, but for P6 and P8 (microseconds) and P7 (seconds).
        absent: who could not take part, and why.
    """

    machine: Mapping[str, str]
    rows: str
    figures: Sequence[Figure]
    contests: Mapping[str, Mapping[str, Sequence[float]]]
    absent: Mapping[str, str]


def tell(results: Results) -> None:
    """Print the table."""
    print("\n" + "; ".join(f"{name}: {value}" for name, value in results.machine.items()))
    print(results.rows + "\n")
    lines = [("id", "work", "against", "target", "median (from to)", "")]
    lines += [
        (each.target, each.work, each.against, each.wanted, each.measured, each.verdict) for each in results.figures
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    for name, reason in results.absent.items():
        print(f"\n{name} did not take part: {reason}")


def keep(results: Results, root: Path = ROOT) -> None:
    """Write results.json, the picture, the whole table in the documentation, and its main rows in the README.

    Raises:
        SystemExit: a page has no place for its table; the JSON and the picture are written.
    """
    (root / RESULTS).write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    (root / PICTURE).write_text(picture.draw(results.contests), "utf-8")
    for page, table in (("README.md", summary(results)), (PAGE, markdown(results))):
        _replace(root / page, table)


def _replace(page: Path, table: str) -> None:
    text, places = MARKS.subn(lambda _: table, page.read_text("utf-8"))
    if places != 1:
        marks = "<!-- bench: begin --> and <!-- bench: end -->"
        raise SystemExit(f"{page} should have {marks} once, in lines of their own")
    page.write_text(text, "utf-8")


def summary(results: Results) -> str:
    """Write the picture and the main rows in Markdown, for the README."""
    shown = [each for each in results.figures if (each.target, each.against) in MAIN]
    return "\n".join([f"![Requests per second of each, as bars]({PICTURE})", "", *_table(shown), ""])


def markdown(results: Results) -> str:
    """Write the whole table in Markdown, with the machine below it."""
    absent = [_row("-", name, "", "", f"did not take part: {reason}", "") for name, reason in results.absent.items()]
    machine = "; ".join(f"{name} {value}" for name, value in results.machine.items())
    return "\n".join([*_table(results.figures), *absent, "", f"{results.rows}. Machine: {machine}.", ""])


def _table(figures: Sequence[Figure]) -> list[str]:
    head = ["| | work | against | target | measured: median (from, to) | |", "| --- | --- | --- | --- | --- | --- |"]
    return head + [
        _row(each.target, each.work, each.against, each.wanted, each.measured, each.verdict) for each in figures
    ]


def _row(*cells: str) -> str:
    """Keep a row one row, whatever is in its cells."""
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"
