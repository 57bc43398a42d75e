"""Statements and their stubs: what does not fit is found when the module is imported."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from freehold.data.sql import STATEMENTS, Executor, load, statement

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
    names: dict[str, Any] = {"Executor": Executor, "__name__": "stub.queries"}
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


VARIANT = (
    FILE
    + """
-- name: by_id @citus
-- The same.
SELECT id, 'a:b' AS text, now()::date FROM things WHERE id = :id;
"""
)


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Forget the statements that a test binds."""
    before = dict(STATEMENTS)
    yield
    STATEMENTS.clear()
    STATEMENTS.update(before)


@pytest.mark.usefixtures("forgotten")
def test_variant_stands_beside_its_statement(tmp_path: Path):
    write(tmp_path, VARIANT.replace(" -- :not", ""))
    statement(stub(tmp_path, "async def by_id(db: Executor, *, id: str, other: str) -> list[str]: ..."))
    found = STATEMENTS["stub.by_id"]
    assert found.citus is not None
    assert (found.parameters, found.citus.parameters) == (("id", "other"), ("id",))


def test_variant_with_other_parameters_is_refused(tmp_path: Path):
    write(tmp_path, VARIANT.replace(" -- :not", "").replace("WHERE id = :id;", "WHERE id = :identity;"))
    with pytest.raises(TypeError, match=r"by_id @citus takes \['identity'\], its stub \['id', 'other'\]"):
        statement(stub(tmp_path, "async def by_id(db: Executor, *, id: str, other: str) -> list[str]: ..."))


class Server:
    """Notes what runs, and answers with one row."""

    route = None
    lookups = None

    def __init__(self, *, is_citus: bool) -> None:
        self.is_citus = is_citus
        self.ran: list[tuple[str, list[object]]] = []

    async def fetch(self, sql: str, arguments: list[object]) -> list[tuple[str]]:
        self.ran.append((sql, list(arguments)))
        return [("found",)]


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("is_citus", [False, True], ids=["postgresql", "citus"])
async def test_the_pool_chooses_the_variant(tmp_path: Path, *, is_citus: bool):
    write(tmp_path, VARIANT.replace(" -- :not", ""))
    run = statement(stub(tmp_path, "async def by_id(db: Executor, *, id: str, other: str) -> list[str]: ..."))
    server = Server(is_citus=is_citus)
    assert await run(server, id="1", other="2") == ["found"]
    ((sql, arguments),) = server.ran
    assert arguments == (["1"] if is_citus else ["1", "2"])
    assert ("other" in sql) is not is_citus
