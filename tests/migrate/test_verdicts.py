"""What a rehearsal says of many pairs of up and down; each file below ``verdicts/`` is rehearsed on one database."""

import asyncio
from pathlib import Path

import pytest
from tests.migrate.pairs import Pair, read, read_stories, verdicts

FOLDER = Path(__file__).with_name("verdicts")
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.sql"))
STORIES = read_stories(FOLDER / "later.sql")
LARGE_OBJECTS = [
    Pair(
        "changed",
        up="SELECT lo_put(4711, 0, 'xyz');",
        down="SELECT 1;",
        rules="down-loses-data",
        words="pg_largeobject: large objects have other contents",
        setup="SELECT lo_from_bytea(4711, 'abc');",
    ),
    Pair(
        "removed",
        up="SELECT lo_unlink(4711);",
        down="SELECT lo_create(4711);",
        rules="down-loses-data",
        words="pg_largeobject: large objects have other contents",
        setup="SELECT lo_from_bytea(4711, 'abc');",
    ),
    Pair(
        "removed_for_good",
        up="SELECT lo_unlink(4711);",
        down="SELECT 1;",
        rules="down-loses-data up-fails-again",
        words="pg_largeobject: had 2 objects and has 1",
        setup="SELECT lo_from_bytea(4711, 'abc'), lo_from_bytea(4712, 'abc');",
    ),
    Pair(
        "left_behind",
        up="SELECT lo_from_bytea(4711, 'abc');",
        down="SELECT 1;",
        rules="down-loses-data up-fails-again",
        words="pg_largeobject: had 0 objects and has 1",
    ),
    Pair(
        "said",
        up="SELECT lo_put(4711, 0, 'xyz');",
        down="SELECT 1;",
        setup="SELECT lo_from_bytea(4711, 'abc');",
        directives=("lossy: pg_largeobject pictures are kept elsewhere",),
    ),
    Pair(
        "brought_back",
        up="SELECT lo_put(4711, 0, 'xyz');",
        down="SELECT lo_put(4711, 0, 'abc');",
        setup="SELECT lo_from_bytea(4711, 'abc');",
    ),
]


def check(database_url: str, pairs: list[Pair]) -> None:
    found = asyncio.run(verdicts(database_url, pairs))
    wrong = {
        pair.name: (pair.expected, each.came, each.findings)
        for pair in pairs
        if (each := found.get(pair.name)) and each.came != pair.expected
    }
    assert wrong == {}, "\n".join(f"{name}: {each}" for name, each in wrong.items())


@pytest.mark.parametrize("every", [2, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("file", FILES)
def test_ways_down_are_judged_by_what_they_do(database_url: str, file: str, every: int) -> None:
    check(database_url, read(FOLDER / file)[::every])


@pytest.mark.parametrize("pair", LARGE_OBJECTS, ids=lambda pair: pair.name)
def test_large_objects_are_compared(database_url: str, pair: Pair) -> None:
    check(database_url, [pair])


@pytest.mark.parametrize("story", STORIES)
def test_a_loss_is_blamed_on_the_file_that_loses(database_url: str, story: str) -> None:
    check(database_url, STORIES[story])


def test_at_least_sixty_harmless_pairs_and_as_many_others_are_tried() -> None:
    counts = {
        folder: sum(len(read(path)) for path in (FOLDER / folder).glob("*.sql")) for folder in ("proved", "stopped")
    }
    assert min(counts.values()) > 60, counts
