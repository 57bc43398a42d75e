"""The schema as one readable text, for review beside the migrations that make it."""

from collections.abc import Sequence

from freehold.migrate.catalog import SchemaObject, read_schema

_HEADER = """\
-- The schema that all migrations together make, written by the test that compares them: for reading, not running.
"""


async def dump_schema(database_url: str) -> str:
    """Write a database's schema as text: the same schema gives the same text, on any supported PostgreSQL.

    Owners are left out, since a database is owned by whoever made it; grants appear where they are not the default.

    Raises:
        ConnectError: the database cannot be reached.
    """
    return render(await read_schema(database_url))


def render(objects: Sequence[SchemaObject]) -> str:
    """Write objects as text: what stands alone first, then each table with all that belongs to it."""
    inside: dict[str, list[SchemaObject]] = {}
    for each in objects:
        if each.parent:
            inside.setdefault(each.parent, []).append(each)
    blocks = [_block(each, inside.get(each.name, ())) for each in objects if not each.parent]
    return "\n".join([_HEADER, *blocks])


def _block(owner: SchemaObject, parts: Sequence[SchemaObject]) -> str:
    if owner.kind not in ("table", "view"):
        return f"{_line(owner, f'{owner.kind.upper()} {owner.name}: {owner.definition}')}\n"
    order = ("column", "constraint", "index", "trigger", "rule", "policy", "statistics")
    ranked = sorted(parts, key=lambda part: (order.index(part.kind), part.position, part.name))
    lines = [_line(owner, owner.definition.replace(word := owner.kind.upper(), f"{word} {owner.name}", 1))]
    for part in ranked:
        prefix = {"column": f"{part.name} ", "constraint": f"CONSTRAINT {part.name} "}.get(part.kind, "")
        lines.append(f"    {_line(part, prefix + part.definition)}")
    return "\n".join(lines) + "\n"


def _line(each: SchemaObject, text: str) -> str:
    return f"{text} GRANTS ({', '.join(each.grants)})" if each.grants else text
