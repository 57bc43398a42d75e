"""Bodies of DO, and of functions that a file both makes and calls, are judged with their own lines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.migrate.check import check
from freehold.migrate.reader import read_migration

Writer = Callable[..., Path]

LOOP = """
DO $$
DECLARE
    r record;
BEGIN
    FOR r IN DELETE FROM items RETURNING *
    LOOP
        IF r.id > 1 THEN
            NULL;
        ELSE
            UPDATE other
               SET a = (SELECT 1 WHERE true);
        END IF;
    END LOOP;
EXCEPTION
    WHEN others THEN
        TRUNCATE items;
END $$;
"""

FUNCTION = """
CREATE FUNCTION clean() RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    DELETE FROM items;
END
$body$;
"""


def found(write: Writer, up: str, *directives: str) -> list[tuple[str, int]]:
    """The rules that an up section breaks with their lines, of which the first is 1."""
    path = write("0001_a", up.strip(), "SELECT 1;", *directives)
    return [(each.rule, each.line - 1 - len(directives)) for each in check([read_migration(path)])]


def test_each_statement_of_a_body_is_judged_on_its_line(write: Writer) -> None:
    assert found(write, LOOP) == [("delete-without-where", 5), ("update-without-where", 10), ("truncate", 16)]


@pytest.mark.parametrize(
    "piece",
    [
        "DELETE FROM items;",
        "DELETE FROM items RETURNING id INTO STRICT v;",
        "WITH x AS (DELETE FROM items RETURNING *) SELECT count(*) INTO v FROM x;",
        "v := (SELECT 1); DELETE FROM items;",
        "<<here>> BEGIN DELETE FROM items; END here;",
        "IF v = 1 THEN NULL; ELSIF v = 2 THEN DELETE FROM items; END IF;",
        "CASE v WHEN 1, 2 THEN DELETE FROM items; ELSE NULL; END CASE;",
        "CASE WHEN v = 1 THEN NULL; ELSE DELETE FROM items; END CASE;",
        "WHILE v < 3 LOOP DELETE FROM items; EXIT WHEN v = 2; END LOOP;",
        "FOR v IN REVERSE 10 .. 1 BY 2 LOOP DELETE FROM items; END LOOP;",
        "FOR v IN 1..10 LOOP DELETE FROM items; END LOOP;",
        "FOREACH v IN ARRAY ARRAY[1, 2] LOOP DELETE FROM items; CONTINUE; END LOOP;",
        "FOR v IN c LOOP DELETE FROM items; END LOOP;",
        "OPEN d FOR WITH x AS (DELETE FROM items RETURNING *) SELECT * FROM x;",
        "EXECUTE 'DELETE FROM items';",
        "EXECUTE 'DELETE FROM ' || 'items' INTO v USING 1;",
        "EXECUTE $q$DELETE FROM items$q$ USING v;",
        "EXECUTE format('DELETE FROM items');",
        "FOR v IN EXECUTE 'DELETE FROM items RETURNING id' LOOP NULL; END LOOP;",
        "BEGIN NULL; EXCEPTION WHEN unique_violation OR SQLSTATE '22012' THEN DELETE FROM items; END;",
        "PERFORM query_to_xml('DELETE FROM items', true, true, '');",
        "DECLARE w int = 1; BEGIN DELETE FROM items; END;",
        "RAISE NOTICE 'x %', v USING HINT = 'y'; ASSERT v > 0, 'z'; GET DIAGNOSTICS v = ROW_COUNT; DELETE FROM items;",
        "DO 'BEGIN DELETE FROM items; END';",
    ],
)
def test_statement_is_found_wherever_it_stands_in_a_body(write: Writer, piece: str) -> None:
    up = f"DO $$ DECLARE v app.number%TYPE; c CURSOR (a int) FOR SELECT a; d refcursor; BEGIN {piece} END $$;"
    assert [rule for rule, _ in found(write, up)] == ["delete-without-where"]


@pytest.mark.parametrize(
    "call",
    [
        "SELECT clean();",
        "SELECT * FROM clean();",
        "SELECT 1 WHERE clean() IS NULL;",
        "DO $$ BEGIN PERFORM clean(); END $$;",
        "DO $$ DECLARE v text := clean(); BEGIN NULL; END $$;",
        "UPDATE items SET a = 1 WHERE id = 1 AND public.clean() IS NULL;",
        "ALTER TABLE items ADD note text DEFAULT lower(clean()::text);",
        "CREATE FUNCTION more() RETURNS void LANGUAGE sql AS 'SELECT clean()'; SELECT more();",
        "CREATE TRIGGER t AFTER INSERT ON fresh EXECUTE FUNCTION clean(); INSERT INTO fresh VALUES (1);",
    ],
)
def test_function_that_is_made_and_called_is_judged_where_it_is_written(write: Writer, call: str) -> None:
    assert ("delete-without-where", 4) in found(write, f"CREATE TABLE fresh (a int);{FUNCTION}{call}")


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "SELECT 'clean()';",
        "SELECT clean FROM items;",
        "SELECT app.clean();",
        "COMMENT ON FUNCTION public.clean() IS 'clean()';",
        "CREATE VIEW v AS SELECT public.clean();",
        "ALTER TABLE items ALTER a SET DEFAULT public.clean();",
        "CREATE TABLE fresh (a int); CREATE TRIGGER t AFTER INSERT ON fresh EXECUTE FUNCTION public.clean();",
    ],
)
def test_function_that_is_not_called_is_not_judged(write: Writer, rest: str) -> None:
    assert found(write, FUNCTION.replace("clean()", "public.clean()") + rest) == []


@pytest.mark.parametrize(
    "made",
    [
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$\nDELETE FROM items\n$$; SELECT f();",
        "CREATE FUNCTION f() RETURNS void AS '\nDELETE FROM items' LANGUAGE sql; SELECT f();",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql BEGIN ATOMIC\nDELETE FROM items; END; SELECT f();",
        "CREATE PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN\nDELETE FROM items; COMMIT; END $$; CALL f();",
        "CREATE FUNCTION f(t.b%TYPE) RETURNS a.b AS $$ BEGIN\nDELETE FROM items; END $$ LANGUAGE plpgsql; SELECT f(1);",
        "DO E'BEGIN\nDELETE FROM items; RAISE NOTICE \\'x\\'; END';",
        "DO LANGUAGE plpgsql $outer$ BEGIN\nDO $inner$ BEGIN DELETE FROM items; END $inner$; END $outer$;",
    ],
)
def test_body_is_read_in_every_notation(write: Writer, made: str) -> None:
    assert found(write, made) == [("delete-without-where", 2)]


def test_function_that_calls_itself_is_judged_once(write: Writer) -> None:
    up = "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM items; SELECT f()'; SELECT f(), f();"
    assert found(write, up) == [("delete-without-where", 1)]


def test_variables_are_no_tables(write: Writer) -> None:
    assert found(write, "DO $$ DECLARE items int; BEGIN SELECT 1 INTO items; TRUNCATE items; END $$;") == [
        ("truncate", 1)
    ]


@pytest.mark.parametrize(
    ("body", "spared"),
    [
        ("CREATE TABLE t (a int); UPDATE t SET a = 1;", True),
        ("CREATE TEMP TABLE IF NOT EXISTS t (a int); UPDATE t SET a = 1;", True),
        ("IF v THEN CREATE TEMP TABLE t (a int); END IF; UPDATE t SET a = 1;", True),
        ("EXECUTE 'CREATE TABLE t (a int)'; UPDATE t SET a = 1;", True),
        ("IF v THEN CREATE TABLE t (a int); END IF; UPDATE t SET a = 1;", False),
        ("IF v THEN RETURN; END IF; CREATE TABLE t (a int); UPDATE t SET a = 1;", False),
        ("LOOP CREATE TABLE t (a int); EXIT; END LOOP; UPDATE t SET a = 1;", False),
        ("BEGIN CREATE TABLE t (a int); EXCEPTION WHEN duplicate_table THEN NULL; END; UPDATE t SET a = 1;", False),
    ],
)
def test_table_that_a_body_surely_makes_is_nobody_elses(write: Writer, body: str, *, spared: bool) -> None:
    assert (found(write, f"DO $$ DECLARE v boolean; BEGIN {body} END $$;") == []) is spared


def test_syntax_error_in_a_body_has_its_line(write: Writer) -> None:
    assert found(write, "DO $$\nBEGIN\n  NULL;\n  UPDATE items\n     SETT a = 1;\nEND $$;") == [("syntax-error", 5)]


def test_rule_that_is_waived_is_waived_in_bodies(write: Writer) -> None:
    up = "DO $$ BEGIN EXECUTE current_setting('app.sql'); DELETE FROM items; END $$;"
    assert found(write, up, "lint-ignore: dynamic-sql we know it") == [("delete-without-where", 1)]
