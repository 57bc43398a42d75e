from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.migrate import rules
from freehold.migrate.check import ALL_RULES, check
from freehold.migrate.findings import Finding
from freehold.migrate.reader import read_migration

Writer = Callable[..., Path]

ALTER = """
ALTER TABLE
    items -- with many commands
    DROP a,
    ADD b int CHECK (b > 0), ADD c bigserial,
    ADD CONSTRAINT u
        UNIQUE (b, c),
    ALTER d TYPE numeric(10, 2),
    ALTER e
        SET NOT NULL;
"""


def found(write: Writer, up: str, *directives: str, down: str = "SELECT 1;") -> list[Finding]:
    """What check says of a file."""
    return check([read_migration(write("0001_a", up, down, *directives))])


def rules_of(findings: list[Finding]) -> list[str]:
    return [each.rule for each in findings]


def test_each_command_of_alter_table_is_judged_on_its_line(write: Writer) -> None:
    assert [(each.rule, each.line - 2) for each in found(write, ALTER)] == [
        ("ban-drop-column", 3),
        ("constraint-missing-not-valid", 4),
        ("adding-field-with-default", 4),
        ("disallowed-unique-constraint", 5),
        ("changing-column-type", 7),
        ("adding-not-nullable-field", 8),
    ]


def test_statements_are_judged_in_the_order_of_their_lines(write: Writer) -> None:
    up = "WITH x AS (SELECT 1),\n y AS (DELETE FROM items RETURNING *)\nUPDATE other SET a = 1;\nTRUNCATE items;"
    assert [(each.rule, each.line) for each in found(write, up)] == [
        ("delete-without-where", 3),
        ("update-without-where", 4),
        ("truncate", 5),
    ]


def test_ignored_rule_is_silent_and_others_still_speak(write: Writer) -> None:
    up = "TRUNCATE items; DELETE FROM items;"
    assert rules_of(found(write, up, "lint-ignore: truncate the table is a cache")) == ["delete-without-where"]


def test_statement_that_cannot_be_read_is_named_with_its_line_and_can_be_waived(write: Writer) -> None:
    up = "SELECT 1;\nALTER TABLE items\n  ADDD a int;"
    (finding,) = found(write, up)
    assert (finding.rule, finding.line) == ("syntax-error", 4)
    assert 'at or near "ADDD"' in finding.message
    assert found(write, up, "lint-ignore: syntax-error this server knows it") == []


def test_syntax_error_in_down_is_found_too(write: Writer) -> None:
    assert rules_of(found(write, "SELECT 1;", down="SELECT 1;\nALTER TABEL items;")) == ["syntax-error"]


def test_down_is_judged_for_nothing_else(write: Writer) -> None:
    assert found(write, "SELECT 1;", down="DROP TABLE items; DELETE FROM other;") == []


@pytest.mark.parametrize("way", ["UNIQUE", "PRIMARY KEY", "EXCLUDE"])
@pytest.mark.parametrize("form", ["ADD CONSTRAINT c {} (a)", "ADD {} (a)", "ADD a int {}"])
def test_constraint_with_an_index_is_never_told_not_valid(write: Writer, form: str, way: str) -> None:
    if way == "EXCLUDE":
        form = form.replace("(a)", "(a WITH =)")
    for finding in found(write, f"ALTER TABLE items {form.format(way)};"):
        assert "NOT VALID" not in finding.remedy
        assert "NOT VALID" not in finding.message


def test_one_fault_is_told_once(write: Writer) -> None:
    assert rules_of(found(write, "ALTER TABLE items ADD FOREIGN KEY (a) REFERENCES other;")) == [
        "adding-foreign-key-constraint"
    ]
    assert rules_of(found(write, "UPDATE items SET a = 1; UPDATE other SET a = 1;")) == ["update-without-where"]


def test_only_the_change_of_a_type_is_a_notice(write: Writer) -> None:
    findings = found(write, ALTER)
    assert [each.rule for each in findings if each.severity == "notice"] == ["changing-column-type"]


def test_every_rule_says_what_to_write_instead(write: Writer) -> None:
    assert set(rules.OWN_RULES) | set(rules.TRACED_RULES) == ALL_RULES
    for each in found(write, ALTER + "DO $$ BEGIN EXECUTE a; END $$; TRUNCATE t CASCADE;"):
        assert each.message
        assert each.remedy or each.severity == "notice"


def test_many_inserts_are_judged_as_few(write: Writer) -> None:
    insert = "INSERT INTO items (a, b) VALUES (1, now());\n"
    odd = "INSERT INTO items SELECT setval('s', 1);\nINSERT INTO items VALUE (1);\n"
    findings = found(write, insert * 2_000 + odd + insert)
    assert [(each.rule, each.line) for each in findings] == [("setval", 2_002), ("syntax-error", 2_003)]
