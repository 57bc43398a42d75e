"""What commands print: for people on a terminal, for programs in a pipe, and as the API's own JSON."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click
import msgspec

SEPARATOR: Final = "\t"


def print_json(answer: Any) -> None:
    """Print what the API would answer, in UTF-8 whatever the terminal's encoding is."""
    click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))


def print_entity(entity: msgspec.Struct) -> None:
    """Print an entity, a line for each field: aligned on a terminal, else name and value with a tab between."""
    fields = list(_flat(msgspec.to_builtins(entity)))
    width = max(len(name) for name, _ in fields)
    for name, value in fields:
        click.echo(f"{name:{width}}  {value}" if sys.stdout.isatty() else f"{name}{SEPARATOR}{value}")


def print_rows(entities: Sequence[msgspec.Struct], columns: Sequence[str]) -> None:
    """Print some fields of entities: a table on a terminal, else a line each with tabs between and no heading."""
    found = [dict(_flat(msgspec.to_builtins(entity))) for entity in entities]
    rows = [[fields[column] for column in columns] for fields in found]
    if sys.stdout.isatty():
        _print_table(rows, columns)
        return
    for row in rows:
        click.echo(SEPARATOR.join(row))


def _print_table(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
    from rich.console import Console  # noqa: PLC0415 - costs 50 ms, which a pipe need not pay
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # as Text, since a name may look like rich's markup
    Console().print(table)


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{name}.{key}" if name else key)
    elif isinstance(value, (list, tuple)):
        yield name, ", ".join(_plain(part) for part in value)
    else:
        yield name, _plain(value)


def _plain(value: Any) -> str:
    """Write a value on one line, with nothing in it that a terminal would obey or that would end the field."""
    if value is None:
        return ""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(value))
