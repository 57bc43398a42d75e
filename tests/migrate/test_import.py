"""Each tool's files are read as the tool reads them: which are migrations, in which order, what is up and down."""

from collections.abc import Mapping

import pytest
from tests.migrate.theirs import Given

from freehold.migrate.frameworks.convert import Import
from freehold.migrate.migration import Migration

UP, DOWN = "CREATE TABLE t (id int);", "DROP TABLE t;"


def sql(migration: Migration) -> tuple[list[str], list[str]]:
    return tuple([each.sql for each in way.statements] for way in (migration.up, migration.down))  # type: ignore[return-value]


def notes(answer: Import) -> dict[str, list[str]]:
    return {each.original: each.notes for each in answer.migrations}


def goose(up: str, down: str | None = DOWN) -> str:
    return f"-- +goose Up\n{up}\n" + ("" if down is None else f"-- +goose Down\n{down}\n")


LAYOUTS: Mapping[str, Mapping[str, str]] = {
    "goose": {"00001_make.sql": goose(UP), "00002_fill.sql": goose("INSERT INTO t VALUES (1);", None)},
    "dbmate": {
        "20240101000000_make.sql": f"-- migrate:up\n{UP}\n-- migrate:down\n{DOWN}\n",
        "20240102000000_fill.sql": "-- migrate:up\nINSERT INTO t VALUES (1);\n",
    },
    "golang-migrate": {
        "1_make.up.sql": UP,
        "1_make.down.sql": DOWN,
        "2_fill.up.sql": "INSERT INTO t VALUES (1)",
    },
    "sqlx": {
        "1_make.up.sql": UP,
        "1_make.down.sql": DOWN,
        "2_fill.sql": "INSERT INTO t VALUES (1)",
    },
    "diesel": {
        "2024-01-01-000000_make/up.sql": UP,
        "2024-01-01-000000_make/down.sql": DOWN,
        "2024-01-02-000000_fill/up.sql": "INSERT INTO t VALUES (1);",
    },
    "flyway": {"V1__make.sql": UP, "U1__make.sql": DOWN, "V2__fill.sql": "INSERT INTO t VALUES (1);"},
    "alembic": {
        "up.sql": "BEGIN;\n\nCREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL, \n"
        "    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n);\n\n"
        f"-- Running upgrade  -> make\n\n{UP}\n\n"
        "INSERT INTO alembic_version (version_num) VALUES ('make') RETURNING alembic_version.version_num;\n\n"
        "-- Running upgrade make -> fill\n\nINSERT INTO t VALUES (1);\n\n"
        "UPDATE alembic_version SET version_num='fill' WHERE alembic_version.version_num = 'make';\n\nCOMMIT;\n\n",
        "down.sql": f"BEGIN;\n\n-- Running downgrade make -> \n\n{DOWN}\n\n"
        "DELETE FROM alembic_version WHERE alembic_version.version_num = 'make';\n\n"
        "DROP TABLE alembic_version;\n\nCOMMIT;\n",
    },
    "django-sql": {
        "make_0001_make.sql": f"BEGIN;\n--\n-- Create model T\n--\n{UP}\nCOMMIT;\n",
        "make_0001_make.down.sql": f"BEGIN;\n--\n-- Create model T\n--\n{DOWN}\nCOMMIT;\n",
        "make_0002_fill.sql": "BEGIN;\n--\n-- Raw SQL operation\n--\nINSERT INTO t VALUES (1);\nCOMMIT;\n",
    },
}


@pytest.mark.parametrize("framework", LAYOUTS)
def test_up_and_down_of_every_tool_are_found_and_a_missing_way_back_is_given_its_reason(
    given: Given, framework: str
) -> None:
    given.files(LAYOUTS[framework]).imported(framework)
    make, fill = given.written()
    assert sql(make) == ([UP[:-1]], [DOWN[:-1]])
    assert sql(fill) == (["INSERT INTO t VALUES (1)"], [])
    assert make.irreversible is None
    assert fill.irreversible
    assert make.imported.startswith(f"{framework} ")
    assert make.version < fill.version
    assert make.name.endswith("make")


ENVSUB = """\
-- +goose Up
-- +goose ENVSUB ON
SELECT '$NAME ${{NAME}}s ${{OTHER:-or}}', $$x$$;
-- +goose ENVSUB OFF
SELECT '$NAME';
"""


@pytest.mark.parametrize(
    ("text", "up", "down"),
    [
        ("-- +GOOSE UP\n{up}\n-- +goose down\n{down}", [UP[:-1]], [DOWN[:-1]]),
        ("--+goose Up\r\n{up}\r\n-- +goose  Down  \r\n{down}\r\n", [UP[:-1]], [DOWN[:-1]]),
        ("-- why\n-- +goose NO TRANSACTION\n-- +goose Up\n{up} -- +goose Down\n", [UP[:-1]], []),
        ("-- +goose Up\n -- +goose Down\n{up}\n-- +goose Something\n", [UP[:-1]], []),
        (
            "-- +goose Up\n-- +goose StatementBegin\nDO $$ BEGIN PERFORM 1; END $$\n-- +goose StatementEnd\n{up}\n",
            ["DO $$ BEGIN PERFORM 1; END $$", UP[:-1]],
            [],
        ),
        ("-- +goose Up\nSELECT '${{NOT}} $THIS';\n", ["SELECT '${NOT} $THIS'"], []),
        (
            ENVSUB,
            ["SELECT 'app apps or', $$x$$", "SELECT '$NAME'"],
            [],
        ),
    ],
)
def test_annotations_of_goose(given: Given, text: str, up: list[str], down: list[str]) -> None:
    given.files({"00001_a.sql": text.format(up=UP, down=DOWN)}).imported("goose", NAME="app")
    assert sql(given.written()[0]) == (up, down)


@pytest.mark.parametrize(
    ("text", "up", "down"),
    [
        ("-- migrate:up transaction:false\n{up}\n-- migrate:down transaction:false\n{down}", [UP[:-1]], [DOWN[:-1]]),
        ("-- why\n--migrate:up\r\n{up}\r\n--  migrate:down\r\n{down}\r\n", [UP[:-1]], [DOWN[:-1]]),
        ("-- migrate:up\n{up} -- migrate:down\n-- migrate: lossy\n-- migrate:upwards\n", [UP[:-1]], []),
    ],
)
def test_markers_of_dbmate(given: Given, text: str, up: list[str], down: list[str]) -> None:
    given.files({"20240101000000_a.sql": text.format(up=UP, down=DOWN)}).imported("dbmate")
    assert sql(given.written()[0]) == (up, down)


def test_flyway_runs_baseline_then_versions_by_number_then_what_repeats(given: Given) -> None:
    files = {
        f"{name}.sql": f"SELECT '{name}';"
        for name in (
            *("V1__one", "U1__one", "B2__base", "V2__two", "V2.1__two_one", "sub/V2_1_5__two_one_five", "U2_1__undo"),
            *("V10__ten", "V9__nine", "R__b_view", "R__a view", "afterMigrate", "V__none", "notes", "U11__x"),
        )
    }
    answer = given.files(files).imported("flyway")
    assert [sql(each)[0] for each in given.written()] == [
        [f"SELECT '{name}'"]
        for name in (
            "B2__base",
            "V2.1__two_one",
            "sub/V2_1_5__two_one_five",
            "V9__nine",
            "V10__ten",
            "R__a view",
            "R__b_view",
        )
    ]
    assert [each.version for each in given.written()] == [f"{number:04}" for number in range(1, 8)]
    assert sql(given.written()[1])[1] == ["SELECT 'U2_1__undo'"]
    assert given.written()[5].name == "a_view"
    left = {
        name: why
        for name, why in notes(answer).items()
        if not name.startswith(("B2", "V2.1", "V2_1", "V9", "V10", "R"))
    }
    assert left == {
        "V1__one.sql": ["left out: B2__base.sql stands for it"],
        "V2__two.sql": ["left out: B2__base.sql stands for it"],
        "U1__one.sql": ["left out: B2__base.sql stands for it"],
        "U11__x.sql": ["left out: it undoes no version"],
        "afterMigrate.sql": ["left out: a callback"],
        "V__none.sql": ["left out: its name is none that Flyway reads"],
        "notes.sql": ["left out: its name is none that Flyway reads"],
    }


def test_placeholders_of_flyway_get_values_unless_they_are_switched_off(given: Given) -> None:
    given.files(
        {
            "V1__a.sql": "CREATE TABLE ${schema}.t (id int);",
            "V2__b.sql": "SELECT '${schema}';",
            "V2__b.sql.conf": "placeholderReplacement=false\n",
            "V3__c.sql": "SELECT '${flyway:user}';",
        }
    )
    given.imported("flyway", schema="app", **{"flyway:user": "me"})
    assert [sql(each)[0][0] for each in given.written()] == [
        "CREATE TABLE app.t (id int)",
        "SELECT '${schema}'",
        "SELECT 'me'",
    ]


def test_placeholder_without_a_value_is_named_with_its_line(given: Given) -> None:
    given.files({"V1__a.sql": "SELECT 1;\nSELECT '${schema}';"})
    assert given.refused("flyway") == ["V1__a.sql:2: the placeholder ${schema} has no value: add --set schema=VALUE"]


def test_alembic_steps_follow_each_other_also_over_several_files_and_merges(given: Given) -> None:
    def step(before: str, after: str) -> str:
        return f"BEGIN;\n\n-- Running upgrade {before} -> {after}\n\nSELECT '{after}';\n\nCOMMIT;\n"

    given.files(
        {
            "1.sql": step("b, c", "d"),
            "2.sql": step("", "a") + step("a", "b") + step("a", "c"),
            "versions/c_of_words.py": "",
        }
    ).imported("alembic")
    first, *_, last = written = given.written()
    assert sql(first)[0] == ["SELECT 'a'"]
    assert sql(last)[0] == ["SELECT 'd'"]
    assert {each.name for each in written} == {"a", "b", "of_words", "d"}


def test_alembic_says_what_is_not_its_output_and_what_has_no_upgrade(given: Given) -> None:
    given.files(
        {"up.sql": "-- Running upgrade  -> a\nSELECT 1;\n", "x.sql": "-- Running downgrade b -> a\nSELECT 1;\n"}
    )
    assert given.refused("alembic") == ["x.sql:1: there is no upgrade to b"]


def test_django_apps_come_in_the_order_of_the_tables_that_they_name(given: Given) -> None:
    given.files(
        {
            "blog_0001_initial.sql": 'CREATE TABLE "blog_post" ("author_id" integer REFERENCES "users_user" ("id"));',
            "blog_0002_tags.sql": 'CREATE TABLE "blog_tag" ("id" integer);',
            "users_0001_initial.sql": 'CREATE TABLE "users_user" ("id" integer PRIMARY KEY);',
            "users_0002_favourite.sql": 'ALTER TABLE "users_user" ADD "tag_id" int REFERENCES "blog_tag" ("id");',
        }
    ).imported("django-sql")
    assert [each.name for each in given.written()] == ["users_initial", "blog_initial", "blog_tags", "users_favourite"]


def test_django_numbers_before_the_names_decide_the_order(given: Given) -> None:
    given.files({"0002_a_0001_initial.sql": "SELECT 2;", "0001_b_0001_initial.sql": "SELECT 1;"}).imported("django-sql")
    assert [sql(each)[0] for each in given.written()] == [["SELECT 1"], ["SELECT 2"]]


def test_django_number_that_is_taken_twice_is_refused(given: Given) -> None:
    given.files({"0001_a_0001_initial.sql": "SELECT 2;", "0001_b_0001_initial.sql": "SELECT 1;"})
    assert given.refused("django-sql") == ["0001_b_0001_initial.sql: has the number of 0001_a_0001_initial.sql"]


def test_django_circle_is_refused_with_the_way_out(given: Given) -> None:
    files = {f"{one}_0001_x.sql": f'CREATE TABLE "{one}" ("{other}" int);' for one, other in (("a", "b"), ("b", "a"))}
    (problem,) = given.files(files).refused("django-sql")
    assert "which of these comes first cannot be seen" in problem
    assert "0001_app_0001_name.sql" in problem


def test_django_python_operations_and_no_operations_are_said(given: Given) -> None:
    python = "--\n-- Raw Python operation\n--\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL\n"
    text = f"BEGIN;\n{python}--\n-- Alter x\n--\n-- (no-op)\nCOMMIT;\n"
    answer = given.files({"a_0001_x.sql": text, "a_0001_x.down.sql": text}).imported("django-sql")
    assert "line 5: what a Python operation did is not in it" in notes(answer)["a_0001_x.sql"]
    assert "does nothing: SELECT 1 stands for it" in notes(answer)["a_0001_x.sql"]
    assert given.written()[0].irreversible == "its way back has a Python operation, which is not in SQL"


def test_diesel_heeds_the_metadata_of_a_folder(given: Given) -> None:
    call = {"2024-01-01-000000_a/up.sql": "CALL p(); SELECT 1;"}
    given.files({**call, "2024-01-01-000000_a/metadata.toml": "run_in_transaction = false\n"}).imported("diesel")
    assert [each.up.transaction for each in given.written()] == [False, True]
    assert given.written()[0].version == "20240101000000"


@pytest.mark.parametrize(
    ("framework", "files", "problem"),
    [
        ("diesel", {"2024-01-01-000000_a/down.sql": DOWN}, "2024-01-01-000000_a: there is no up.sql in it"),
        (
            "diesel",
            {"2024-01-01-000000_a/up.sql": UP, "2024-01-01-000000_a/metadata.toml": "="},
            "metadata.toml: it is no TOML",
        ),
        ("diesel", {"make/up.sql": UP}, "make: its name does not begin with a version"),
        ("goose", {"1_a.sql": UP}, "1_a.sql: it has no line '-- +goose Up'"),
        ("dbmate", {"1_a.sql": UP}, "1_a.sql: needs one line '-- migrate:up'"),
        ("dbmate", {"1_a.sql": f"-- migrate:down\n{DOWN}\n-- migrate:up\n{UP}"}, "1_a.sql:3: needs one line"),
        ("goose", {"1_a.sql": goose(UP), "01_b.sql": goose(UP)}, "has the version of"),
        ("golang-migrate", {"1_a.up.sql": UP, "01_b.up.sql": UP}, "a second file of version 1"),
        ("flyway", {"V1__a.sql": UP, "V1.0__b.sql": UP}, "has the version of"),
        ("sqlx", {"readme.txt": ""}, "there are no migrations of sqlx in it"),
    ],
)
def test_what_the_tool_itself_would_refuse_is_refused(
    given: Given, framework: str, files: dict[str, str], problem: str
) -> None:
    assert any(problem in each for each in given.files(files).refused(framework))


@pytest.mark.parametrize(
    ("framework", "files", "why"),
    [
        ("golang-migrate", {"3_a.down.sql": DOWN}, "a way back without a way up"),
        ("golang-migrate", {"schema.sql": UP}, "its name does not end in .up.sql or .down.sql"),
        ("sqlx", {"schema.sql": UP}, "its name does not begin with a version and an underscore"),
        ("goose", {"schema.sql": UP}, "its name does not begin with a version and an underscore"),
        ("dbmate", {"schema.sql": UP}, "its name does not begin with a version"),
        ("django-sql", {"schema.sql": UP}, "its name is not app_0001_name.sql"),
        ("alembic", {"schema.sql": UP}, "it is not what 'alembic upgrade --sql' or 'alembic downgrade --sql' prints"),
    ],
)
def test_what_is_no_migration_is_left_out_and_said(
    given: Given, framework: str, files: dict[str, str], why: str
) -> None:
    answer = given.files({**LAYOUTS[framework], **files}).imported(framework)
    assert notes(answer)[next(iter(files))] == [f"left out: {why}"]
    assert len(given.written()) == 2


def test_program_among_the_files_keeps_its_place(given: Given) -> None:
    answer = given.files(
        {"1_a.sql": goose(UP), "2_b.go": "package x", "2_b_test.go": "", "3_c.sql": goose("SELECT 1;")}
    ).imported("goose")
    place = given.written()[1]
    assert (place.version, place.name, place.irreversible) == ("0002", "b", "the original is a program")
    assert "2_b.go is a program, not SQL: write what it does into this file" in notes(answer)["2_b.go"]
    assert "-- 2_b.go is a program" in place.path.read_text()
