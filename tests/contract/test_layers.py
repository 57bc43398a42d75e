"""What `make lint` cannot say of each slice by itself: its floors inside, and that its statements stay its own."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

import freehold
from freehold.base.slices import Slice
from freehold.slices import SLICES

SOURCE = Path(freehold.__file__).parent
FLOORS = (("routes", "commands", "pages", "jobs"), ("operations",), ("queries",), ("types",))
"""Of the modules of a package that are called so, from the top down. Those between are on no floor."""
EDGES = ("routes", "commands", "pages")
WORDS = ("types", "errors")
NO_SLICES = ("freehold.access", "freehold.console", "freehold.data")
"""Packages with statements that slices are built on, or that show what is in them."""
PACKAGES = [package for each in SLICES for package in each.packages]


@cache
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("freehold")


def packages_with(file: str) -> set[str]:
    return {".".join(path.parent.relative_to(SOURCE.parent).parts) for path in SOURCE.rglob(file)}


def reached(module: str) -> set[str]:
    return imports().find_downstream_modules(module)


def test_every_slice_is_listed():
    assert packages_with("operations.py") | packages_with("queries.sql") == {*PACKAGES, *NO_SLICES}


@pytest.mark.parametrize("package", PACKAGES)
def test_slice_has_floors_inside(package: str):
    floors = [[f"{package}.{name}" for name in floor if f"{package}.{name}" in imports().modules] for floor in FLOORS]
    for height, floor in enumerate(floors):
        above = [module for higher in floors[:height] for module in higher]
        for module in floor:
            assert not {*above, *floor} - {module} & imports().find_upstream_modules(module)


@pytest.mark.parametrize("package", sorted(packages_with("queries.sql")))
def test_statements_are_run_by_their_own_package_alone(package: str):
    importers = imports().find_modules_that_directly_import(f"{package}.queries")
    assert importers
    for importer in importers:
        home, _, name = importer.rpartition(".")
        assert home == package, f"{importer} should call an operation of {package}"
        assert name not in EDGES, f"{importer} should call an operation"


def needs_of(slice_packages: tuple[str, ...]) -> Iterator[tuple[str, str | None]]:
    """Give whose operations need whose, among a slice's own modules and its parts; words and edges aside."""

    def group(module: str) -> str | None:
        inside = [each for each in slice_packages if module == each or module.startswith(f"{each}.")]
        return max(inside, key=len, default=None)

    for module in imports().modules:
        mine = group(module)
        if mine is None or module.rpartition(".")[2] in EDGES:
            continue
        for other in imports().find_modules_directly_imported_by(module):
            theirs = group(other)
            if theirs not in {None, mine} and other.rpartition(".")[2] not in WORDS:
                yield mine, theirs


@pytest.mark.parametrize("each", [each for each in SLICES if each.parts], ids=lambda each: each.package)
def test_parts_of_a_slice_depend_one_way(each: Slice):
    needs: dict[str, set[str | None]] = defaultdict(set)
    for mine, theirs in needs_of(each.packages):
        needs[mine].add(theirs)
    left = set(each.packages)
    while free := {package for package in left if not needs[package] & left}:
        left -= free
    assert not left, f"these need each other: {sorted(left)}"
