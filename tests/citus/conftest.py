"""Databases on a real Citus cluster: FREEHOLD_TEST_CITUS_URL names its coordinator.

It is a superuser's URL of a database that has Citus and knows the workers. Without it, these tests are skipped, and
say so.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from freehold import migrate
from freehold.migrate.citus.distribute import distribute

MARK = "citus"
VARIABLE = "FREEHOLD_TEST_CITUS_URL"


class Cluster(NamedTuple):
    """A database of the cluster, by the URL of each server: the coordinator's first."""

    urls: tuple[str, ...]

    @property
    def coordinator(self) -> str:
        return self.urls[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if VARIABLE not in os.environ:
        skip = pytest.mark.skip(reason=f"{VARIABLE} names no coordinator of a Citus cluster")
        for item in items:
            if item.get_closest_marker(MARK):
                item.add_marker(skip)


def _url_of(name: str, node: str | None = None) -> str:
    parts = urlsplit(os.environ[VARIABLE])
    netloc = parts.netloc if node is None else f"{parts.netloc.rpartition('@')[0]}@{node}"
    return urlunsplit(parts._replace(netloc=netloc.lstrip("@"), path=f"/{quote(name)}"))


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _make(name: str) -> Cluster:
    connection = await asyncpg.connect(os.environ[VARIABLE])
    found = await connection.fetch("SELECT nodename, nodeport, groupid FROM pg_dist_node ORDER BY groupid")
    own = urlsplit(os.environ[VARIABLE])
    await connection.close()
    workers = [f"{node['nodename']}:{node['nodeport']}" for node in found if node["groupid"]]
    for node in (None, *workers):
        admin = os.environ[VARIABLE] if node is None else _url_of(own.path[1:], node)
        await _execute(admin, "SET citus.enable_ddl_propagation = off", f"CREATE DATABASE {name}")
        await _execute(_url_of(name, node), "CREATE EXTENSION citus")
    cluster = Cluster((_url_of(name), *(_url_of(name, node) for node in workers)))
    connection = await asyncpg.connect(cluster.coordinator)
    await connection.execute("SELECT citus_set_coordinator_host($1, $2)", own.hostname, own.port or 5432)
    for node in workers:
        host, _, port = node.rpartition(":")
        await connection.execute("SELECT citus_add_node($1, $2)", host, int(port))
    await connection.close()
    await migrate.apply(cluster.coordinator, sets=[migrate.builtin()])
    return cluster


async def _drop(cluster: Cluster, name: str) -> None:
    own = urlsplit(os.environ[VARIABLE]).path[1:]
    for url in cluster.urls:
        admin = urlunsplit(urlsplit(url)._replace(path=f"/{own}"))
        await _execute(admin, "SET citus.enable_ddl_propagation = off", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _cluster() -> Iterator[Cluster]:
    name = f"freehold_citus_{uuid4().hex[:12]}"
    cluster = asyncio.run(_make(name))
    yield cluster
    asyncio.run(_drop(cluster, name))


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A migrated database that is not spread yet."""
    yield from _cluster()


@pytest.fixture
def spread(cluster: Cluster, tmp_path: Path) -> Cluster:
    """One that is."""
    sets = [migrate.builtin()]
    asyncio.run(distribute(cluster.coordinator, sets=sets, backups=tmp_path / "backups", shards=4))
    return cluster


async def rows_of(url: str, sql: str, *arguments: Any) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET citus.override_table_visibility = off")
        return list(await connection.fetch(sql, *arguments))
    finally:
        await connection.close()


async def copies(cluster: Cluster) -> dict[str, list[str]]:
    """Digest the copy of each reference table on each server."""
    shards = await rows_of(
        cluster.coordinator,
        "SELECT DISTINCT table_name::text AS name, shardid FROM citus_shards WHERE citus_table_type = 'reference'",
    )
    return {
        shard["name"]: [
            (
                await rows_of(
                    url,
                    "SELECT count(*) || ':' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS digest "  # noqa: S608 - names of the cluster
                    f"FROM {shard['name']}_{shard['shardid']} t",
                )
            )[0]["digest"]
            for url in cluster.urls
        ]
        for shard in shards
    }
