"""`freehold schema`."""

import asyncio
from pathlib import Path

import click
import msgspec

from freehold.migrate.target import Target, database_options, errors_as_messages
from freehold.schema.catalog import read_model
from freehold.schema.diagram import MOST_DRAWN, svg
from freehold.schema.markdown import markdown
from freehold.schema.page import html
from freehold.schema.types import Model

_FORMATS = ("html", "markdown", "svg", "json")


@click.group()
def schema() -> None:
    """Describe the tables of a database."""


@schema.command()
@database_options
@click.option("--schema", "schemas", multiple=True, metavar="NAME", help="Only this schema. Repeat it for several.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="html", show_default=True, help="What to write.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="this folder",
    help="Folder for the files, made if it is missing.",
)
def docs(target: Target, schemas: tuple[str, ...], form: str, output: Path) -> None:
    """Write the data model of a database, read from its catalog.

    It works on every PostgreSQL database, and changes nothing there. The page and Markdown say what each CHECK demands
    in words, next to its SQL: its comment, if it has one, else its condition, if that has a common form. Markdown comes
    with the diagram as SVG. Diagrams have at most 250 tables; the page describes at most 250, and JSON has all.
    """
    with errors_as_messages(), target.url() as url:
        model = asyncio.run(read_model(url, schemas))
    files = _written(model, form)
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (output / name).write_text(text, encoding="utf-8")
            click.echo(str(output / name))
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}") from None


def _written(model: Model, form: str) -> dict[str, str]:
    if form == "json":
        return {"data-model.json": msgspec.json.format(msgspec.json.encode(model), indent=2).decode() + "\n"}
    if form == "html":
        return {"data-model.html": html(model)}
    drawing = svg(model)
    if form == "markdown":
        text = markdown(model, "data-model.svg" if drawing else None)
        return {"data-model.md": text, **({"data-model.svg": drawing} if drawing else {})}
    if drawing is None:
        raise click.ClickException(
            f"There are {len(model.tables)} tables, and a diagram has at most {MOST_DRAWN}: choose some with --schema."
        )
    return {"data-model.svg": drawing}
