"""What a node does is said by its role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from freehold import Platform, platform
from freehold.data.context import Context
from freehold.data.jobs import Job
from freehold.serve.application import create_application
from tests.conftest import trusting


@asynccontextmanager
async def node(database_url: str, role: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = trusting(role=role, metrics_token="0123456789abcdef")
    async with Platform.open(database_url, settings=settings) as opened:
        application = create_application(opened)
        async with application.lifespan():
            transport = httpx.ASGITransport(application)
            async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
                yield client


@pytest.mark.parametrize(
    ("role", "runs_jobs", "serves"), [("all", True, 200), ("api", False, 200), ("jobs", True, 404)]
)
async def test_a_node_does_what_its_role_says(
    database_url: str, monkeypatch: pytest.MonkeyPatch, role: str, *, runs_jobs: bool, serves: int
):
    ran = []

    async def work(_: Context) -> None:
        ran.append(True)

    monkeypatch.setattr(platform, "every_job", lambda: [Job("noted", 60, work)])
    async with node(database_url, role) as client:
        for path in ("/healthz", "/readyz"):
            assert (await client.get(path)).status_code == 200
        metrics = await client.get("/metrics", headers={"authorization": "Bearer 0123456789abcdef"})
        assert metrics.status_code == 200
        for path in ("/openapi.json", "/v1/users/me"):
            assert (await client.get(path)).status_code in {serves, 401 if serves == 200 else 404}
    assert bool(ran) is runs_jobs
