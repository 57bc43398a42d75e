"""Draws a run as an SVG of small charts, one below the other."""

from collections.abc import Sequence
from html import escape
from typing import Final

from tests.soak.measuring import Interval

WIDTH: Final = 640
HEIGHT: Final = 92
LEFT: Final = 52
RIGHT: Final = 12
GAP: Final = 26
STYLE: Final = (
    "text{font:11px system-ui,sans-serif;fill:#555}.frame{fill:none;stroke:#ccc}.a,.b{fill:none;stroke-width:1.6;"
    "stroke:#2458c5}.b{stroke:#c2571a}.kb{fill:#c2571a}@media(prefers-color-scheme:dark){text{fill:#bbb}.frame{stroke:"
    "#444}.a{stroke:#7aa7ff}.b{stroke:#f0955c}.kb{fill:#f0955c}}"
)

Line = tuple[str, Sequence[float]]


def draw(found: Sequence[Interval], title: str) -> str:
    """Draw memory, descriptors, connections and latency over the minutes of a run."""
    charts: list[tuple[str, list[Line]]] = [
        ("memory of all processes, MiB", [("", [each.memory_mib for each in found])]),
        ("open descriptors", [("", [each.descriptors for each in found])]),
        ("connections to the database", [("", [each.connections for each in found])]),
        (
            "latency, ms: median",
            [("", [each.median_ms for each in found]), ("99th percentile", [each.p99_ms for each in found])],
        ),
        ("requests in each interval", [("", [each.requests for each in found])]),
    ]
    minutes = [each.ends_at_seconds / 60 for each in found]
    parts = [_chart(at * (HEIGHT + GAP) + GAP, words, lines, minutes) for at, (words, lines) in enumerate(charts)]
    height = len(charts) * (HEIGHT + GAP) + GAP
    axis = f'<text x="{WIDTH - RIGHT}" y="{height - 8}" text-anchor="end">{minutes[-1]:.0f} minutes</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>{''.join(parts)}{axis}</svg>\n"
    )


def _chart(top: int, words: str, lines: Sequence[Line], minutes: Sequence[float]) -> str:
    most = max(max(values) for _, values in lines) or 1
    wide = WIDTH - LEFT - RIGHT
    drawn = [
        f'<rect class="frame" x="{LEFT}" y="{top}" width="{wide}" height="{HEIGHT}"/>',
        f'<text x="{LEFT}" y="{top - 6}">{escape(words)}</text>',
        f'<text x="{LEFT - 6}" y="{top + 10}" text-anchor="end">{most:,.0f}</text>',
        f'<text x="{LEFT - 6}" y="{top + HEIGHT}" text-anchor="end">0</text>',
    ]
    for kind, (name, values) in zip("ab", lines, strict=False):
        points = " ".join(
            f"{LEFT + wide * minute / minutes[-1]:.0f},{top + HEIGHT * (1 - value / most):.0f}"
            for minute, value in zip(minutes, values, strict=True)
        )
        drawn.append(f'<polyline class="{kind}" points="{points}"/>')
        if name:
            drawn.append(
                f'<text class="k{kind}" x="{WIDTH - RIGHT}" y="{top - 6}" text-anchor="end">{escape(name)}</text>'
            )
    return "".join(drawn)
