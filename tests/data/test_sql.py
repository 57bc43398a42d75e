"""Statements and their stubs: what does not fit is found when the module is imported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from freehold.data.sql import Executor, load, statement

FILE = """\
-- name: by_id
-- One row.
SELECT id, 'a:b' AS text, now()::date FROM things WHERE id = :id AND (other = :other OR :id::uuid IS NULL); -- :not
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "queries.sql"
    path.write_text(text, encoding="utf-8")
    return path


def test_names_become_positions_outside_of_quotes_comments_and_casts(tmp_path: Path):
    loaded = load(write(tmp_path, FILE.replace(" -- :not", "")))["by_id"]
    assert loaded.parameters == ("id", "other")
    assert loaded.sql == (
        "SELECT id, 'a:b' AS text, now()::date FROM things WHERE id = $1 AND (other = $2 OR $1::uuid IS NULL)"
    )
    assert loaded.description == "One row."


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("-- name: x\nSELECT 1;\n", "needs a comment line"), (FILE + "\n" + FILE, "two statements are named by_id")],
)
def test_file_that_is_not_well_formed_is_refused(text: str, complaint: str, tmp_path: Path):
    with pytest.raises(ValueError, match=complaint):
        load(write(tmp_path, text))


def stub(folder: Path, source: str) -> Callable[..., Any]:
    """Make a function that lies beside the file of statements."""
    path = folder / "queries.py"
    names: dict[str, Any] = {"Executor": Executor}
    exec(compile(source, str(path), "exec"), names)  # noqa: S102 - a module of the test's own
    found: Callable[..., Any] = names["by_id" if "by_id" in names else "absent"]
    return found


def test_stub_without_its_statement_is_refused(tmp_path: Path):
    write(tmp_path, FILE)
    with pytest.raises(LookupError, match="no statement named absent"):
        statement(stub(tmp_path, "async def absent(db: Executor) -> int: ..."))


def test_stub_with_other_parameters_is_refused(tmp_path: Path):
    write(tmp_path, FILE)
    with pytest.raises(TypeError, match=r"takes \['id', 'other'\], its stub \['id'\]"):
        statement(stub(tmp_path, "async def by_id(db: Executor, *, id: str) -> int: ..."))
