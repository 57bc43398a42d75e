"""The seed's two queries, to the letter, and how PostgreSQL reads many rows for every statement."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.contract.many_rows import ORGANIZATION, many_rows
from tests.contract.plans import explain, nodes

import freehold
from freehold.data.sql import STATEMENTS, Statement, load

SOURCE = Path(freehold.__file__).parent

SEED_USER_WITH_ORGANIZATIONS = """\
SELECT u.*, o.*
FROM users u
LEFT JOIN organization_members om ON u.id = om.user_id
LEFT JOIN organizations o ON om.organization_id = o.id
WHERE u.id = $1;"""

SEED_PROJECTS_OF_ORGANIZATION = """\
SELECT p.*
FROM projects p
WHERE p.organization_id = $1
ORDER BY p.created_at DESC;"""

SEED = {
    ("users", "seed_user_with_organizations"): SEED_USER_WITH_ORGANIZATIONS,
    ("projects", "seed_projects_of_organization"): SEED_PROJECTS_OF_ORGANIZATION,
}

PAGE = 100
"""What a listing gives at most; sorting more to find that much grows with the table."""

OF_OTHER_THINGS = (
    "freehold.transfer.staging.",
    "freehold.transfer.systems.",
    "freehold.tenants.",
    "freehold.data.foreign_keys",
    "freehold.actions.roles",
)
"""They ask about a file, the catalog, or some of perhaps many; those without a parameter but what is kept, about a
whole table."""

BIG = 20_000
"""A table of this many rows is not to be read as a whole."""


def seed_statement(slice_name: str, name: str) -> Statement:
    return load(SOURCE / slice_name / "queries.sql")[name]


def all_statements() -> dict[str, Statement]:
    for path in SOURCE.rglob("queries.py"):
        import_module(".".join(["freehold", *path.relative_to(SOURCE).with_suffix("").parts]))
    return STATEMENTS


@pytest.mark.parametrize(("slice_name", "name"), sorted(SEED))
def test_seed_query_stands_to_the_letter(slice_name: str, name: str):
    assert SEED[slice_name, name] in (SOURCE / slice_name / "queries.sql").read_text(encoding="utf-8")
    assert f"{seed_statement(slice_name, name).sql};" == SEED[slice_name, name]


@pytest.mark.parametrize("count", [100_000, pytest.param(1_000_000, marks=pytest.mark.long)])
async def test_many_rows_are_read_by_index_and_never_sorted(
    count: int, database_url: str, admin_url: str, subtests: pytest.Subtests
):
    """One test for each size, since making the rows takes longer than looking at them."""
    async with many_rows(database_url, admin_url, count) as big:
        large = {
            row[0]
            for row in await big.fetch("SELECT relname FROM pg_class WHERE reltuples >= $1 AND relkind = 'r'", BIG)
        }
        assert large >= {"users", "organizations", "organization_members", "projects", "sessions", "audit_events"}
        for key, text in SEED.items():
            with subtests.test(msg=key[1]):
                statement = seed_statement(*key)
                assert await big.fetch(text.removesuffix(";"), ORGANIZATION.strip("'"))
                for values in (None, [ORGANIZATION]):
                    _refuse_whole_reads(await explain(big, statement, values), large)
        with subtests.test(msg="the seed's listing needs no sort"):
            plan = await explain(big, seed_statement("projects", "seed_projects_of_organization"), [ORGANIZATION])
            assert [node["Node Type"] for node in nodes(plan)] == ["Index Scan"]
        for name, bound in all_statements().items():
            if set(bound.parameters) <= {"kept"} or name.startswith(OF_OTHER_THINGS):
                continue
            with subtests.test(msg=name):
                plan = await explain(big, bound)
                _refuse_whole_reads(plan, large)
                _refuse_large_sorts(plan)


def _refuse_whole_reads(plan: dict[str, Any], large: set[str]) -> None:
    whole = [node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
    assert [table for table in whole if table in large] == []


def _refuse_large_sorts(plan: dict[str, Any]) -> None:
    sorts = [(node["Node Type"], node["Plan Rows"]) for node in nodes(plan) if "Sort" in node["Node Type"]]
    assert [sort for sort in sorts if sort[1] > PAGE] == []
