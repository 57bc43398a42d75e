"""What /metrics says of requests that a test has made, whichever worker answered them."""

import asyncio
import os
import signal
from collections.abc import Callable
from functools import partial

import httpx
import msgspec
import pytest
from tests.conftest import PASSWORD
from tests.observe.conftest import Running, read_samples, sample, scrape
from tests.waiting import eventually

from freehold import NewOrganization, NewSession, NewUser, Platform, Settings
from freehold.counting import Counting
from freehold.data.sql import STATEMENTS
from freehold.mail.jobs import count_waiting, deliver
from freehold.serve.application import create_application
from freehold.sessions.errors import WrongCredentials

TOKEN = "a-token-for-metrics-alone"
ADA = NewUser(username="ada", email="ada@example.com", password=PASSWORD)
LOGIN = NewSession(login="ada", password=PASSWORD)
WRONG = NewSession(login="ada", password="Wrong1234")
REQUESTS = 40
REQUESTS_TOLD = "freehold_request_duration_seconds_count"


def test_counts_of_two_workers_are_those_of_the_requests_that_were_made(run: Callable[..., Running]):
    server = run(FREEHOLD_METRICS_TOKEN=TOKEN)
    httpx.post(f"{server.url}/v1/users", json=msgspec.to_builtins(ADA)).raise_for_status()
    token = httpx.post(f"{server.url}/v1/sessions", json=msgspec.to_builtins(LOGIN)).json()["token"]
    assert httpx.post(f"{server.url}/v1/sessions", json=msgspec.to_builtins(WRONG)).status_code == 401
    for _ in range(REQUESTS):  # each on a connection of its own, so both workers get some
        answer = httpx.get(f"{server.url}/v1/users/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
    assert httpx.get(f"{server.url}/v1/nowhere").status_code == 404
    assert httpx.request("BREW", f"{server.url}/healthz").status_code == 405

    me = {"route": "/v1/users/{user}", "method": "GET"}
    nowhere = {"route": "other", "method": "GET", "status": "404"}
    # A worker counts what it has answered within a moment, and the last of all was to nowhere.
    eventually(lambda: sample(scrape(server.url, TOKEN), REQUESTS_TOLD, **nowhere) == 1)
    eventually(lambda: sample(scrape(server.url, TOKEN), REQUESTS_TOLD, **me, status="200") == REQUESTS)
    for _ in range(10):  # whichever worker is asked, it tells of both
        samples = scrape(server.url, TOKEN)
        assert sample(samples, REQUESTS_TOLD, **me, status="200") == REQUESTS
        assert 0 < sample(samples, "freehold_request_duration_seconds_sum", **me, status="200") < 60
        assert sample(samples, "freehold_request_duration_seconds_bucket", **me, status="200", le="+Inf") == REQUESTS
    route = {"route": "/v1/sessions", "method": "POST"}
    assert sample(samples, REQUESTS_TOLD, **route, status="201") == 1
    assert sample(samples, REQUESTS_TOLD, **route, status="401") == 1
    assert sample(samples, REQUESTS_TOLD, route="other", method="other", status="405") == 1
    assert sample(samples, "freehold_sign_ins_total", outcome="succeeded") == 1
    assert sample(samples, "freehold_sign_ins_total", outcome="wrong_credentials") == 1
    assert sample(samples, "freehold_statement_duration_seconds_count", statement="sessions.by_token_hash") == REQUESTS
    assert sample(samples, "freehold_statement_duration_seconds_count", statement="sessions.insert") == 1
    assert sample(samples, "freehold_lookups_total") >= REQUESTS
    assert sample(samples, "freehold_process_starts_total") == 2
    assert sample(samples, "freehold_passwords_in_flight") == 0
    assert sample(samples, "freehold_connections_waiting") == 0


def replaced(server: Running, pid: int) -> bool:
    return len(server.workers() - {pid}) == 2


def test_worker_that_was_killed_leaves_its_counts_to_the_next(run: Callable[..., Running]):
    server = run(FREEHOLD_METRICS_TOKEN=TOKEN)
    health = {"route": "/healthz", "method": "GET", "status": "200"}
    for _ in range(REQUESTS):
        httpx.get(f"{server.url}/healthz").raise_for_status()
    # Whoever asked last is counted within a moment, and that is after all others.
    httpx.get(f"{server.url}/v1/nowhere")
    eventually(lambda: sample(scrape(server.url, TOKEN), REQUESTS_TOLD, route="other", method="GET", status="404"))
    before = eventually(lambda: (n := sample(scrape(server.url, TOKEN), REQUESTS_TOLD, **health)) >= REQUESTS and n)
    victim, other = sorted(eventually(lambda: len(server.workers()) == 2 and server.workers()))
    for pid in (victim, other):  # whichever had counted
        os.kill(pid, signal.SIGKILL)
        eventually(partial(replaced, server, pid))

    def told() -> float | None:
        try:
            samples = scrape(server.url, TOKEN)
        except httpx.TransportError:  # it was in the queue of the worker that was killed
            return None
        return sample(samples, "freehold_process_starts_total") == 4 and sample(samples, REQUESTS_TOLD, **health)

    assert eventually(told) >= before


def test_port_of_its_own_tells_of_the_workers_and_the_port_of_the_api_does_not(run: Callable[..., Running]):
    server = run(FREEHOLD_METRICS_PORT="0")
    httpx.get(f"{server.url}/healthz").raise_for_status()
    health = {"route": "/healthz", "method": "GET", "status": "200"}
    assert eventually(lambda: sample(scrape(server.metrics_url), REQUESTS_TOLD, **health) >= 1)
    assert httpx.get(f"{server.url}/metrics").status_code == 404
    assert httpx.get(f"{server.metrics_url}/healthz").status_code == 404


def test_port_of_its_own_asks_for_the_token_when_there_is_one(run: Callable[..., Running]):
    server = run(FREEHOLD_METRICS_PORT="0", FREEHOLD_METRICS_TOKEN=TOKEN)
    refused = httpx.get(f"{server.metrics_url}/metrics", headers={"Authorization": "Bearer something-else"})
    assert refused.status_code == 401
    assert "freehold_" not in refused.text
    assert scrape(server.metrics_url, TOKEN)
    assert httpx.get(f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 404


def client_of(platform: Platform) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_application(platform)), base_url="http://test")


async def test_without_a_token_there_are_no_metrics(platform: Platform):
    async with client_of(platform) as client:
        answer = await client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_path")


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer a-token-for-metrics", f"Basic {TOKEN}", "Bearer ä"])
async def test_wrong_token_is_told_nothing(database_url: str, authorization: str | None):
    async with Platform.open(database_url, settings=Settings(metrics_token=TOKEN)) as platform:
        async with client_of(platform) as client:
            headers = {b"Authorization": authorization.encode()} if authorization else {}
            answer = await client.get("/metrics", headers=headers)
        assert answer.status_code == 401
        assert TOKEN not in answer.text


@pytest.mark.usefixtures("honest_hashes")
async def test_mounted_application_tells_of_its_own_process(database_url: str):
    settings = Settings(metrics_token=TOKEN, password_threads=1, password_queue=0, writes_per_minute=2)
    async with Platform.open(database_url, settings=settings) as platform, client_of(platform) as client:
        await platform.users.create(ADA)
        for _ in range(2):
            with pytest.raises(WrongCredentials):
                await platform.sessions.create(WRONG)
        signed_in = await platform.sessions.create(LOGIN)
        headers = {"Authorization": f"Bearer {signed_in.token}"}
        created = [
            (await client.post("/v1/organizations", json={"name": f"Acme {n}"}, headers=headers)).status_code
            for n in range(4)
        ]
        assert created == [201, 201, 429, 429]
        tries = [platform.sessions.create(LOGIN) for _ in range(3)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        refused = sum(isinstance(outcome, Exception) for outcome in outcomes)
        assert refused >= 1
        text = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
        samples = read_samples(text)
    assert sample(samples, "freehold_sign_ins_total", outcome="wrong_credentials") == 2
    assert sample(samples, "freehold_sign_ins_total", outcome="unavailable") == refused
    assert sample(samples, "freehold_sign_ins_total", outcome="succeeded") == 1 + 3 - refused
    assert sample(samples, "freehold_passwords_refused_total") == refused
    assert sample(samples, "freehold_rate_limited_requests_total", kind="writes") == 2
    assert "example.com" not in text


async def test_mails_that_wait_are_counted(database_url: str):
    async with Platform.open(database_url, settings=Settings(metrics_token=TOKEN)) as platform:
        await platform.users.create(ADA)  # is asked to confirm the address
        await count_waiting(platform.context)
        async with client_of(platform) as client:
            text = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
        assert sample(read_samples(text), "freehold_outbox_messages") == 1
        await deliver(platform.context)
        await count_waiting(platform.context)
        async with client_of(platform) as client:
            text = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
        assert sample(read_samples(text), "freehold_outbox_messages") == 0


async def test_lookups_that_share_a_query_are_counted_with_their_batch(database_url: str):
    settings = Settings(metrics_token=TOKEN, pool_size=1)
    async with Platform.open(database_url, settings=settings) as platform, client_of(platform) as client:
        ada = await platform.users.create(ADA)
        slugs = [
            (await platform.acting_as(ada.id).organizations.create(NewOrganization(name=f"Acme {n}"))).slug
            for n in range(5)
        ]

        async def read() -> dict[str, float]:
            text = (await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})).text
            names = ("freehold_lookups_total", "freehold_lookup_batch_keys_sum", "freehold_lookup_batch_keys_count")
            return {name: sample(read_samples(text), name) for name in names}

        before = await read()
        wanted = [*slugs, *slugs]
        await asyncio.gather(*(platform.acting_as(ada.id).organizations.get(slug) for slug in wanted))
        after = await read()
    told = {name: after[name] - before[name] for name in before}
    assert told["freehold_lookups_total"] >= len(wanted)
    assert told["freehold_lookup_batch_keys_count"] < told["freehold_lookup_batch_keys_sum"] < len(wanted) * 2
    assert told["freehold_lookup_batch_keys_count"] < told["freehold_lookups_total"]


async def test_every_statement_is_counted(database_url: str):
    async with Platform.open(database_url, settings=Settings(metrics_token=TOKEN)) as platform:
        observer = platform.context.tools.observer
        assert isinstance(observer, Counting)
        series = next(f.series for f in observer.shared.families if f.labels == ("statement",))
    assert series.keys() == {bound.sql for bound in STATEMENTS.values()}
