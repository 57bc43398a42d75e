"""Every statement of every queries.sql against the database that the migrations make."""

import importlib
import re
import types
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import asyncpg
import msgspec
import pytest
from tests.contract.plans import explain, filled_with_nulls, scans
from tests.contract.renewal import compare
from tests.transfer.test_systems import BETTER_AUTH, DJANGO, FASTAPI_USERS

import freehold
from freehold.data.failures import changes
from freehold.data.rows import columns, result_shape
from freehold.data.sql import STATEMENTS, Statement, load, sections
from freehold.transfer.systems.rows import OF_USERS

SOURCE = Path(freehold.__file__).parent
FILES = sorted(SOURCE.rglob("queries.sql"))
SEED_STATEMENTS = {
    "freehold.users.seed_user_with_organizations",
    "freehold.projects.seed_projects_of_organization",
}
"""Kept as the pattern of the statements in use; nobody calls them."""


def package(path: Path) -> str:
    return ".".join(path.parent.relative_to(SOURCE.parent).parts)


ALL: dict[str, Statement] = {f"{package(path)}.{name}": found for path in FILES for name, found in load(path).items()}
for file in FILES:
    importlib.import_module(f"{package(file)}.queries")

every_stub = pytest.mark.parametrize("name", sorted(STATEMENTS))


@pytest.fixture
async def tables(schema: Any, name: str) -> AsyncIterator[Any]:
    """The migrated database, with the tables that a statement of a file's lines or of another system needs besides."""
    transaction = schema.transaction()
    await transaction.start()
    for ddl in _besides(name):
        await schema.execute(ddl)
    yield schema
    await transaction.rollback()


def _besides(name: str) -> Iterator[str]:
    package, _, own = name.rpartition(".")
    kind = own.partition("_")[0]
    if package == "freehold.transfer.staging" and not own.endswith("_stage"):
        yield STATEMENTS[f"{package}.{kind if f'{package}.{kind}_stage' in STATEMENTS else 'users'}_stage"].sql
    if package == "freehold.transfer.systems":
        yield {"django": DJANGO, "fastapi": FASTAPI_USERS}.get(kind, BETTER_AUTH)
        users = "auth_user" if kind == "django" else '"user"'
        yield f"CREATE TEMPORARY VIEW {OF_USERS} AS TABLE {users}"


TEXT = frozenset({"text", "varchar"})
TYPES: dict[Any, frozenset[str]] = {
    str: TEXT | {"inet"},
    UUID: frozenset({"uuid"}),
    bool: frozenset({"bool"}),
    int: frozenset({"int2", "int4", "int8"}),
    float: frozenset({"float8"}),
    bytes: frozenset({"bytea"}),
    datetime: frozenset({"timestamptz"}),
    dict: frozenset({"jsonb"}),
}
"""Python type -> the types of PostgreSQL that the driver turns into it, and from it."""


def unwrapped(hint: Any) -> tuple[Any, bool]:
    """Take an annotation down to its bare type, and say whether None is allowed."""
    if get_origin(hint) is Annotated:
        return unwrapped(get_args(hint)[0])
    if get_origin(hint) in {Union, types.UnionType}:
        inner = [member for member in get_args(hint) if member is not types.NoneType]
        assert len(inner) == 1, hint
        return unwrapped(inner[0])[0], True
    return hint, False


def allowed_types(hint: Any) -> frozenset[str]:
    kind, _ = unwrapped(hint)
    origin = get_origin(kind) or kind
    if origin is Literal or (isinstance(origin, type) and issubclass(origin, Enum)):
        return TEXT
    if origin in {list, tuple, Sequence}:
        return frozenset(f"{name}[]" for name in allowed_types(get_args(kind)[0]))
    if origin in {dict, Any}:
        return TYPES[dict]
    return TYPES[origin]


def test_there_are_statements_to_look_at():
    assert len(FILES) >= 7
    assert len(ALL) >= 40


def test_every_statement_has_a_stub():
    assert set(ALL) - set(STATEMENTS) == SEED_STATEMENTS
    assert {_source(name) for name in STATEMENTS} <= set(ALL)


def _source(name: str) -> str:
    """Name what a statement stands in the file as: one that is recorded runs as it stands there on Citus."""
    return name if name in ALL else name.removesuffix(" @citus")


def test_variants_are_of_a_statement_and_have_no_place():
    variants = {name.removesuffix(" @citus"): found for name, found in ALL.items() if name.endswith(" @citus")}
    assert set(variants) <= set(ALL)
    assert len(variants) >= 10
    for name, variant in variants.items():
        assert STATEMENTS[name].citus is not None
        assert "wanted.place" not in variant.sql, "a variant is asked once for each call"


@pytest.mark.parametrize("name", sorted(set(ALL) - SEED_STATEMENTS))
def test_columns_are_named_one_by_one(name: str):
    # What one of the two SELECTs around LATERAL chooses, the other can take whole.
    outermost = re.sub(r"LATERAL \(\s*SELECT \w+\.\*", "LATERAL (SELECT", ALL[name].sql).replace("found.*", "found")
    assert not re.search(r"\bSELECT\s+\*|\bRETURNING\s+\*|\w\.\*|,\s*\*", outermost, re.IGNORECASE)


@every_stub
async def test_parameters_have_the_types_of_the_stub(name: str, tables: Any):
    bound = STATEMENTS[name]
    prepared = await tables.prepare(bound.sql)
    found = {parameter: kind.name for parameter, kind in zip(bound.parameters, prepared.get_parameters(), strict=True)}
    many = "[]" if bound.is_lookup else ""
    wanted = {parameter: {kind + many for kind in allowed_types(bound.hints[parameter])} for parameter in found}
    assert {parameter: kind for parameter, kind in found.items() if kind not in wanted[parameter]} == {}


@every_stub
async def test_columns_have_the_names_and_types_of_the_stub(name: str, tables: Any):
    bound = STATEMENTS[name]
    prepared = await tables.prepare(bound.sql)
    found = {column.name: column.type.name for column in prepared.get_attributes()}
    if bound.is_lookup:
        assert found.pop("place") == "int8", "a lookup says which of the asked each row answers"
    inner, _, _ = result_shape(bound.result)
    if inner is types.NoneType:
        assert found == {}
        return
    wanted = columns(inner)
    if not wanted:
        assert len(found) == 1
        wanted = dict.fromkeys(found, inner)
    assert set(found) == set(wanted)
    assert {c: kind for c, kind in found.items() if kind not in allowed_types(wanted[c])} == {}


@pytest.mark.parametrize("name", sorted(name for name, bound in STATEMENTS.items() if not changes(bound.sql)))
async def test_what_counts_as_a_query_stores_nothing(name: str, tables: Any):
    """When its answer gets lost, nobody is told that the outcome is unknown."""
    await tables.execute("SET TRANSACTION READ ONLY")
    prepared = await tables.prepare(STATEMENTS[name].sql)
    locks = re.search(
        r"\bFOR (NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)\b", STATEMENTS[name].sql
    )  # which stores nothing, and is refused
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError, match="SELECT FOR") if locks else nullcontext():
        await prepared.fetch(*(None for _ in prepared.get_parameters()))


@pytest.mark.parametrize(
    ("sql", "stores"),
    [
        ("SELECT 'insert', \"update\" FROM a -- delete", False),
        ("WITH a AS (SELECT 1) SELECT * FROM a FOR NO KEY UPDATE", False),
        ("WITH a AS (DELETE FROM b RETURNING 1) SELECT * FROM a", True),
        ("SELECT nextval('a')", True),
        ("SELECT 1 INTO a", True),
        ("CALL a()", True),
        ("VACUUM", True),
    ],
)
def test_statement_that_is_not_plainly_a_query_may_store_something(sql: str, stores: bool):  # noqa: FBT001
    assert changes(sql) is stores


@every_stub
async def test_column_that_can_be_null_is_optional(name: str, tables: Any):
    """The planner says where each column comes from; an expression says nothing, so it is left to the reviewer."""
    bound = STATEMENTS[name]
    inner, _, _ = result_shape(bound.result)
    if inner is types.NoneType:
        return
    attributes = [column.name for column in (await tables.prepare(bound.sql)).get_attributes()]
    hints = columns(inner) or dict.fromkeys(attributes, bound.result)
    plan = await explain(tables, bound)
    scanned, filled = scans(plan), filled_with_nulls(plan)
    nullable = set()
    for attribute, output in zip(attributes, plan["Output"], strict=False):
        alias, _, column = output.rpartition(".")
        if not re.fullmatch(r"[a-z_]+", column) or (not alias and len(scanned) != 1):
            continue
        table = scanned.get(alias or next(iter(scanned)))
        may_be_null = table and not _is_chosen(column, bound.sql) and not await _is_not_null(tables, table, column)
        if alias in filled or may_be_null:
            nullable.add(attribute)
    nullable &= set(hints)
    assert [column for column in nullable if not unwrapped(hints[column])[1]] == []


async def _is_not_null(schema: Any, table: str, column: str) -> bool:
    found = await schema.fetchval(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2", table, column
    )
    return found is not False


def _is_chosen(column: str, sql: str) -> bool:
    """Say whether the statement itself sets the column or takes only rows that have it."""
    return re.search(rf"\b{column}( IS NOT NULL| = | [<>]=? |, [\w.]+\) [<>])", sql) is not None


def test_struct_of_a_row_is_frozen():
    for bound in STATEMENTS.values():
        inner, _, _ = result_shape(bound.result)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            assert inner.__struct_config__.frozen, inner


@pytest.mark.renews
def test_what_is_put_together_stands_whole_for_review():
    """Of statements with parts, or with their audit event, the text that PostgreSQL gets."""
    written = {f"{package(path)}.{name}": text for path in FILES for _, name, _, text in sections(path)}
    composed = {
        name: bound.sql
        for name, bound in sorted(STATEMENTS.items())
        if "{" in written[_source(name)] or bound.sql != ALL[_source(name)].sql
    }
    assert len(composed) >= 20
    text = "\n\n".join(f"-- {name.removeprefix('freehold.')}\n{sql};" for name, sql in composed.items())
    compare(Path(__file__).with_name("composed.sql"), f"{text}\n")
