"""The reference names every rule and every directive, and marks those that a stopped application is spared."""

import re
from pathlib import Path

from freehold.migrate import directives
from freehold.migrate.check import ALL_RULES
from freehold.migrate.findings import AVAILABILITY_RULES
from freehold.migrate.reach import REMEDIES

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "migrations.md").read_text("utf-8")


def test_every_rule_is_in_the_tables_of_the_reference_once() -> None:
    first_cells = re.findall(r"^\| (`[^|]*)\|", PAGE.partition("## Rules")[2], re.MULTILINE)
    named = re.findall(r"`([a-z]+(?:-[a-z]+)*)`", " ".join(first_cells))
    assert sorted(named) == sorted([*ALL_RULES, *REMEDIES])


def test_every_directive_is_in_the_reference() -> None:
    for written in directives.KNOWN:
        assert f"`{written}" in PAGE


def test_rules_that_a_stopped_application_is_spared_are_marked() -> None:
    marked = set(re.findall(r"`([a-z-]+)`\s\*(?!\*)", PAGE))
    assert marked == AVAILABILITY_RULES - {"changing-column-type"}
