"""What the doctor finds of replicas, made on real ones."""

import asyncio

import pytest

from freehold.base.settings import Settings
from freehold.doctor.examining import examine
from tests.replicas.conftest import Standing
from tests.replicas.servers import Server
from tests.replicas.test_faults import in_thread, spare  # noqa: F401 - a fixture


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
    ],
)
async def test_each_trouble_of_a_replica_is_found(
    trio: tuple[Server, Server, Server],
    spare: Server,  # noqa: F811 - the fixture
    fault: str,
    finding: str,
):
    url = spare.url
    if fault == "paused":
        await in_thread(spare.sql, "SELECT pg_wal_replay_pause()")
        while await asyncio.to_thread(spare.sql, "SELECT pg_get_wal_replay_pause_state()") != "paused":
            pass
    elif fault == "stopped":
        await in_thread(spare.stop)
    elif fault == "promoted":
        await in_thread(spare.promote)
    elif fault == "feedback":
        await in_thread(spare.sql, "ALTER SYSTEM SET hot_standby_feedback = off")
        await in_thread(spare.sql, "SELECT pg_reload_conf()")
        while await asyncio.to_thread(spare.sql, "SHOW hot_standby_feedback") != "off":
            pass
    elif fault == "several":
        url = f"postgresql://postgres@{spare.host},{trio[1].host}/freehold"
    else:
        url = trio[0].url
    assert any(finding in each for each in await said(trio[0], url))
