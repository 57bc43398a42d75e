"""What the doctor finds of replicas, made on real ones."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from freehold.base.settings import Settings
from freehold.doctor.examining import examine
from tests.replicas.conftest import Standing
from tests.replicas.servers import Server, stopped_at_the_end
from tests.replicas.test_faults import in_thread, own, spare  # noqa: F401 - fixtures


async def said(primary: Server, replica_urls: str) -> list[str]:
    settings = Settings(database_url=primary.url, replica_urls=replica_urls, workers=1)
    diagnosis = await examine(primary.url, settings)
    assert "replicas" in diagnosis.checks
    return [each.says for each in diagnosis.findings if each.check == "replicas"]


async def test_healthy_replicas_have_no_finding(standing: Standing):
    await standing.caught_up()
    assert await said(standing.primary, standing.replica_urls) == []


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("paused", "does not replay"),
        ("stopped", "cannot be reached"),
        ("promoted", "takes writes itself"),
        ("feedback", "hot_standby_feedback off"),
        ("several", "names several hosts"),
        ("primary", "takes writes itself"),
        ("behind", "MiB behind"),
    ],
)
async def test_each_trouble_of_a_replica_is_found(
    trio: tuple[Server, Server, Server],
    spare: Server,  # noqa: F811 - the fixture
    fault: str,
    finding: str,
):
    urls = {
        "several": f"postgresql://postgres@{spare.host},{trio[1].host}/freehold",
        "primary": trio[0].url,
    }
    await do(fault, spare, trio[0])
    assert any(finding in each for each in await said(trio[0], urls.get(fault, spare.url)))


async def do(fault: str, spare: Server, primary: Server) -> None:  # noqa: F811 - no fixture here
    if fault == "paused":
        await in_thread(spare.sql, "SELECT pg_wal_replay_pause()")
        await until(spare, "SELECT pg_get_wal_replay_pause_state() = 'paused'")
    elif fault == "stopped":
        await in_thread(spare.stop)
    elif fault == "promoted":
        await in_thread(spare.promote)
    elif fault == "feedback":
        await in_thread(spare.sql, "ALTER SYSTEM SET hot_standby_feedback = off")
        await in_thread(spare.sql, "SELECT pg_reload_conf()")
        await until(spare, "SELECT current_setting('hot_standby_feedback') = 'off'")
    elif fault == "behind":  # it receives nothing more, and the primary writes on
        await in_thread(spare.sql, "ALTER SYSTEM SET primary_conninfo = ''")
        await in_thread(spare.sql, "SELECT pg_reload_conf()")
        await until(spare, "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)")
        await in_thread(primary.sql, "SELECT pg_logical_emit_message(false, 'filler', repeat('x', 17 << 20))")


async def until(server: Server, is_so: str) -> None:
    while not await asyncio.to_thread(server.sql, is_so):
        pass


async def test_a_replica_of_another_cluster_is_found(trio: tuple[Server, Server, Server], own: tuple[Server, Server]):  # noqa: F811
    assert any("belongs to another cluster" in each for each in await said(trio[0], own[1].url))


async def test_a_replica_that_stayed_on_an_older_timeline_is_found(own: tuple[Server, Server], folder: Path):  # noqa: F811
    primary, promoted = own
    left = await asyncio.to_thread(primary.standby, folder / f"left-{uuid4().hex[:8]}")
    with stopped_at_the_end(left):
        await in_thread(promoted.promote)
        await in_thread(promoted.sql, "CHECKPOINT")
        found = await said(promoted, left.url)
        assert any("follows timeline 1, and the primary is on 2" in each for each in found)
