import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.migrate import gate
from freehold.migrate.errors import ConnectError, UnprovedError
from freehold.migrate.files import MigrationSet
from freehold.migrate.findings import Finding
from freehold.migrate.rehearse import Rehearsal, rehearse

Writer = Callable[..., Path]
Query = Callable[..., list[tuple[object, ...]]]
Execute = Callable[[str], None]

DATA = """
CREATE TABLE items (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(20) NOT NULL, price numeric(10, 2), code text UNIQUE
);
INSERT INTO items (name, price, code) SELECT 'Name ' || n, n + 0.25, 'c' || n FROM generate_series(1, 50) n;
"""


@pytest.fixture
def prepared(database_url: str, execute: Execute) -> str:
    execute(DATA)
    return database_url


@pytest.fixture
def run(prepared: str, write: Writer, tmp_path: Path) -> Callable[[], Rehearsal]:
    """Rehearse the test's migrations on its database."""
    del write

    def act() -> Rehearsal:
        sets = [MigrationSet.from_folder(tmp_path / "migrations")]
        return asyncio.run(rehearse(prepared, sets=sets, backups=tmp_path / "backups"))

    return act


def apply(url: str, tmp_path: Path, **options: str) -> gate.Outcome:
    sets = [MigrationSet.from_folder(tmp_path / "migrations")]
    return asyncio.run(gate.apply_proved(url, sets=sets, **options))  # type: ignore[arg-type]


def rules(rehearsal: Rehearsal, severity: str = "error") -> list[str]:
    return [f"{each.label}: {each.rule}" for each in rehearsal.findings if each.severity == severity]


def only(rehearsal: Rehearsal) -> Finding:
    found = [each for each in rehearsal.findings if each.severity == "error"]
    assert len(found) == 1, found
    return found[0]


def test_what_was_rehearsed_may_be_applied(run: Callable[[], Rehearsal], write: Writer, prepared: str, tmp_path: Path):
    write("0001_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;")
    write("0002_tags", "CREATE TABLE tags (id int PRIMARY KEY, item_id int REFERENCES items);", "DROP TABLE tags;")
    rehearsal = run()
    assert rehearsal.passed, rehearsal.findings
    outcome = apply(prepared, tmp_path)
    assert [step.version for step in outcome.applied] == ["0001", "0002"]
    assert all(step.predicted_seconds is not None for step in outcome.applied)
    assert outcome.surprises == []
    assert outcome.evidence in str(rehearsal.backup)


def test_apply_without_evidence_is_refused_and_says_how(write: Writer, prepared: str, tmp_path: Path):
    write("0001_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;")
    with pytest.raises(UnprovedError, match=r"never rehearsed(?s:.)*freehold migrate rehearse"):
        apply(prepared, tmp_path)


def test_silent_loss_of_data_in_down_is_found_by_column(run: Callable[[], Rehearsal], write: Writer):
    write(
        "0001_round_price",
        "UPDATE items SET price = round(price) WHERE true;",
        "UPDATE items SET price = price WHERE true;",
    )
    found = only(run())
    assert found.rule == "down-loses-data"
    assert "items.price" in found.message


def test_loss_that_is_declared_passes(run: Callable[[], Rehearsal], write: Writer):
    write(
        "0001_drop",
        "ALTER TABLE items DROP price;",
        "ALTER TABLE items ADD price numeric(10, 2);",
        "lossy: items.price the prices moved to another system",
    )
    rehearsal = run()
    assert rehearsal.passed, rehearsal.findings
    assert rules(rehearsal, "notice") == ["0001_drop: column-order"]


def test_loss_of_one_migration_is_not_laid_at_the_door_of_others(run: Callable[[], Rehearsal], write: Writer):
    write("0001_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;")
    again = "ALTER TABLE items ADD price numeric(10, 2);"
    write("0002_drop", "ALTER TABLE items DROP price;", again, "lossy: items.price the prices moved to another system")
    write("0003_b", "ALTER TABLE items ADD b int;", "ALTER TABLE items DROP b;")
    rehearsal = run()
    assert rehearsal.passed, rehearsal.findings
    assert rules(rehearsal, "notice") == ["0002_drop: column-order"]


def test_rows_that_are_others_each_time_are_noticed_once(run: Callable[[], Rehearsal], write: Writer):
    column = "ADD w timestamptz DEFAULT clock_timestamp()"
    ignore = "lint-ignore: adding-field-with-default a test"
    write("0001_when", f"ALTER TABLE items {column};", "ALTER TABLE items DROP w;", ignore)
    write("0002_b", "ALTER TABLE items ADD b int;", "ALTER TABLE items DROP b;")
    rehearsal = run()
    assert "0001_when: up-not-repeatable" in rules(rehearsal, "notice")
    assert "0002_b: up-not-repeatable" not in rules(rehearsal, "notice")


def test_declaration_that_is_not_true_is_reported(run: Callable[[], Rehearsal], write: Writer):
    write("0001_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;", "lossy: items.name caution")
    rehearsal = run()
    assert rehearsal.passed
    assert rules(rehearsal, "notice") == ["0001_a: untrue-declaration"]


def test_down_that_leaves_something_behind_is_found(run: Callable[[], Rehearsal], write: Writer):
    write("0001_two", "ALTER TABLE items ADD a int, ADD b int;", "ALTER TABLE items DROP a;")
    rehearsal = run()
    assert rules(rehearsal) == ["0001_two: down-leaves-schema", "0001_two: up-fails-again"]
    assert "column public.items.b was added" in rehearsal.findings[0].message


def test_down_that_cannot_take_what_users_wrote_since_is_found(run: Callable[[], Rehearsal], write: Writer):
    write(
        "0001_wider",
        "ALTER TABLE items ALTER name TYPE varchar(100);",
        "ALTER TABLE items ALTER name TYPE varchar(20);",
    )
    found = only(run())
    assert found.rule == "down-fails-after-writes"
    assert "value too long" in found.message


def test_duplicates_under_a_dropped_key_are_found(run: Callable[[], Rehearsal], write: Writer):
    write(
        "0001_drop_key",
        "ALTER TABLE items DROP CONSTRAINT items_code_key;",
        "ALTER TABLE items ADD CONSTRAINT items_code_key UNIQUE (code);",
    )
    assert only(run()).rule == "down-fails-after-writes"


def test_value_cut_by_down_is_found_though_down_succeeds(run: Callable[[], Rehearsal], write: Writer):
    write(
        "0001_wider",
        "ALTER TABLE items ALTER name TYPE varchar(100);",
        "ALTER TABLE items ALTER name TYPE varchar(20) USING left(name, 20);",
    )
    found = only(run())
    assert found.rule == "down-loses-data"
    assert "written after up" in found.message


def test_failing_up_is_a_finding_and_touches_nothing(run: Callable[[], Rehearsal], write: Writer, query: Query) -> None:
    write("0001_bad", "INSERT INTO items (name, code) VALUES ('x', 'c1');", "DELETE FROM items WHERE code = 'c1';")
    found = only(run())
    assert found.rule == "up-fails"
    assert "items_code_key" in found.message
    assert query("SELECT count(*) FROM items") == [(50,)]


def test_lost_connection_is_no_finding_about_the_migration(
    run: Callable[[], Rehearsal], write: Writer, query: Query, database_name: str
):
    write("0001_end", "SELECT pg_terminate_backend(pg_backend_pid());", "SELECT 1;")
    with pytest.raises(ConnectError, match=r"the connection was lost .* Run the same command again"):
        run()
    assert query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", f"{database_name}_staging") == []


def test_failing_down_is_found(run: Callable[[], Rehearsal], write: Writer):
    write("0001_bad", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP b;")
    assert "0001_bad: down-fails" in rules(run())


def test_migration_that_is_to_blame_is_named_among_others(run: Callable[[], Rehearsal], write: Writer):
    write("0001_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;")
    write(
        "0002_upper",
        "UPDATE items SET name = upper(name) WHERE true;",
        "UPDATE items SET name = lower(name) WHERE true;",
    )
    write("0003_b", "ALTER TABLE items ADD b int;", "ALTER TABLE items DROP b;")
    assert {each.label for each in run().findings if each.severity == "error"} == {"0002_upper"}


def test_irreversible_migration_between_others_is_walked_past(run: Callable[[], Rehearsal], write: Writer):
    write("0001_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;")
    write("0002_final", "ALTER TABLE items DROP price;", "", "irreversible: prices are gone for good")
    write("0003_b", "ALTER TABLE items ADD b int;", "ALTER TABLE items DROP b;")
    rehearsal = run()
    assert rehearsal.passed, rehearsal.findings
    assert len(rehearsal.steps) == 3


def test_rewrite_of_a_big_table_is_traced(run: Callable[[], Rehearsal], write: Writer, execute: Execute):
    execute("INSERT INTO items (name) SELECT 'x' FROM generate_series(1, 10000)")
    write(
        "0001_big", "ALTER TABLE items ALTER id TYPE bigint;", "ALTER TABLE items ALTER id TYPE int;", "irreversible: x"
    )
    rehearsal = run()
    assert "0001_big: traced-rewrite" in rules(rehearsal)
    assert rehearsal.steps[0].trace.rewritten == {"public.items": 10050}


def test_lock_held_long_is_traced(run: Callable[[], Rehearsal], write: Writer):
    write("0001_slow", "LOCK TABLE items; SELECT pg_sleep(1.1);", "SELECT 1;", "lint-ignore: lock-table x")
    rehearsal = run()
    assert "0001_slow: traced-lock" in rules(rehearsal)
    (lock,) = rehearsal.steps[0].trace.locks
    assert (lock.table, lock.mode) == ("public.items", "AccessExclusiveLock")


def test_staging_copy_is_gone_afterwards(run: Callable[[], Rehearsal], write: Writer, query: Query, database_name: str):
    write("0001_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;")
    run()
    assert query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", f"{database_name}_staging") == []
