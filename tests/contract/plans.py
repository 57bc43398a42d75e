"""What PostgreSQL's planner says about a statement, read from EXPLAIN."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from freehold.data.sql import Statement

Plan = dict[str, Any]


async def explain(connection: Any, statement: Statement, values: Sequence[str] | None = None) -> Plan:
    """Plan a statement: for these values (SQL literals), or without any, once for all values."""
    await connection.execute(f"PREPARE explained AS {statement.sql}")
    try:
        count = len(statement.parameters) or len(set(re.findall(r"\$\d+", statement.sql)))
        given = ", ".join(values or ["NULL"] * count)
        mode = "force_generic_plan" if values is None else "force_custom_plan"
        await connection.execute(f"SET plan_cache_mode = {mode}")
        call = f"explained({given})" if given else "explained"
        answer = await connection.fetchval(f"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE {call}")
    finally:
        await connection.execute("DEALLOCATE explained")
        await connection.execute("RESET plan_cache_mode")
    plan: Plan = json.loads(answer)[0]["Plan"]
    return plan


def nodes(plan: Plan) -> Iterator[Plan]:
    """Go through a plan and all that it is made of."""
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def scans(plan: Plan) -> dict[str, str]:
    """Say which table each alias of a plan stands for."""
    return {node["Alias"]: node["Relation Name"] for node in nodes(plan) if "Alias" in node and "Relation Name" in node}


def filled_with_nulls(plan: Plan) -> set[str]:
    """List the aliases whose columns an outer join may fill with NULL."""
    found: set[str] = set()
    for node in nodes(plan):
        sides = {"Left": ("Inner",), "Right": ("Outer",), "Full": ("Inner", "Outer")}.get(node.get("Join Type", ""), ())
        for child in node.get("Plans", []):
            if child.get("Parent Relationship") in sides:
                found.update(scans(child))
    return found
