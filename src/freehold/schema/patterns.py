"""The query patterns of Freehold's data model, measured where its tables are."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any, Final

import msgspec

from freehold.migrate.database import REFUSED, Connection
from freehold.schema.types import Query

_PATTERNS: Final = (
    (
        "Fetching User with Organizations",
        ("users", "organization_members", "organizations"),
        (
            "SELECT u.*, o.*\nFROM users u\nLEFT JOIN organization_members om ON u.id = om.user_id\n"
            "LEFT JOIN organizations o ON om.organization_id = o.id\nWHERE u.id = $1;"
        ),
        "SELECT id FROM public.users ORDER BY id LIMIT 1",
    ),
    (
        "Listing Projects by Organization",
        ("projects", "organizations"),
        "SELECT p.*\nFROM projects p\nWHERE p.organization_id = $1\nORDER BY p.created_at DESC;",
        "SELECT organization_id FROM public.projects LIMIT 1",
    ),
)
_NOBODY = "00000000-0000-0000-0000-000000000000"


async def measured(connection: Connection, tables: Collection[str], *, running: bool = True) -> list[Query]:
    """Run each pattern whose tables are here, in a read-only transaction, for one row that exists; or name them alone.

    One that the server refuses, such as to a role that may not read the table, is left out.
    """
    if "organization_members" not in {name.removeprefix("public.") for name in tables}:
        return []
    if not await connection.fetchval("SELECT to_regclass('freehold_migrate.applied') IS NOT NULL"):
        return []
    found = []
    for title, needed, sql, example in _PATTERNS:  # two of them, known beforehand
        if {name.removeprefix("public.") for name in tables} >= set(needed):
            with suppress(REFUSED):
                unmeasured = Query(title, sql, [], None)
                found.append(await _measure(connection, title, sql, example) if running else unmeasured)
    return found


async def _measure(connection: Connection, title: str, sql: str, example: str) -> Query:
    async with connection.transaction(readonly=True):
        id_ = await connection.fetchval(example) or _NOBODY
        raw = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON, COSTS OFF) {sql.rstrip(';')}", id_)
    told = msgspec.json.decode(raw)[0]
    return Query(title, sql, list(_nodes(told["Plan"])), told["Execution Time"])


def _nodes(plan: dict[str, Any], depth: int = 0) -> list[str]:
    place = plan.get("Index Name") or plan.get("Relation Name")
    line = "  " * depth + plan["Node Type"] + (f" on {place}" if place else "")
    return [line, *(each for child in plan.get("Plans", ()) for each in _nodes(child, depth + 1))]
