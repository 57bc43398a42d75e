"""Tells what was measured: a table for people, JSON for programs, the same table in Markdown for the README."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from bench import picture
from bench.figures import Figure

ROOT = Path(__file__).parent.parent
RESULTS = "bench/results.json"
PICTURE = "bench/results.svg"
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
    """Write results.json, the picture, and the table in the README.

    Raises:
        SystemExit: the README has no place for the table; the other two are written.
    """
    (root / RESULTS).write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    (root / PICTURE).write_text(picture.draw(results.contests), "utf-8")
    readme = root / "README.md"
    text, places = MARKS.subn(lambda _: markdown(results), readme.read_text("utf-8"))
    if places != 1:
        marks = "<!-- bench: begin --> and <!-- bench: end -->"
        raise SystemExit(f"{readme} should have {marks} once, in lines of their own")
    readme.write_text(text, "utf-8")


def markdown(results: Results) -> str:
    """Write the table in Markdown, with the machine and the picture below it."""
    lines = ["| | work | against | target | measured: median (from, to) | |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [
        _row(each.target, each.work, each.against, each.wanted, each.measured, each.verdict) for each in results.figures
    ]
    lines += [_row("-", name, "", "", f"did not take part: {reason}", "") for name, reason in results.absent.items()]
    machine = "; ".join(f"{name} {value}" for name, value in results.machine.items())
    shown = f"![Requests per second of each, as bars]({PICTURE})"
    return "\n".join([*lines, "", f"{results.rows}. Machine: {machine}.", "", shown, ""])


def _row(*cells: str) -> str:
    """Keep a row one row, whatever is in its cells."""
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"
