"""What commands print: for people on a terminal, for programs in a pipe, and as the API's own JSON."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import click
import msgspec

from freehold.base.metadata import KeptOfUser
from freehold.migrate.listing import SEPARATOR, escaped, plain, print_table, width


def print_json(answer: Any) -> None:
    """Print what the API would answer, in UTF-8 whatever the terminal's encoding is."""
    click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))


def print_entity(entity: msgspec.Struct, *, body: str | None = None) -> None:
    """Print an entity, a line for each field: aligned on a terminal, else name and value with a tab between.

    Args:
        entity: to print.
        body: the field that is a text of several lines, and follows as it is after an empty line.
    """
    fields = _fields(entity)
    text = str(fields.pop(body)) if body else ""
    wide = max(map(width, fields))
    for name, value in fields.items():
        between = " " * (wide - width(name) + 2) if sys.stdout.isatty() else SEPARATOR
        click.echo(f"{name}{between}{plain(value)}")
    if text:
        click.echo()
        click.echo(escaped(text, keeping="\n\t").rstrip("\n"))


def print_rows(entities: Sequence[msgspec.Struct], columns: Sequence[str]) -> None:
    """Print some fields of entities: a table on a terminal, else a line each with tabs between and no heading.

    Args:
        entities: a row each.
        columns: the fields, empty where an entity does not have one; a field of a field as ``settings.visibility``,
            which heads its column as ``visibility``.
    """
    rows = [[fields.get(column, "") for column in columns] for fields in map(_fields, entities)]
    print_table([column.rpartition(".")[2] for column in columns], rows)


def _fields(entity: msgspec.Struct) -> dict[str, Any]:
    return dict(_flat(msgspec.to_builtins(entity, builtin_types=(datetime,))))


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if name in KeptOfUser.__struct_fields__:  # its keys are no fields of ours
        yield name, msgspec.json.encode(value).decode()
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{name}.{key}" if name else key)
    else:
        yield name, value
