"""What statements write, by the kind of table that it is on a cluster; these need no cluster."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import freehold
from freehold.data.own_tables import own_tables
from freehold.data.sql import STATEMENTS, Statement
from freehold.migrate.citus.layout import EVERYWHERE, SPREAD

SOURCES = Path(freehold.__file__).parents[1]
for file in SOURCES.rglob("queries.sql"):  # so that every statement is known, whatever else was imported
    importlib.import_module(".".join(file.with_suffix("").relative_to(SOURCES).parts))
WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:ONLY\s+)?(\w+)", re.IGNORECASE)
MIXED = {"transfer.staging.users_end_access": "nothing is imported where the tables are spread"}
"""Statements that write tables of two kinds, with the reason why they may."""


def on_citus() -> Iterator[tuple[str, Statement]]:
    """Name what runs there: a variant, if there is one."""
    for name, bound in sorted(STATEMENTS.items()):
        if f"{name} @citus" not in STATEMENTS and name != "freehold.audit.insert":
            yield name.removeprefix("freehold.").removesuffix(" @citus"), bound


def kind_of(table: str) -> str | None:
    if table in SPREAD:
        return "distributed"
    if table in EVERYWHERE:
        return "reference"
    return "local" if table in own_tables() else None


@pytest.mark.parametrize("name", [name for name, _ in on_citus()])
def test_a_statement_writes_tables_of_one_kind(name: str):
    """Citus changes one copy of a reference table alone where one statement also changes a table of another kind."""
    kinds = {kind_of(table) for table in WRITES.findall(dict(on_citus())[name].sql)} - {None}
    assert len(kinds) <= 1 or name in MIXED, kinds


def test_every_table_of_the_layout_is_there():
    assert set(EVERYWHERE) | set(SPREAD) <= set(own_tables())


ON_THE_COORDINATOR = {"idempotency.claim"}
"""What guards rows of a local table: nobody asks for them elsewhere."""


def test_no_other_statement_relies_on_an_advisory_lock():
    """It holds on one server, and a worker asks another one than the coordinator."""
    assert {name for name, bound in on_citus() if "_advisory_" in bound.sql} == ON_THE_COORDINATOR
    assert kind_of("idempotent_answers") == "local"
