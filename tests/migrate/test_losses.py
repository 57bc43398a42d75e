"""Which losses a declaration covers: a table's covers its columns, a column's only the column, or all rows lost."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from freehold.migrate.digests import Digests, TableDigest
from freehold.migrate.losses import Loss, lost_data, untrue

ROWS, COLUMN = Loss("public.items", "", "has lost rows"), Loss("public.items", "b", "is gone")
SEQUENCE = Loss("public.items_a_seq", "", "is gone", part_of=("items.a", "items"))


@pytest.mark.parametrize(
    ("target", "loss", "is_covered"),
    [
        ("items", ROWS, True),
        ("public.items", ROWS, True),
        ("items.a", ROWS, True),
        ("items", COLUMN, True),
        ("items.b", COLUMN, True),
        ("items.a", COLUMN, False),
        ("items_other.a", ROWS, False),
        ("items.a", SEQUENCE, True),
        ("items.b", SEQUENCE, False),
    ],
)
def test_declaration_is_untrue_unless_a_loss_bears_it_out(
    target: str,
    loss: Loss,
    is_covered: bool,  # noqa: FBT001
):
    migration = SimpleNamespace(lossy=[SimpleNamespace(target=target)])
    assert untrue(cast("Any", migration), [loss]) == ([] if is_covered else [target])


def test_loss_says_how_many_values_there_were_or_that_others_stand_there():
    was = Digests({"public.items": TableDigest(3, "x", {"a": (3, "1"), "b": (3, "1b")})}, {})
    fewer = Digests({"public.items": TableDigest(3, "y", {"a": (3, "1"), "b": (2, "2b")})}, {})
    others = Digests({"public.items": TableDigest(3, "z", {"a": (3, "1"), "b": (3, "3b")})}, {})
    assert [loss.how for loss in lost_data(was, fewer)] == ["had 3 values and has 2"]
    assert [loss.how for loss in lost_data(was, others)] == ["some of its 3 values are not what they were"]


def test_column_that_goes_is_a_loss_only_if_it_had_a_value():
    now = Digests({"public.items": TableDigest(3, "y", {"a": (3, "1")})}, {})
    for values, lost in ((0, []), (2, ["public.items.b"])):
        was = Digests({"public.items": TableDigest(3, "x", {"a": (3, "1"), "b": (values, str(values))})}, {})
        assert [f"{loss.table}.{loss.column}" for loss in lost_data(was, now)] == lost


def test_table_that_comes_or_goes_with_rows_is_a_loss():
    none: dict[str, TableDigest] = {}
    full, empty = {"public.items": TableDigest(3, "x")}, {"public.items": TableDigest(0, "0")}
    cases = [
        (full, none, ["the table with its 3 rows is gone"]),
        (empty, none, []),
        (none, full, ["a table with 3 rows was not there before"]),
        (none, empty, []),
        (full, full, []),
    ]
    for was, now, said in cases:
        assert [loss.how for loss in lost_data(Digests(was, {}), Digests(now, {}))] == said
