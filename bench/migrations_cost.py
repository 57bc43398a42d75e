"""P9: runs the migrations' own bench, and reads its figures."""

import subprocess
import sys
from pathlib import Path

import msgspec

from bench.figures import Figure, ratios
from bench.load import Failed

SCRIPT = Path(__file__).parent / "migrations" / "run.py"
RESULTS = SCRIPT.with_name("results.json")


class Results(msgspec.Struct, frozen=True):
    """What that bench writes."""

    rows: int
    seconds: dict[str, list[float]]


def measure(rows: int, rounds: int) -> list[Figure]:
    """Measure P9.

    Raises:
        Failed: that bench did.
    """
    print(f"\nP9: backup and rehearsal of {rows:,} rows", flush=True)
    if subprocess.run([sys.executable, SCRIPT, "--rows", str(rows), "--rounds", str(rounds)], check=False).returncode:
        raise Failed("the migrations' bench failed")
    return figures(RESULTS)


def figures(path: Path = RESULTS) -> list[Figure]:
    """Read what it has measured, if it ever has."""
    if not path.exists():
        return []
    results = msgspec.json.decode(path.read_bytes(), type=Results)
    seconds = results.seconds
    dump, restore = seconds["pg_dump -Fd -j2 -Z gzip:1"], seconds["pg_restore -j2"]
    both = [a + b for a, b in zip(dump, restore, strict=True)]
    rows = f"{results.rows:,} rows"
    return [
        Figure(
            target="P9", work=f"backup, {rows}", against="pg_dump", values=ratios(seconds["backup"], dump), at_most=1.2
        ),
        Figure(
            target="P9",
            work=f"rehearsal, {rows}",
            against="pg_dump + pg_restore",
            values=ratios(seconds["whole rehearsal"], both),
            at_most=3,
        ),
    ]
