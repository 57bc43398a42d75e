"""P6: what a page of a list costs, by how long the list is and how deep the page."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from bench.contest import alternate
from bench.figures import Figure, ratios
from bench.load import Failed
from bench.rows import IDS
from bench.stage import Stage
from freehold import Platform
from freehold.data.paging import PageRequest

EMPTY = "empty"
CALLS = 200
"""Pages read one after the other for one value, which is their median: others on the machine disturb few of them."""
AT_MOST = 1.2

ROWS = """
INSERT INTO users (id, username, email, password_hash)
SELECT pg_temp.user_id(n), 'user_' || n, 'user' || n || '@example.com', '!' FROM generate_series(1, {rows}) n;

INSERT INTO slugs (slug, organization_id) VALUES ('large', pg_temp.organization_id(1));

INSERT INTO organizations (id, name, slug, owner_id)
VALUES (pg_temp.organization_id(1), 'Large', 'large', pg_temp.user_id(1));

INSERT INTO organization_members (organization_id, user_id, created_at)
SELECT pg_temp.organization_id(1), pg_temp.user_id(n), timestamptz '2024-03-01' + n * interval '1 second'
FROM generate_series(1, {rows}) n;

INSERT INTO projects (id, organization_id, name, created_at)
SELECT pg_temp.project_id(n), pg_temp.organization_id(1), 'Project ' || n,
    timestamptz '2024-06-01' + n * interval '1 second'
FROM generate_series(1, {rows}) n;
"""
ORGANIZATION = UUID("018f0000-0000-7000-8002-000000000001")
DEEPEST = {
    "projects": "SELECT created_at, id FROM projects ORDER BY created_at, id OFFSET 20 LIMIT 1",
    "members": (
        "SELECT created_at, user_id FROM organization_members ORDER BY created_at DESC, user_id DESC OFFSET 20 LIMIT 1"
    ),
    "users": "SELECT id FROM users ORDER BY id OFFSET 20 LIMIT 1",
}
LISTINGS = {"projects": f"projects:{ORGANIZATION}:all", "members": f"members:{ORGANIZATION}", "users": "users"}


def cost_curves(stage: Stage) -> list[Figure]:
    """Measure P6 on databases of each size.

    Raises:
        Failed: a page is not what it should be.
    """
    return asyncio.run(_curves(stage))


async def keep_empty(url: str) -> None:
    """Keep a copy of the migrated database before it is filled."""
    await execute(url, f"CREATE DATABASE {EMPTY} TEMPLATE freehold", database="postgres")


async def _curves(stage: Stage) -> list[Figure]:
    print("\nMaking databases of " + ", ".join(f"{size:,}" for size in stage.effort.sizes) + " rows", flush=True)
    for size in stage.effort.sizes:
        await execute(stage.admin_url, f"CREATE DATABASE rows_{size} TEMPLATE {EMPTY}")
        await execute(
            stage.admin_url,
            IDS + "SET session_replication_role = replica;" + ROWS.format(rows=size),
            "VACUUM ANALYZE",
            database=f"rows_{size}",
        )
    figures = []
    for listing in LISTINGS:
        found = await asyncio.to_thread(_contest, stage, listing)
        stage.contests[f"P6 {listing}"] = found
        figures += _figures(listing, found, stage.effort.sizes)
    return figures


def _contest(stage: Stage, listing: str) -> dict[str, list[float]]:
    """Measure one list's first and deepest page at each size, in turns."""
    with asyncio.Runner() as runner:
        opened = [runner.run(_open(stage, listing, size)) for size in stage.effort.sizes]
        measures = {
            f"{depth} of {size:,}": partial(_median, runner, page)
            for size, (_, pages) in zip(stage.effort.sizes, opened, strict=True)
            for depth, page in pages.items()
        }
        try:
            return alternate(f"P6: a page of 20 {listing}", measures, rounds=stage.effort.rounds, unit="us")
        finally:
            for context, _ in opened:
                runner.run(context.__aexit__(None, None, None))


async def _open(stage: Stage, listing: str, size: int) -> tuple[Any, dict[str, Callable[[], Awaitable[Any]]]]:
    url = with_database(stage.url, f"rows_{size}")
    context = Platform.open(url)
    platform = await context.__aenter__()
    connection = await asyncpg.connect(url)
    position = tuple(await connection.fetchrow(DEEPEST[listing]))
    await connection.close()
    cursor = platform.context.tools.cursors.write(LISTINGS[listing], position)
    pages = {"first": PageRequest(), "deepest": PageRequest(cursor=cursor)}
    return context, {depth: partial(_page(platform, listing), page) for depth, page in pages.items()}


def _page(platform: Platform, listing: str) -> Callable[[PageRequest], Awaitable[Any]]:
    if listing == "users":
        return platform.users.list
    lists = platform.projects.list if listing == "projects" else platform.organizations.members.list
    return partial(lists, ORGANIZATION)


def _median(runner: asyncio.Runner, page: Callable[[], Awaitable[Any]], _: int) -> float:
    async def read() -> float:
        taken = []
        for _ in range(CALLS):
            began = time.perf_counter()
            found = await page()
            taken.append(time.perf_counter() - began)
            if len(found.data) != PageRequest().limit:
                raise Failed(f"a page has {len(found.data)} rows")
        return statistics.median(taken) * 1_000_000

    return runner.run(read())


def _figures(listing: str, found: dict[str, list[float]], sizes: Sequence[int]) -> list[Figure]:
    small, large = sizes[-3:][0], sizes[-1]  # 10,000 and 1,000,000 in a full run
    first, deepest = found[f"first of {large:,}"], found[f"deepest of {large:,}"]
    return [
        Figure(
            target="P6",
            work=f"{listing}: {depth} page of {large:,}",
            against=f"{depth} page of {small:,}",
            values=ratios(found[f"{depth} of {large:,}"], found[f"{depth} of {small:,}"]),
            at_most=AT_MOST,
        )
        for depth in ("first", "deepest")
    ] + [
        Figure(
            target="P6",
            work=f"{listing}: deepest page of {large:,}",
            against="its first page",
            values=ratios(deepest, first),
            at_most=AT_MOST,
        )
    ]


def with_database(url: str, name: str) -> str:
    """Name another database of the same server."""
    before, _, query = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{query}"


async def execute(url: str, *statements: str, database: str = "postgres") -> None:
    """Run statements in a database of a server."""
    connection = await asyncpg.connect(with_database(url, database))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
