"""What a file has made itself is nobody else's yet, and what earlier files made is there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.migrate.check import check
from freehold.migrate.reader import read_migration

Writer = Callable[..., Path]

UPDATE = "UPDATE t SET a = 1;"


def found(write: Writer, *ups: str, directives: tuple[str, ...] = ()) -> list[str]:
    """The rules that the last of several files breaks."""
    paths = [write(f"000{number}_a", up, "SELECT 1;", *directives) for number, up in enumerate(ups, start=1)]
    migrations = [read_migration(path) for path in paths]
    return [each.rule for each in check(migrations) if each.path == str(paths[-1])]


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE t (a int);",
        'CREATE TABLE public."t" (a int);',
        "CREATE TABLE T (LIKE other);",
        "CREATE TABLE IF NOT EXISTS t (a int);",
        "CREATE TABLE t AS SELECT 1;",
        "CREATE UNLOGGED TABLE t (a int);",
        "SELECT 1 AS a INTO t;",
        "SELECT 1 AS a INTO t UNION SELECT 2;",
        "CREATE TABLE t PARTITION OF other DEFAULT;",
        "CREATE SCHEMA public; SET search_path = public;",
        "CREATE TABLE new (a int); DROP TABLE IF EXISTS app.t; ALTER TABLE new RENAME TO t;",
        "CREATE TABLE app.t (a int); ALTER TABLE app.t SET SCHEMA public;",
        "SET search_path = public, app; CREATE TABLE t (a int);",
        'SET LOCAL search_path = "$user", public; CREATE TABLE t (a int);',
        "CREATE TEMP TABLE t (a int);",
    ],
)
def test_table_made_in_the_file_is_exempt(write: Writer, made: str) -> None:
    assert "update-without-where" not in found(write, f"{made} {UPDATE}")


@pytest.mark.parametrize(
    "made",
    [
        "CREATE PUBLICATION p FOR TABLE t;",
        "CREATE INDEX i ON t (a);",
        "CREATE TRIGGER r AFTER INSERT ON t EXECUTE FUNCTION f();",
        "CREATE POLICY p ON t USING (true);",
        "CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING;",
        "CREATE STATISTICS s ON a, b FROM t;",
        "CREATE TABLE other (LIKE t);",
        "CREATE TABLE other (a int REFERENCES t);",
        "CREATE TABLE other AS TABLE t;",
        "CREATE TABLE part PARTITION OF t DEFAULT;",
        "CREATE VIEW v AS SELECT * FROM t;",
        "CREATE TABLE app.t (a int);",
        'CREATE TABLE "T" (a int);',
        "CREATE SCHEMA app CREATE TABLE t (a int);",
        "SET search_path = app; CREATE TABLE t (a int); RESET search_path;",
        "SET search_path = app, public; CREATE TABLE t (a int); SET search_path = public;",
        "SELECT set_config('search_path', 'app', true); CREATE TABLE t (a int); SET SCHEMA 'public';",
        "CREATE TABLE t (a int); DROP TABLE t;",
        "CREATE TABLE t (a int); ALTER TABLE t RENAME TO other;",
        "CREATE TABLE other (a int); ALTER TABLE t RENAME TO older;",
        "CREATE TABLE x (a int); ALTER TABLE x RENAME TO t; ALTER TABLE t SET SCHEMA app;",
        "SELECT 'CREATE TABLE t (a int)';",
        "COMMENT ON TABLE t IS 'CREATE TABLE t ()'; -- CREATE TABLE t (a int);\n",
    ],
)
def test_table_that_was_there_is_not_exempt(write: Writer, made: str) -> None:
    assert "update-without-where" in found(write, f"{made} {UPDATE}")


@pytest.mark.parametrize("schema", ["public", "app"])
def test_temporary_table_hides_no_other(write: Writer, schema: str) -> None:
    up = f"CREATE TEMP TABLE t (a int); {UPDATE.replace('t SET', f'{schema}.t SET')}"
    assert found(write, up) == ["update-without-where"]


def test_statement_before_the_table_is_made_again_is_about_the_old_one(write: Writer) -> None:
    up = "UPDATE t SET a = 1; ALTER TABLE t RENAME TO old; CREATE TABLE t (a int); UPDATE t SET a = 1;"
    assert found(write, up) == ["update-without-where", "renaming-table"]


@pytest.mark.parametrize(
    ("earlier", "exempt"),
    [
        ("CREATE TABLE t (a int);", False),
        ("CREATE TABLE IF NOT EXISTS public.t (a int);", False),
        ("SET search_path = public; CREATE TABLE t (a int);", False),
        ("CREATE TABLE x (a int); ALTER TABLE x RENAME TO t;", False),
        ("DO $$ BEGIN CREATE TABLE t (a int); END $$;", False),
        ("CREATE TABLE app.t (a int);", True),
        ("CREATE TABLE t (a int); DROP TABLE t;", True),
        ("CREATE TEMP TABLE t (a int);", True),
        ("CREATE SCHEMA app;", True),
    ],
)
def test_if_not_exists_makes_no_table_that_an_earlier_file_made(write: Writer, earlier: str, *, exempt: bool) -> None:
    up = "CREATE TABLE IF NOT EXISTS t (a int); CREATE INDEX i ON t (a);"
    assert found(write, earlier, up) == ([] if exempt else ["require-concurrent-index-creation"])


NOT_NULL = "ALTER TABLE items ALTER a SET NOT NULL;"
CHECK = "ALTER TABLE items ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;"
VALIDATE = "ALTER TABLE items VALIDATE CONSTRAINT c;"


@pytest.mark.parametrize(
    "files",
    [
        (CHECK, VALIDATE, NOT_NULL),
        (CHECK, f"{VALIDATE} {NOT_NULL}"),
        (CHECK.replace("a IS NOT NULL", "b > 0 AND a IS NOT NULL"), VALIDATE, NOT_NULL),
        ("CREATE TABLE items (a int, CHECK (a IS NOT NULL));", NOT_NULL),
        (CHECK, f"DO $$ BEGIN {VALIDATE} END $$;", f"{NOT_NULL} ALTER TABLE items DROP CONSTRAINT c;"),
    ],
)
def test_validated_check_allows_set_not_null(write: Writer, files: tuple[str, ...]) -> None:
    assert found(write, *files) == []


@pytest.mark.parametrize(
    "files",
    [
        (CHECK, NOT_NULL),
        (CHECK.replace("a IS", "b IS"), VALIDATE, NOT_NULL),
        (CHECK.replace("a IS NOT NULL", "b > 0 OR a IS NOT NULL"), VALIDATE, NOT_NULL),
        (CHECK, VALIDATE, NOT_NULL.replace("items", "app.items")),
        (CHECK, f"{VALIDATE} ALTER TABLE items DROP CONSTRAINT c;", NOT_NULL),
    ],
)
def test_other_check_does_not_allow_set_not_null(write: Writer, files: tuple[str, ...]) -> None:
    assert found(write, *files) == ["adding-not-nullable-field"]


def test_files_that_are_applied_already_count_as_earlier(write: Writer) -> None:
    files = [read_migration(write(f"000{n}_a", up, "SELECT 1;")) for n, up in enumerate((CHECK, VALIDATE, NOT_NULL))]
    assert [each.rule for each in check(files[2:])] == ["adding-not-nullable-field"]
    assert check(files[2:], among=files) == []


@pytest.mark.parametrize(
    ("earlier", "up"),
    [
        ("CREATE TABLE parent (a int) PARTITION BY LIST (a);", "CREATE INDEX i ON ONLY parent (a);"),
        (
            "ALTER TABLE part ADD CONSTRAINT c CHECK (a = 1) NOT VALID; CREATE TABLE x (a int);",
            "ALTER TABLE part VALIDATE CONSTRAINT c; ALTER TABLE items ATTACH PARTITION part FOR VALUES IN (1);",
        ),
    ],
)
def test_remedy_on_partitions_passes(write: Writer, earlier: str, up: str) -> None:
    assert found(write, earlier, up) == []


def test_domain_of_an_earlier_file_is_known(write: Writer) -> None:
    domain = "CREATE DOMAIN app.positive AS int CHECK (VALUE > 0);"
    assert found(write, domain, "ALTER TABLE items ADD a app.positive;") == ["adding-field-with-default"]
    assert found(write, domain, "ALTER TABLE items ADD a positive;") == []


@pytest.mark.parametrize(
    ("statement", "directive", "severities"),
    [
        ("DELETE FROM items WHERE true;", "lossy: items nobody needs them", []),
        ("DELETE FROM app.items WHERE TRUE;", "lossy: app.items nobody needs them", []),
        ("DELETE FROM items WHERE true;", "lossy: items.a nobody needs it", []),
        ("DELETE FROM app.items WHERE true;", "lossy: app.items.a nobody needs it", []),
        ("DELETE FROM items WHERE true;", "lossy: others.a nobody needs it", ["notice"]),
        ("DELETE FROM items WHERE true;", "irreversible: nobody needs them", []),
        ("DELETE FROM items WHERE true;", "lint-ignore: delete-without-where down has a copy", []),
        ("DELETE FROM items WHERE true;", "lossy: other nobody needs them", ["notice"]),
        ("UPDATE items SET a = 1 WHERE true;", "lossy: items.a nobody needs it", ["notice"]),
        ("DELETE FROM items;", "lossy: items nobody needs them", ["error"]),
        ("DELETE FROM items WHERE 1 = 1;", "lossy: items nobody needs them", ["error"]),
        ("UPDATE items SET a = 1 WHERE true OR a = 2;", "lossy: items.a nobody needs it", ["error"]),
    ],
)
def test_the_words_where_true_say_that_all_are_meant(
    write: Writer, statement: str, directive: str, severities: list[str]
) -> None:
    path = write("0001_a", statement, "SELECT 1;", directive)
    assert [each.severity for each in check([read_migration(path)])] == severities


@pytest.mark.parametrize("directive", ["lossy: items.a why", "irreversible: why"])
@pytest.mark.parametrize("up", ["ALTER TABLE items DROP a;", "DROP TABLE items;", "DROP SCHEMA app CASCADE;"])
def test_loss_that_is_declared_is_no_finding(write: Writer, up: str, directive: str) -> None:
    assert found(write, up, directives=(directive,)) == []
