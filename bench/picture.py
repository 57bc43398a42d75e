"""Draws bars as SVG: requests per second of each contestant, as a part of what pgbench does."""

import statistics
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, LABEL, BAR, GAP = 720, 190, 18, 6
HEAD = 34
TITLES = {
    "P1": "Who am I, with my organizations (token checked, 128 connections)",
    "P2": "An organization's 20 newest projects (token checked, 128 connections)",
    "P3": "Make a project with its audit event, on the disk",
}
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.head { font-weight: 600 }
.bar { fill: #8c959f } .ours { fill: #1a7f5a } .limit { fill: #54aeff }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7681 } .ours { fill: #3fb98a } }
"""


def draw(contests: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """Return the picture of those contests that count requests per second."""
    parts: list[str] = []
    top = 0
    for key, title in TITLES.items():
        if key not in contests:
            continue
        rates = {name: statistics.median(values) for name, values in contests[key].items()}
        parts.append(_text(0, top + 22, title, "head"))
        top += HEAD
        for name, rate in sorted(rates.items(), key=lambda each: -each[1]):
            parts += _bar(top, name, rate, rates)
            top += BAR + GAP
        top += GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" '
        f'aria-label="Requests per second"><style>{STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _bar(top: int, name: str, rate: float, rates: Mapping[str, float]) -> list[str]:
    best = max(rates.values())
    width = max(1.0, (WIDTH - LABEL - 150) * rate / best)
    kind = {"Freehold": "ours", "pgbench": "limit"}.get(name, "bar")
    said = f"{rate:,.0f}/s"
    if name not in {"Freehold", "pgbench"} and "Freehold" in rates:
        said += f" (Freehold: {rates['Freehold'] / rate:.1f} x)"
    return [
        _text(0, top + 14, name),
        f'<rect class="{kind}" x="{LABEL}" y="{top}" width="{width:.1f}" height="{BAR}" rx="2"/>',
        _text(LABEL + width + 8, top + 14, said),
    ]


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}">{escape(text)}</text>'
