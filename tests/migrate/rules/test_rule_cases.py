"""Every rule against its table: what it must find, and what it must leave alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.migrate.rules import columns, constraints, rows, spread, tables, unseen, ways

from freehold.migrate import rules
from freehold.migrate.check import check
from freehold.migrate.reader import read_migration

Writer = Callable[..., Path]

TABLES = (rows, columns, constraints, tables, unseen)


def cases(kind: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Rule, up section and directives of every case; ``kind`` is FINDS or LEAVES."""
    for table in TABLES:
        for rule, statements in getattr(table, kind).items():
            yield from ((rule, each, ()) for each in statements)
    for table in (ways, spread):
        for rule, files in getattr(table, kind).items():
            yield from ((rule, up, directives) for up, *directives in files)


def broken(write: Writer, up: str, directives: tuple[str, ...]) -> set[str]:
    """The rules that an up section breaks."""
    path = write("0001_a", f"{up};", "SELECT 1;", *directives)
    return {each.rule for each in check([read_migration(path)])}


@pytest.mark.parametrize(("rule", "up", "directives"), list(cases("FINDS")))
def test_rule_finds(write: Writer, rule: str, up: str, directives: tuple[str, ...]) -> None:
    assert rule in broken(write, up, directives)


@pytest.mark.parametrize(("rule", "up", "directives"), list(cases("LEAVES")))
def test_rule_leaves_alone(write: Writer, rule: str, up: str, directives: tuple[str, ...]) -> None:
    assert rule not in broken(write, up, directives)


def test_every_rule_has_a_table() -> None:
    for kind in ("FINDS", "LEAVES"):
        counted = [rule for rule, _, _ in cases(kind)]
        assert {rule for rule in rules.OWN_RULES if counted.count(rule) >= 3} == set(rules.OWN_RULES)
