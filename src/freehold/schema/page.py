"""The document as one HTML file, or as a fragment for another page. No scripts; every text is escaped."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Final, NamedTuple
from urllib.parse import quote

from freehold.schema.diagram import LEGEND, MOST_DRAWN, STYLE, svg
from freehold.schema.markdown import state
from freehold.schema.types import Model, Query, Table
from freehold.schema.wording import MIGRATION_RULES, NULLS, example, limits, many_to_many, relation, rule

MOST_DESCRIBED: Final = 250
"""Tables that a page describes; with more, it says how many are left out."""
_STYLE: Final = """
:root { color-scheme: light dark;
  --ground: light-dark(#f7f6f2, #131512); --surface: light-dark(#ffffff, #1b1e1a);
  --sunken: light-dark(#f0efe9, #161815); --line: light-dark(#d3d0c5, #3a3f37); --ink: light-dark(#1d211c, #e8eae4);
  --soft: light-dark(#5c6259, #a1a89c); --accent: light-dark(#1f6b4d, #6cc49b);
  --accent-wash: light-dark(#e4f0ea, #1c2f26); }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, "Noto Sans", sans-serif; }
main { max-width: 1080px; margin: auto; padding: 32px 16px; }
h1 { font-size: 22px; } h2 { font-size: 18px; margin: 32px 0 12px; } h3 { font-size: 15px; margin: 24px 0 8px; }
a { color: var(--accent); }
code, pre { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
pre { background: var(--sunken); padding: 12px; overflow: auto; } summary { cursor: pointer; }
.scroll { overflow: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
table { border-collapse: collapse; width: 100%; } .scroll svg { display: block; }
th, td { text-align: left; vertical-align: top; padding: 8px 12px; border-bottom: 1px solid var(--line); }
th { font-size: 12px; color: var(--soft); } .soft { color: var(--soft); font-size: 13px; }
"""


class Section(NamedTuple):
    """One part of the document: its heading, and what writes its HTML."""

    title: str
    write: Callable[[], str]


def html(model: Model) -> str:
    """Write one file that needs no other."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Data model</title>'
        f"<style>{_STYLE}{STYLE}</style></head><body><main><h1>Data model</h1>{fragment(model)}</main></body></html>\n"
    )


def fragment(model: Model) -> str:
    """Write the sections alone, from level 2 of headings on, for a page that has the diagram's ``STYLE``."""
    found = "\n".join(f'<h2 id="{key}">{each.title}</h2>{each.write()}' for key, each in sections(model).items())
    return f"{_said(model)}\n{found}"


def sections(model: Model, tables_at: str = "") -> dict[str, Section]:
    """Name the sections in the order of the seed, and say what writes each: a page shows one at a time.

    Args:
        model: to be described.
        tables_at: the address of pages with a table each, where the tables are not on the same one.
    """
    tables = model.tables[:MOST_DESCRIBED]
    names = {table.name for table in tables}
    related = [each for each in model.relationships if each.child in names and each.parent in names]

    def relationships() -> str:
        drawing = svg(model, styled=False)
        diagram = (
            f'<div class="scroll" role="region" aria-label="Diagram" tabindex="0">{drawing}</div><p class="soft">{LEGEND}</p>'  # noqa: E501
            if drawing
            else f"<p>There is no diagram, because there are more than {MOST_DRAWN} tables.</p>"
        )
        return diagram + _items([*map(relation, related), *many_to_many(model)][: 4 * MOST_DESCRIBED])

    def migration() -> str:
        rules = _items([each.replace("`", "") for each in MIGRATION_RULES])
        return f"<p>When updating schemas, always:</p>{rules}<p>{escape(state(model))}</p>"

    queries = {"queries": Section("Query patterns", lambda: "\n".join(map(_query, model.queries)))}
    return {
        "entities": Section(
            "Entities", lambda: "\n".join(_entity(tables_at, n, table) for n, table in enumerate(tables))
        ),
        "relationships": Section("Relationships", relationships),
        "tables": Section("Tables", lambda: "\n".join(_described(n, table) for n, table in enumerate(tables))),
        "rules": Section("Data validation rules", lambda: f'<p class="soft">{NULLS}</p>{_checks(tables)}'),
        **(queries if model.queries else {}),
        "migration": Section("Data migration", migration),
    }


def described(model: Model, name: str) -> str | None:
    """Write a table alone; None if there is none of this name."""
    return next((_described(n, table) for n, table in enumerate(model.tables) if table.name == name), None)


def _said(model: Model) -> str:
    left_out = (
        f"<p>The first {MOST_DESCRIBED} of {len(model.tables)} tables are described here. "
        "Choose others with <code>--schema</code>, or use the format json, which has all.</p>"
        if len(model.tables) > MOST_DESCRIBED
        else ""
    )
    return f'<p class="soft">Read from the running database. {escape(state(model))}</p>{left_out}'


def _entity(tables_at: str, number: int, table: Table) -> str:
    address = f"{tables_at}&table={quote(table.name)}" if tables_at else f"#table-{number}"
    link = f'<a href="{escape(address)}">{escape(table.name)}</a>'
    # The link stands beside what opens: one inside of the other cannot be told apart by keyboard.
    said, name = f"<p>{link} {escape(table.about or '')}</p>", escape(table.name)
    return f"{said}<details><summary>Example of {name}</summary><pre>{escape(example(table))}</pre></details>"


def _checks(tables: Sequence[Table]) -> str:
    rows = [
        (escape(table.name), escape(rule(each, table)), f"<code>{escape(each.definition)}</code>")
        for table in tables
        for each in table.constraints
        if each.kind == "c"
    ]
    return _rows(("Table", "Rule", "CHECK"), rows)


def _query(query: Query) -> str:
    asked = f"<h3>{escape(query.title)}</h3><pre>{escape(query.sql)}</pre>"
    if query.milliseconds is None:
        return asked
    plan = escape("\n".join(query.plan))
    return f'{asked}<pre>{plan}</pre><p class="soft">{query.milliseconds:.2f} ms on this database</p>'


def _described(number: int, table: Table) -> str:
    rows = [
        (
            f"<code>{escape(each.name)}</code>",
            f"<code>{escape(each.type)}</code>",
            escape(limits(each)),
            escape(each.about or ""),
        )
        for each in table.columns
    ]
    keys = [each.definition for each in table.constraints if each.kind != "c"]
    keys += [each.definition for each in table.indexes]
    about = f"<p>{escape(table.about)}</p>" if table.about else ""
    listed = "".join(f"<li><code>{escape(key)}</code></li>" for key in keys)
    more = f"<details><summary>Keys and indexes</summary><ul>{listed}</ul></details>" if keys else ""
    head = ("Column", "Type", "Constraints", "Meaning")
    return f'<h3 id="table-{number}">{escape(table.name)}</h3>{about}{_rows(head, rows)}{more}'


def _rows(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return "<p>None.</p>"
    top = "".join(f'<th scope="col">{each}</th>' for each in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _items(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>" if lines else "<p>None.</p>"
