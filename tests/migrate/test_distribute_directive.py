"""Directives that place tables: how they are read, and what they mean for the files around them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from freehold.migrate.check import check
from freehold.migrate.directives import Distribute
from freehold.migrate.migration import FilesError
from freehold.migrate.reader import read_migration

Writer = Callable[..., Path]
TABLE = "CREATE TABLE d (o uuid, id uuid PRIMARY KEY);"


@pytest.mark.parametrize("colon", [":", ""])
@pytest.mark.parametrize(
    ("text", "placed"),
    [
        ("d by o", Distribute("d", "distributed", "o", 1)),
        ("public.d  by  o", Distribute("d", "distributed", "o", 1)),
        ("shop.d reference", Distribute("shop.d", "reference", None, 1)),
        ("d local", Distribute("d", "local", None, 1)),
    ],
)
def test_forms(write: Writer, colon: str, text: str, placed: Distribute):
    migration = read_migration(write("0001_a", TABLE, "DROP TABLE d;", f"distribute{colon} {text}"))
    assert migration.up.distributes == (placed,)
    assert migration.down.distributes == ()


@pytest.mark.parametrize(
    "text", ["", "d", "d by", "d by o, p", "d everywhere", "D by o", "d; by o", '"d" by o', "a.b.d local"]
)
def test_what_is_none_of_these_is_refused_with_the_line(write: Writer, text: str):
    with pytest.raises(FilesError, match=r"0001_a\.sql:1: .*distribute: table by column"):
        read_migration(write("0001_a", TABLE, "DROP TABLE d;", f"distribute: {text}"))


def test_below_a_marker_it_is_for_that_way(write: Writer):
    up, down = "-- migrate: distribute: d by o\nSELECT 1;", "-- migrate: distribute: d local\nSELECT 1;"
    migration = read_migration(write("0001_a", up, down))
    assert [each.kind for each in migration.up.distributes] == ["distributed"]
    assert [each.kind for each in migration.down.distributes] == ["local"]


def test_twice_is_refused(write: Writer):
    with pytest.raises(FilesError, match="d is distributed twice"):
        read_migration(write("0001_a", TABLE, "DROP TABLE d;", "distribute: d by o", "distribute: d local"))


@pytest.mark.parametrize("other", ["transaction=off", "backfill: d.id"])
def test_section_without_a_transaction_is_refused(write: Writer, other: str):
    up = "UPDATE d SET o = o WHERE id BETWEEN $1 AND $2;" if "backfill" in other else "VACUUM d;"
    with pytest.raises(FilesError, match="this section has none"):
        read_migration(write("0001_a", up, "SELECT 1;", other, "distribute: d by o"))


def test_checksum_holds_it_and_is_what_it_was_without(write: Writer):
    plain = read_migration(write("0001_a", TABLE, "DROP TABLE d;")).checksum
    placed = {
        read_migration(write("0001_a", TABLE, "DROP TABLE d;", f"distribute: {text}")).checksum
        for text in ("d by o", "d by id", "d reference", "d local")
    }
    assert len({plain, *placed}) == 5


def test_what_an_earlier_file_made_is_judged_where_the_directive_stands(write: Writer):
    first = read_migration(write("0001_a", TABLE, "DROP TABLE d;"))
    second = read_migration(write("0002_b", "SELECT 1;", "SELECT 1;", "distribute: d by o"))
    third = read_migration(
        write("0003_c", "CREATE UNIQUE INDEX CONCURRENTLY i ON d (id);", "SELECT 1;", "transaction=off")
    )
    found = [each for each in check([first, second, third]) if each.rule == "citus-unique"]
    assert [(Path(each.path).name, each.line) for each in found] == [("0002_b.sql", 1), ("0003_c.sql", 3)]
    assert "d_pkey, 0001_a" in found[0].message
    assert check([third], among=[first, second, third]) == found[1:]
    assert [each.rule for each in check([second], among=[first, second])] == ["citus-unique"]
