from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.migrate import rules, squawk
from freehold.migrate.check import ALL_RULES, check
from freehold.migrate.reader import read_migration

Writer = Callable[..., Path]

BAD = {
    "update-without-where": "UPDATE items SET a = 1;",
    "delete-without-where": "DELETE FROM items;",
    "truncate": "TRUNCATE items;",
    "vacuum-full": "VACUUM FULL items;",
    "cluster": "CLUSTER items USING items_pkey;",
    "lock-table": "LOCK TABLE items;",
    "set-unlogged": "ALTER TABLE items SET UNLOGGED;",
    "refresh-materialized-view": "REFRESH MATERIALIZED VIEW totals;",
    "create-trigger": "CREATE TRIGGER t AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION f();",
    "attach-partition": "ALTER TABLE items ATTACH PARTITION items_1 FOR VALUES IN (1);",
    "disable-trigger": "ALTER TABLE items DISABLE TRIGGER ALL;",
    "change-owner": "ALTER TABLE items OWNER TO somebody;",
    "row-level-security": "ALTER TABLE items ENABLE ROW LEVEL SECURITY;",
    "dynamic-sql": "DO $$ BEGIN EXECUTE 'DROP TABLE items'; END $$;",
    "copy-program": "COPY items FROM PROGRAM 'cat x';",
    "alter-system": "ALTER SYSTEM SET work_mem = '1GB';",
    "setval": "SELECT setval('items_id_seq', 1);",
    "needs-no-transaction": "CREATE INDEX CONCURRENTLY i ON items (a);",
    "unnamed-index": "CREATE INDEX CONCURRENTLY ON items (a);",
    "not-resumable": "CREATE TABLE t (id int);",
    "unknown-rule": "SELECT 1;",
    "adding-field-with-default": "ALTER TABLE items ADD a uuid DEFAULT gen_random_uuid();",
    "adding-foreign-key-constraint": "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (id);",
    "adding-not-nullable-field": "ALTER TABLE items ALTER a SET NOT NULL;",
    "adding-required-field": "ALTER TABLE items ADD a int NOT NULL;",
    "adding-serial-primary-key-field": "ALTER TABLE items ADD PRIMARY KEY (a);",
    "ban-drop-column": "ALTER TABLE items DROP a;",
    "ban-drop-database": "DROP DATABASE shop;",
    "ban-drop-table": "DROP TABLE items;",
    "ban-truncate-cascade": "TRUNCATE items CASCADE;",
    "changing-column-type": "ALTER TABLE items ALTER a TYPE bigint;",
    "constraint-missing-not-valid": "ALTER TABLE items ADD CONSTRAINT c CHECK (a > 0);",
    "disallowed-unique-constraint": "ALTER TABLE items ADD CONSTRAINT u UNIQUE (a);",
    "renaming-column": "ALTER TABLE items RENAME a TO b;",
    "renaming-table": "ALTER TABLE items RENAME TO things;",
    "require-concurrent-index-creation": "CREATE INDEX i ON items (a);",
    "require-concurrent-index-deletion": "DROP INDEX i;",
    "require-concurrent-partition-detach": "ALTER TABLE items DETACH PARTITION items_1;",
    "require-concurrent-reindex": "REINDEX TABLE items;",
    "syntax-error": "ALTER TABEL items;",
}
DIRECTIVES = {
    "unnamed-index": ["transaction=off"],
    "not-resumable": ["transaction=off"],
    "unknown-rule": ["lint-ignore: no-such-rule why not"],
}


def found(write: Writer, up: str, *directives: str) -> dict[str, int]:
    """The rules that an up breaks, with their lines."""
    path = write("0001_a", f"-- a comment\n{up}", "SELECT 1;", *directives)
    return {each.rule: each.line for each in check([read_migration(path)])}


@pytest.mark.parametrize("rule", sorted(BAD))
def test_rule_speaks_with_its_line(write: Writer, rule: str) -> None:
    directives = DIRECTIVES.get(rule, [])
    line = found(write, BAD[rule], *directives)[rule]
    assert line == (1 if rule == "unknown-rule" else 3 + len(directives))


def test_every_rule_has_an_example_here() -> None:
    assert set(BAD) == {*rules.OWN_RULES, *squawk.ERRORS, *squawk.NOTICES}
    assert set(BAD) | set(rules.TRACED_RULES) == ALL_RULES


@pytest.mark.parametrize(
    "up",
    [
        "UPDATE items SET a = 1 WHERE id = 7;",
        "DELETE FROM items WHERE id = 7;",
        "ALTER TABLE items ADD a int;",
        "ALTER TABLE items ADD a int NOT NULL DEFAULT 0;",
        "ALTER TABLE items ADD CONSTRAINT c CHECK (a > 0) NOT VALID;",
        "ALTER TABLE items VALIDATE CONSTRAINT c;",
        "ALTER TABLE items ADD CONSTRAINT u UNIQUE USING INDEX i;",
        "CREATE TABLE t (id int PRIMARY KEY, a int REFERENCES items); CREATE INDEX i ON t (a); UPDATE t SET a = 1;",
        'CREATE TABLE IF NOT EXISTS public."T" (id int); CREATE INDEX i ON "T" (id);',
        "DO $$ BEGIN RAISE NOTICE 'EXECUTE'; END $$;",
        "SELECT 'TRUNCATE items';",
    ],
)
def test_harmless_statement_passes(write: Writer, up: str) -> None:
    assert found(write, up) == {}


@pytest.mark.parametrize(
    "up",
    [
        "CREATE INDEX CONCURRENTLY i ON items (a);",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY public.items (a);",
        "DROP INDEX CONCURRENTLY i;",
        "VACUUM items;",
        "REINDEX INDEX CONCURRENTLY i;",
    ],
)
def test_statement_that_runs_outside_a_transaction_passes_there(write: Writer, up: str) -> None:
    assert found(write, up, "transaction=off") == {}


def test_ignored_rule_is_silent_and_others_still_speak(write: Writer) -> None:
    up = "TRUNCATE items; DELETE FROM items;"
    assert set(found(write, up, "lint-ignore: truncate the table is a cache")) == {"delete-without-where"}


def test_loss_that_is_declared_is_no_finding(write: Writer) -> None:
    assert found(write, "ALTER TABLE items DROP a;", "lossy: items.a nobody reads it") == {}


@pytest.mark.parametrize(
    "constraint",
    [
        "UNIQUE (a)",
        "CONSTRAINT u UNIQUE (a)",
        "CONSTRAINT u UNIQUE USING INDEX i",
        "PRIMARY KEY (a)",
        "CONSTRAINT p PRIMARY KEY (a)",
        'CONSTRAINT "check" UNIQUE (a)',
        "CONSTRAINT x EXCLUDE USING gist (a WITH =)",
    ],
)
def test_constraint_that_cannot_be_not_valid_is_never_told_to_be(write: Writer, constraint: str) -> None:
    up = f"ALTER TABLE items\n  ADD {constraint},\n  ADD CONSTRAINT c CHECK (a > 0);"
    path = write("0001_a", up, "SELECT 1;")
    told = [each.line for each in check([read_migration(path)]) if "... NOT VALID" in each.remedy]
    assert told == [4]  # the CHECK beside it
