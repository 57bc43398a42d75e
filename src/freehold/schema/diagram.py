"""The diagram as SVG: boxes with columns and marks, crow's feet, lines that cross no box, light and dark."""

from html import escape
from typing import Final

from freehold.schema.layout import Layout, Line, lay_out
from freehold.schema.types import Column, Model, Table

MOST_DRAWN: Final = 250
"""Tables in a diagram; with more, nobody finds anything in it, and it is left out."""
_MOST_COLUMNS: Final = 24
_TITLE, _ROW = 30, 20
STYLE: Final = """
.model-diagram { color-scheme: light dark; background: var(--surface, light-dark(#ffffff, #1b1e1a));
  font: 12px ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; }
.model-diagram .box { fill: var(--surface, light-dark(#ffffff, #1b1e1a));
  stroke: var(--line, light-dark(#c9c6bb, #454b42)); }
.model-diagram .title { fill: var(--accent-wash, light-dark(#e4f0ea, #1c2f26)); }
.model-diagram text { fill: var(--ink, light-dark(#1d211c, #e8eae4)); }
.model-diagram .name { font-weight: 700; fill: var(--accent, light-dark(#1f6b4d, #6cc49b)); }
.model-diagram .type { fill: var(--soft, light-dark(#5c6259, #a1a89c)); }
.model-diagram .line { fill: none; stroke: var(--soft, light-dark(#5c6259, #a1a89c)); stroke-width: 1.3; }
.model-diagram g:hover > .line, .model-diagram g:focus > .line {
  stroke: var(--accent, light-dark(#1f6b4d, #6cc49b)); stroke-width: 2.4; }
"""


def svg(model: Model, *, styled: bool = True) -> str | None:
    """Draw the model; None if it has more than `MOST_DRAWN` tables.

    Args:
        model: to be drawn.
        styled: whether the drawing carries ``STYLE``; a page that has it in its own style sheet needs no second.
    """
    if len(model.tables) > MOST_DRAWN:
        return None
    shown = {table.name: _shown(table) for table in model.tables}
    heights = {name: _TITLE + _ROW * len(columns) + 8 for name, columns in shown.items()}
    rows = {name: {column.name: n for n, column in enumerate(columns)} for name, columns in shown.items()}
    lines = [
        Line(
            each.child,
            each.parent,
            _middle(rows[each.child].get(each.columns[0], 0)),
            _middle(rows[each.parent].get(each.parent_columns[0], 0)),
        )
        for each in model.relationships
    ]
    layout = lay_out(heights, lines)
    drawn = [_line(model, layout, n) for n in range(len(lines))]
    drawn += [_box(table, shown[table.name], layout) for table in model.tables]
    count = f"{len(model.tables)} tables and {len(lines)} references between them"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="model-diagram" role="img" aria-label="{count}" '
        f'width="{layout.width}" height="{layout.height}" viewBox="0 0 {layout.width} {layout.height}">'
        f"{f'<style>{STYLE}</style>' if styled else ''}{''.join(drawn)}</svg>\n"
    )


def marks(column: Column) -> str:
    """The marks of a column: primary key, foreign key, unique, NOT NULL."""
    told = ((column.primary, "◆"), (column.foreign, "→"), (column.unique and not column.primary, "U"))
    return "".join(mark for is_so, mark in told if is_so) + ("*" if column.not_null and not column.primary else "")


LEGEND: Final = (
    "◆ primary key, → foreign key, U unique, * NOT NULL. A fork stands for many, a bar for one, a circle for none."
)


def _shown(table: Table) -> list[Column]:
    """All columns, or, where there are too many, first those of keys."""
    if len(table.columns) <= _MOST_COLUMNS:
        return table.columns
    keys = [each for each in table.columns if each.primary or each.foreign]
    others = [each for each in table.columns if not (each.primary or each.foreign)]
    kept = keys + others[: max(0, _MOST_COLUMNS - 1 - len(keys))]
    return [*kept, Column(f"and {len(table.columns) - len(kept)} more", "", not_null=False)]


def _middle(row: int) -> int:
    return _TITLE + _ROW * row + _ROW // 2 + 2


def _cut(text: str, most: int) -> str:
    return escape(text if len(text) <= most else text[: most - 1] + "…")


def _box(table: Table, columns: list[Column], layout: Layout) -> str:
    x, y, width, height = layout.boxes[table.name]
    parts = [
        f"<g><title>{escape(table.name)}{': ' + escape(table.about) if table.about else ''}</title>",
        f'<rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>',
        f'<path class="title" d="M{x + 1} {y + _TITLE - 2}v-19a8 8 0 0 1 8-8h{width - 18}a8 8 0 0 1 8 8v19z"/>',
        f'<text class="name" x="{x + 12}" y="{y + 20}">{_cut(table.name, 33)}</text>',
    ]
    for n, column in enumerate(columns):
        base = y + _middle(n) + 4
        room = 31 - len(marks(column))
        name = _cut(column.name, max(8, min(24, room - 6)))
        left = max(0, 33 - min(len(column.name), 24) - len(marks(column)) - 2)
        parts.append(f'<text x="{x + 12}" y="{base}">{name} {marks(column)}</text>')
        parts.append(
            f'<text class="type" x="{x + width - 12}" y="{base}" text-anchor="end">{_cut(_short(column.type), max(3, left))}</text>'  # noqa: E501
        )
    return "".join(parts) + "</g>"


def _short(type_: str) -> str:
    return (
        type_.replace("character varying", "varchar")
        .replace("timestamp with time zone", "timestamptz")
        .replace("timestamp without time zone", "timestamp")
    )


def _line(model: Model, layout: Layout, number: int) -> str:
    related, path = model.relationships[number], layout.paths[number]
    (x, y), (end_x, end_y) = path[0], path[-1]
    out = 1 if path[1][0] > x else -1
    back = 1 if path[-2][0] > end_x else -1
    way = "M" + "L".join(f"{a} {b}" for a, b in path)
    foot = f"M{x + 7 * out} {y - 6}v12" if related.single else f"M{x} {y - 6}L{x + 11 * out} {y}L{x} {y + 6}"
    circle = (
        f"M{end_x + 11 * back} {end_y - 4}a4 4 0 1 0 0.01 0"
        if related.optional
        else f"M{end_x + 11 * back} {end_y - 6}v12"
    )
    told = f"{related.child} ({', '.join(related.columns)}) → {related.parent} ({', '.join(related.parent_columns)})"
    bar = f"M{end_x + 7 * back} {end_y - 6}v12" if not related.optional else f"M{end_x + 5 * back} {end_y - 6}v12"
    return f'<g><title>{escape(told)}</title><path class="line" d="{way}{foot}{bar}{circle}"/></g>'
