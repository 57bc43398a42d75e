"""The document as Markdown."""

import re
from collections.abc import Sequence

from freehold.schema.diagram import LEGEND, MOST_DRAWN
from freehold.schema.types import Model
from freehold.schema.wording import MIGRATION_RULES, NULLS, example, limits, many_to_many, relation, rule


def markdown(model: Model, image: str | None = None) -> str:
    """Write the model in the order entities, relationships, tables, rules, queries, migrations."""
    parts = ["# Data model", "Read from the database's catalog by `freehold schema docs`.", "## Entities"]
    for table in model.tables:
        parts += [f"### {_text(table.name)}", *([_text(table.about)] if table.about else [])]
        parts += [f"````json\n{example(table)}\n````"]
    parts += ["## Relationships", _listed([*map(relation, model.relationships), *many_to_many(model)])]
    if len(model.tables) > MOST_DRAWN:
        parts.append(
            f"There is no diagram, because there are more than {MOST_DRAWN} tables. Choose some with `--schema`."
        )
    elif image:
        parts += [f"![Diagram of {len(model.tables)} tables]({image})", LEGEND]
    parts.append("## Tables")
    for table in model.tables:
        rows = [(each.name, each.type, limits(each), each.about or "") for each in table.columns]
        parts += [f"### Table {_text(table.name)}", _table(("Column", "Type", "Constraints", "Meaning"), rows)]
        keys = [f"`{_code(each.name)}`: `{_code(each.definition)}`" for each in table.constraints if each.kind != "c"]
        keys += [f"`{_code(each.definition)}`" for each in table.indexes]
        parts += ["\n".join(f"- {key}" for key in keys)] if keys else []
    checks = [(table, each) for table in model.tables for each in table.constraints if each.kind == "c"]
    parts += ["## Data validation rules", NULLS]
    parts += [
        _table(
            ("Table", "Rule", "CHECK"),
            [(table.name, rule(each, table), each.definition) for table, each in checks],
            code=2,
        )
    ]
    if model.queries:
        parts.append("## Query patterns")
    for query in model.queries:
        parts += [f"### {query.title}", f"```sql\n{query.sql}\n```"]
        if query.milliseconds is None:
            continue
        plan = "\n".join(query.plan)
        parts += [f"```text\n{plan}\n```", f"{query.milliseconds:.2f} ms on this database."]
    parts += ["## Data migration", "When updating schemas, always:", "\n".join(f"- {each}" for each in MIGRATION_RULES)]
    parts.append(state(model))
    return "\n\n".join(parts) + "\n"


def state(model: Model) -> str:
    """Say how far the migrations have come."""
    if model.migrations is None:
        return "No migration of Freehold's was applied to this database."
    if not model.migrations:
        return "No migration is applied."
    return f"{len(model.migrations)} migrations are applied, the newest is {model.migrations[-1].version}."


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, code: int | None = None) -> str:
    if not rows:
        return "None."
    lines = [
        head,
        ("---",) * len(head),
        *(tuple(_cell(text, is_code=n == code) for n, text in enumerate(row)) for row in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _listed(lines: list[str]) -> str:
    return "\n".join(f"- {_text(line)}" for line in lines) or "None."


def _text(text: str | None) -> str:
    """Escape what Markdown, or HTML in it, would read as its own."""
    return re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", " ".join((text or "").split()))


def _cell(text: str, *, is_code: bool) -> str:
    """Write a cell; a pipe would end it, in code too."""
    return f"`{_code(text)}`".replace("|", "\\|") if is_code else _text(text)


def _code(text: str) -> str:
    return " ".join(text.replace("`", "'").split())
