"""What the planner of a cluster says of each statement: that it can run it, and how many shards it asks."""

import re
from typing import Any, Final

import asyncpg
import pytest

from tests.citus.conftest import Cluster
from tests.citus.test_kinds import on_citus

pytestmark = pytest.mark.citus

ONE: Final = "00000000-0000-7000-8000-000000000001"
VALUES: Final = {
    "uuid": f"'{ONE}'",
    "text": "'{}'",
    "varchar": "'a'",
    "bytea": "'a'",
    "timestamptz": "'2026-01-01'",
    "int8": "1",
    "int4": "1",
    "int2": "1",
    "bool": "true",
    "float8": "1",
    "inet": "'127.0.0.1'",
    "jsonb": "'{}'",
    "name": "'a'",
    "xid8": "'1'",
}
ELSEWHERE: Final = ("transfer.staging.", "transfer.systems.")
"""Nothing is imported where the tables are spread."""
UNEXPLAINED: Final = {"sessions.insert"}
"""It runs; the planner only cannot explain it."""
EVERY_SERVER: Final = {
    # Only of an API key that is limited to projects, and when one is made.
    *("api_keys.by_key_hash", "api_keys.projects_of_user"),
    # Checking, exporting and following the whole audit log, and what is kept of a person in it.
    *("audit.count_written", "audit.erase_addresses", "audit.every_event", "audit.every_head"),
    *(
        f"audit.following.{name}"
        for name in (
            *("position", "page_placed", "page_unplaced", "newest_placed", "newest_unplaced", "last_before"),
            *("last_of_chain_before", "has_foreign_placed", "forget_places"),
        )
    ),
    "audit.page_of_user",
    # Invitations by what was mailed, or to whom.
    *(
        f"organizations.invitations.{name}"
        for name in (
            "by_token",
            "take",
            "decline",
            "is_for_address",
            "page_of_user",
            "count_of_user",
            "decline_of_user",
        )
    ),
    *("organizations.invitations.drop_old", "personal_data.erase_invitations", "personal_data.invitations"),
    "users.verification.use_up_invitations",
    # Deliveries of webhooks with their events.
    *(f"webhooks.{name}" for name in ("page_of_deliveries", "page_of_deliveries_in_state", "delivery_by_id")),
    *("webhooks.replay_span", "webhooks.replay_span_of_organization"),
    # Exporting.
    *("transfer.count_projects", "transfer.every_project"),
}
"""Statements that ask more than one shard, and why they may."""


async def _tasks(connection: Any, sql: str) -> list[int]:
    prepared = await connection.prepare(sql)
    values = []
    for kind in prepared.get_parameters():
        name = kind.name.removesuffix("[]")
        value = f"{VALUES[name]}::{name}"
        values.append(f"ARRAY[{value}]" if kind.name.endswith("[]") else value)
    given = f"({', '.join(values)})" if values else ""
    await connection.execute("DEALLOCATE ALL")
    await connection.execute(f"PREPARE asked AS {sql}")
    plan = await connection.fetch(f"EXPLAIN (COSTS OFF) EXECUTE asked{given}")
    return [int(count) for count in re.findall(r"Task Count: (\d+)", "\n".join(row[0] for row in plan))]


async def test_each_statement_is_planned_and_asks_one_server_but_for_those_that_are_named(spread: Cluster):
    connection = await asyncpg.connect(spread.coordinator, statement_cache_size=0)
    refused, many = {}, set()
    try:
        for name, bound in on_citus():
            if name.startswith(ELSEWHERE) or name in UNEXPLAINED:
                continue
            try:
                async with connection.transaction():
                    if max(await _tasks(connection, bound.sql), default=0) > 1:
                        many.add(name)
            except asyncpg.PostgresError as error:
                refused[name] = str(error)
    finally:
        await connection.close()
    assert refused == {}
    assert many == EVERY_SERVER
