"""Three nodes are replaced one after the other, under load: no request fails, and jobs and limits are still shared."""

import asyncio
import random
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.conftest import PASSWORD
from tests.serve.running import Running

NODES = 3
CALLERS = 8


class Balancer:
    """Sends each request to one of the nodes that are in; a node that is taken out finishes what it has begun.

    As any balancer does, it chooses again when it cannot connect to a node that was taken out meanwhile.
    """

    def __init__(self) -> None:
        self.nodes: dict[Running, httpx.AsyncClient] = {}
        self.answers: list[int] = []

    def put_in(self, node: Running) -> None:
        self.nodes[node] = httpx.AsyncClient(base_url=node.url, timeout=30)

    async def send(self, method: str, path: str, **how: object) -> httpx.Response:
        while True:
            node, client = random.choice(list(self.nodes.items()))  # noqa: S311 - any will do
            try:
                answer = await client.request(method, path, **how)  # type: ignore[arg-type]  # as httpx takes it
            except httpx.ConnectError:
                if node in self.nodes:  # else it was taken out while it was connected to: nothing was sent
                    raise
                continue
            except httpx.TransportError as error:
                stage = (
                    "in" if node in self.nodes else f"out, {'ended' if node.process.poll() is not None else 'ending'}"
                )
                raise AssertionError(f"{method} {path} at a node that is {stage}: {error!r}") from error
            self.answers.append(answer.status_code)
            return answer


async def call(balancer: Balancer) -> None:
    """Do what a caller does: sign up and in, write and read what was written, for ever."""
    while True:
        name = f"u{uuid4().hex[:12]}"
        new = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
        assert (await balancer.send("POST", "/v1/users", json=new)).status_code == 201
        token = (await balancer.send("POST", "/v1/sessions", json={"login": name, "password": PASSWORD})).json()[
            "token"
        ]
        headers = {"authorization": f"Bearer {token}"}
        made = (
            await balancer.send("POST", "/v1/organizations", json={"name": "Acme", "slug": name}, headers=headers)
        ).json()
        path = f"/v1/organizations/{made['slug']}/projects"
        for number in range(20):
            await balancer.send("POST", path, json={"name": f"P{number}"}, headers=headers)
            page = (await balancer.send("GET", f"{path}?limit=100", headers=headers)).json()
            assert len(page["data"]) == number + 1


@pytest.mark.long
async def test_three_nodes_are_upgraded_in_turn_and_no_request_fails(database_url: str, tmp_path: Path):
    balancer = Balancer()

    def start(number: object) -> Running:
        return Running(database_url, tmp_path / f"{number}.log", 1, FREEHOLD_RATE_LIMITS="off")

    started = [await asyncio.to_thread(start, number) for number in range(NODES)]
    try:
        for node in started:
            balancer.put_in(node)
        load = [asyncio.create_task(call(balancer)) for _ in range(CALLERS)]
        for number, old in enumerate(list(started)):
            served = len(balancer.answers)
            while len(balancer.answers) < served + 100:
                assert not any(task.done() for task in load), [task.exception() for task in load if task.done()]
                await asyncio.sleep(0.01)
            client = balancer.nodes.pop(old)
            status, _ = await asyncio.to_thread(old.terminate)
            assert status == 0, old.log
            new = await asyncio.to_thread(start, f"new-{number}")
            started.append(new)
            assert (await balancer.send("GET", "/readyz")).status_code == 200
            balancer.put_in(new)
            await client.aclose()
        for task in load:
            task.cancel()
        ended = await asyncio.gather(*load, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in ended), ended
        assert all(status < 300 for status in balancer.answers)
    finally:
        for node in started:
            node.stop()
        for client in balancer.nodes.values():
            await client.aclose()
