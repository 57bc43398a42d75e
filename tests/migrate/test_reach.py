"""What a rehearsal refuses before it runs anything: statements that reach beyond their database."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.migrate.reach import texts

from freehold.migrate import beyond
from freehold.migrate.catalog import SchemaObject
from freehold.migrate.files import MigrationSet
from freehold.migrate.findings import Finding

Writer = Callable[..., Path]


@pytest.fixture
def judge(write: Writer) -> Callable[..., list[Finding]]:
    """Judge one migration by its up."""

    def act(up: str, *directives: str, down: str = "SELECT 1;", apart: bool = False, **more: object) -> list[Finding]:
        folder = write("0001_a", up, down, *directives).parent
        return beyond.judge(MigrationSet.from_folder(folder).migrations, apart=apart, **more)  # type: ignore[arg-type]

    return act


def rules(findings: list[Finding]) -> list[str]:
    return sorted({each.rule for each in findings})


@pytest.mark.parametrize("statement", texts("server_wide"))
def test_what_the_whole_server_shares_is_refused_beside_production(
    judge: Callable[..., list[Finding]], statement: str
) -> None:
    (found,) = judge(f"SELECT 1;\n{statement}")
    assert (found.rule, found.severity, found.line) == ("server-wide", "error", 3)
    assert found.message.startswith("this ")
    assert "--staging-url" in found.remedy
    assert judge(statement, apart=True) == []


@pytest.mark.parametrize("statement", texts("other_server"))
def test_what_reaches_another_server_is_refused_on_every_server(
    judge: Callable[..., list[Finding]], statement: str
) -> None:
    for apart in (False, True):
        (found,) = judge(statement, apart=apart)
        assert (found.rule, found.severity) == ("other-server", "error")


@pytest.mark.parametrize("statement", texts("inside"))
def test_what_stays_inside_is_left_alone(judge: Callable[..., list[Finding]], statement: str) -> None:
    assert judge(statement) == []


def test_down_is_judged_as_well_since_a_rehearsal_runs_it(judge: Callable[..., list[Finding]]) -> None:
    assert rules(judge("SELECT 1;", down="DROP ROLE a;")) == ["server-wide"]
    assert judge("CREATE ROLE a;", down="SELECT 1;", directions=["down"]) == []


def test_line_is_that_inside_the_block(judge: Callable[..., list[Finding]]) -> None:
    (found,) = judge("DO\n$$\nBEGIN\n    NULL;\n    CREATE ROLE a;\nEND\n$$;")
    assert found.line == 6


def test_other_server_in_vain_named_as_staging_server_is_noticed(judge: Callable[..., list[Finding]]) -> None:
    (found,) = judge("CREATE ROLE a;", elsewhere=True)
    assert "the server of --staging-url is production's own" in found.remedy


RUNNER = "CREATE FUNCTION app.run(c text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE c; END $$"
FUNCTION = "CREATE FUNCTION app.save() RETURNS {kind} LANGUAGE plpgsql AS $$ BEGIN COPY t TO '/x'; RETURN NULL; END $$"


@pytest.mark.parametrize(
    "statements",
    [
        [FUNCTION.format(kind="text"), "SELECT app.save()"],
        [FUNCTION.format(kind="text"), "DO $$ BEGIN PERFORM app.save(); END $$"],
        [
            FUNCTION.format(kind="text"),
            "CREATE FUNCTION g() RETURNS text LANGUAGE sql AS 'SELECT save()'",
            "SELECT g()",
        ],
        ["CREATE PROCEDURE p() LANGUAGE sql AS $$ COPY t TO '/x' $$", "CALL p()"],
        ["CREATE FUNCTION f() RETURNS bool BEGIN ATOMIC SELECT pg_reload_conf(); END", "SELECT f()"],
        [
            FUNCTION.format(kind="trigger"),
            "CREATE TRIGGER t AFTER INSERT ON app.items FOR EACH ROW EXECUTE FUNCTION app.save()",
            "INSERT INTO app.items VALUES (1)",
        ],
    ],
)
def test_function_that_reaches_beyond_is_refused_where_it_is_called(
    judge: Callable[..., list[Finding]], statements: list[str]
) -> None:
    found = judge(";\n".join(statements) + ";")
    assert [(each.rule, each.line) for each in found] == [("server-wide", len(statements) + 1)]
    assert judge(";\n".join(statements[:-1]) + ";") == []


def test_functions_and_triggers_that_the_database_has_are_known(judge: Callable[..., list[Finding]]) -> None:
    outer = "CREATE FUNCTION outer(int) RETURNS text LANGUAGE sql AS 'SELECT save()'"
    trigger = "CREATE TRIGGER t AFTER UPDATE ON app.items FOR EACH ROW EXECUTE FUNCTION app.save() DISABLED"
    objects = [
        SchemaObject("function", "", "app.save()", FUNCTION.format(kind="trigger") + "\n COMMENT 'x'"),
        SchemaObject("function", "", "outer(integer)", outer),
        SchemaObject("trigger", "app.items", "t", trigger),
        SchemaObject("function", "", "unreadable()", "COPY ("),
        SchemaObject("function", "", "app.run(text)", RUNNER),
    ]
    assert rules(judge("SELECT outer(1);", objects=objects)) == ["server-wide"]
    assert rules(judge("UPDATE app.items SET a = 1;", objects=objects)) == ["server-wide"]
    assert rules(judge("ALTER TABLE app.items ADD a int;", objects=objects)) == ["server-wide"]  # rows are tried on it
    assert rules(judge("SELECT app.run('COPY t TO PROGRAM ''x''');", objects=objects)) == ["server-wide"]
    assert rules(judge("SELECT app.run(format('COPY t TO %L', '/x'));", objects=objects)) == ["server-wide"]
    assert judge("UPDATE others SET a = 1; SELECT inner(1); SELECT app.run('COPY t TO STDOUT');", objects=objects) == []


def test_what_runs_outside_a_transaction_cannot_be_looked_at_before_it_is_kept(
    judge: Callable[..., list[Finding]],
) -> None:
    off = "transaction=off"
    assert rules(judge("CALL p();", off)) == ["server-wide"]
    assert rules(judge("DO $$ BEGIN EXECUTE 'CREATE ROLE a'; COMMIT; END $$;", off)) == ["server-wide"]
    assert rules(judge("CREATE DATABASE a;", off)) == ["server-wide"]
    assert judge("CALL p();", off, apart=True) == []
    for inside in ("CREATE INDEX CONCURRENTLY i ON t (a)", "VACUUM t", "REINDEX TABLE CONCURRENTLY t", "ANALYZE t"):
        assert judge(f"{inside};", off) == []
    assert judge("UPDATE t SET a = 1 WHERE id BETWEEN $1 AND $2;", "backfill: t.id") == []
