"""The parser is code of another language in our process: whatever it is given, it answers, and the process goes on."""

import inspect
import sys
from contextlib import suppress
from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgast import PgQueryError, native
from postgast.errors import check_error
from tests.migrate.rules import columns, constraints, rows, tables, unseen
from tests.migrate.rules.checking import judged

from freehold.migrate.errors import FormatError
from freehold.migrate.plpgsql import read_body
from freehold.migrate.splitter import split
from freehold.migrate.tree import Node, UnreadableError, parse, walk

STATEMENTS = [
    statement
    for table in (rows, columns, constraints, tables, unseen)
    for cases in (table.FINDS, table.LEAVES)
    for statements in cases.values()
    for statement in statements
]
ODD = ["\0", "\ud800", "$$", "'", '"', "(", ")", "/*", "--", "::", ":=", "..", "\r", "\\", "ü", "END", "ATOMIC", "NULL"]

many_examples = settings(max_examples=150, deadline=None)


def test_what_is_relied_on_of_the_package() -> None:
    """Its public names are parse (protobuf, which holds no deep nesting) and PgQueryError; the rest may change."""
    assert version("postgast").startswith("0.2.")
    assert native.lib.pg_query_parse.restype is native.PgQueryParseResult
    assert {"parse_tree", "error"} <= {name for name, _ in native.PgQueryParseResult._fields_}
    assert native.lib.pg_query_free_parse_result.argtypes == [native.PgQueryParseResult]
    assert list(inspect.signature(check_error).parameters) == ["result"]
    assert {"message", "cursorpos"} <= PgQueryError("", cursorpos=1).__dict__.keys()


def test_tree_is_that_of_the_server() -> None:
    assert parse("DELETE FROM ONLY a.b") == [
        Node("DeleteStmt", {"relation": {"schemaname": "a", "relname": "b", "relpersistence": "p", "location": 17}})
    ]
    assert [node.kind for node in parse("SELECT 1; TABLE t;")] == ["SelectStmt", "SelectStmt"]
    assert parse(" -- nothing") == []


def test_walk_goes_from_outside_to_inside() -> None:
    (statement,) = parse("WITH x AS (DELETE FROM t) SELECT f(1)")
    kinds = [node.kind for node in walk(statement.fields)]
    assert kinds.index("CommonTableExpr") < kinds.index("DeleteStmt")
    assert "FuncCall" in kinds


@pytest.mark.parametrize(
    ("sql", "position"),
    [
        ("SELECT 'äöü€' FROM FROM", 20),
        ("SELEC", 1),
        ("SELECT 1\0; DROP TABLE t", 9),
        ("SELECT '\ud800'", 9),
        ("SELECT 'x", 8),
    ],
)
def test_what_cannot_be_read_has_its_place_in_characters(sql: str, position: int) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse(sql)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "1 + " * 200_000 + "1",
        "SELECT f(1, 2)" + " UNION ALL SELECT f(1, 2)" * 200_000,
        "SELECT * FROM t" + " JOIN t ON true AND true" * 200_000,
        "SELECT 1" + "::int" * 200_000,
        "SELECT a" + " IS NULL" * 200_000,
        "SELECT " + "(" * 200_000 + "1",
        "SELECT " + "f(a + " * 200_000 + "1" + ")" * 200_000,
        "SELECT " + "CASE WHEN a THEN 1 ELSE " * 200_000 + "1" + " END" * 200_000,
        "SELECT " + "NOT " * 200_000 + "true",
        "SELECT " + "1 + " * 30_000 + "1",
    ],
    ids=lambda sql: sql[:30],
)
def test_nesting_that_would_overrun_the_stack_is_refused(sql: str) -> None:
    with pytest.raises(UnreadableError, match="nested too deeply"):
        parse(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT '" + "x" * 10_000_000 + "'",
        "SELECT 1 -- " + "x" * 1_000_000,
        "VALUES " + ", ".join(["(1, 'x', now() + 1)"] * 3_000),
        "SELECT true AND " + " OR ".join(["a = 1"] * 11_000),
        "SELECT CASE a " + "WHEN 1 THEN 2 " * 5_000 + "END",
        "SELECT " + "(" * 300 + "1" + ")" * 300,
    ],
    ids=lambda sql: sql[:30],
)
def test_long_statement_is_read(sql: str) -> None:
    assert len(parse(sql)) == 1


@many_examples
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for read in (parse, read_body):
        with suppress(FormatError):
            read(text)


@many_examples
@given(st.data())
def test_mutilated_statement_is_judged_or_refused(data: st.DataObject) -> None:
    words = data.draw(st.sampled_from(STATEMENTS)).split(" ")
    others = data.draw(st.sampled_from(STATEMENTS)).split(" ")
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(words)))
        put = data.draw(st.one_of(st.sampled_from(ODD), st.sampled_from(others)))
        words[at : at + data.draw(st.integers(0, 3))] = [put] * data.draw(st.integers(0, 1))
    script = " ".join(words)
    if data.draw(st.booleans()):
        script = f"DO $body$ BEGIN {script}; END $body$"
    try:
        split(script)
    except FormatError:
        return
    judged(script)


def test_recursion_limit_is_as_it_was() -> None:
    before = sys.getrecursionlimit()
    with suppress(UnreadableError):  # where Python's own stack is the shorter one, as before 3.12
        parse("SELECT " + "1 + " * 3_000 + "1")
    assert sys.getrecursionlimit() == before
