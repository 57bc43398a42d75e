"""Every operation on a cluster, asked of its coordinator; afterwards every copy is the same."""

import sys
from pathlib import Path

import httpx
import pytest

from freehold import Platform
from freehold.audit import operations
from freehold.serve.application import ENDPOINTS
from tests.citus.conftest import Cluster, copies
from tests.cli.processes import DEADLINE_SECONDS, Served
from tests.contract.journey import Journey

pytestmark = pytest.mark.citus


async def test_every_operation_works(spread: Cluster, tmp_path: Path):
    url = spread.coordinator
    environment = {"FREEHOLD_DATABASE_URL": url, "FREEHOLD_RATE_LIMITS": "off"}
    served = Served("--data-dir", tmp_path, python=(sys.executable,), port=0, environment=environment)
    try:
        async with (
            Platform.open(url) as platform,
            httpx.AsyncClient(base_url=served.url, timeout=DEADLINE_SECONDS) as client,
        ):
            journey = Journey(client, platform)
            await journey.take()
            assert len(journey.found) >= 80
            assert set(journey.found) <= {endpoint.name for endpoint in ENDPOINTS}
    finally:
        served.kill()
    found = await copies(spread)
    assert len(found) >= 10
    assert {name: digests for name, digests in found.items() if len(set(digests)) > 1} == {}
    async with Platform.open(spread.coordinator) as platform:
        report = await operations.verify(platform.context)
    assert report.found == 0, report.findings
