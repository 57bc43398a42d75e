"""The document is true of Freehold's tables, and of a database that knows nothing of Freehold."""

from pathlib import Path
from xml.etree import ElementTree as ET

from click.testing import CliRunner

from freehold.schema.catalog import read_model
from freehold.schema.commands import schema
from freehold.schema.diagram import svg
from freehold.schema.markdown import markdown
from freehold.schema.page import html
from tests.conftest import _run

HOSTILE = "<script>alert(1)</script> | & \"'"


def forty() -> list[str]:
    made = ['CREATE TABLE "t0<b>" (id int PRIMARY KEY, self int REFERENCES "t0<b>")']
    made += [
        f"CREATE TABLE t{n} (id int PRIMARY KEY, up int NOT NULL REFERENCES "
        f"{chr(34) + 't0<b>' + chr(34) if n < 4 else f't{n // 3}'}, size int CHECK (size > {n}))"
        for n in range(1, 40)
    ]
    quoted = HOSTILE.replace("'", "''")
    return [*made, f"COMMENT ON TABLE t1 IS '{quoted}'", f"COMMENT ON COLUMN t1.size IS '{quoted}'"]


async def test_another_database_of_forty_tables(empty_database_url: str):
    await _run(empty_database_url, *forty())
    model = await read_model(empty_database_url)
    assert len(model.tables) == len(model.relationships) == 40
    assert model.migrations is None
    assert model.queries == []
    drawing = svg(model)
    assert drawing
    ET.fromstring(drawing)  # noqa: S314 - our own
    assert drawing == svg(await read_model(empty_database_url))
    for text in (html(model), drawing):
        assert "<script" not in text
        assert "<b>" not in text
    assert "<script" not in markdown(model).replace("\\<", "")


async def test_freehold_itself(database_url: str):
    model = await read_model(database_url)
    assert [query.title for query in model.queries] == [
        "Fetching User with Organizations",
        "Listing Projects by Organization",
    ]
    assert model.migrations
    page = html(model)
    assert len(page) < 400_000
    places = [
        page.index(f'id="{name}"') for name in ("entities", "relationships", "tables", "rules", "queries", "migration")
    ]
    assert places == sorted(places)


async def test_pattern_that_the_server_refuses_is_left_out(database_url: str):
    await _run(database_url, "ALTER TABLE projects RENAME COLUMN created_at TO made_at")
    assert [query.title for query in (await read_model(database_url)).queries] == ["Fetching User with Organizations"]


def test_command_writes_each_format(database_url: str, tmp_path: Path):
    for form in ("html", "markdown", "svg", "json"):
        done = CliRunner().invoke(
            schema, ["docs", "--database-url", database_url, "--format", form, "--output", str(tmp_path)]
        )
        assert done.exit_code == 0, done.output
    assert {each.suffix for each in tmp_path.iterdir()} == {".html", ".md", ".svg", ".json"}
