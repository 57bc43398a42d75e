"""What clients do: the same thing a hundred times at once, and going away before they are answered."""

import asyncio
import socket
from contextlib import closing

import msgspec
from tests.faults.load import BEARABLE, WELL, Load
from tests.faults.registry import fault
from tests.faults.site import Site

TIMES = 100


@fault("the same key 100 times at once")
async def same_key(site: Site, load: Load) -> None:  # noqa: ARG001 - every fault is given both
    name = load.name("same")
    entry = load.ledger.begin(name)
    headers = {"Idempotency-Key": name}
    async with load.client(60) as client:
        words = await asyncio.gather(
            *(load.send(client, "POST", load.projects, json={"name": name}, headers=headers) for _ in range(TIMES))
        )
        said = {word for word, _ in words}
        assert said <= BEARABLE, said
        assert len({body["id"] for word, body in words if word in WELL}) <= 1
        word, _ = await load.send(client, "POST", load.projects, json={"name": name}, headers=headers)
        entry.is_acknowledged = word in WELL
        assert entry.is_acknowledged, word


@fault("clients hang up before they are answered")
async def hung_up(site: Site, load: Load) -> None:
    """What they sent with a key is done once, however often they send it again."""
    names = [load.name("hung") for _ in range(10)]
    for name in names:
        load.ledger.begin(name)
        body = msgspec.json.encode({"name": name})
        head = (
            f"POST {load.projects} HTTP/1.1\r\nHost: x\r\nAuthorization: {load.headers['Authorization']}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {name}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with closing(socket.create_connection(("127.0.0.1", site.port), timeout=10)) as connection:
            connection.sendall(head.encode() + body)
    async with load.client() as client:
        for name in names:
            headers = {"Idempotency-Key": name}
            while True:
                word, _ = await load.send(client, "POST", load.projects, json={"name": name}, headers=headers)
                if word in WELL:
                    break
                await asyncio.sleep(0)
            load.ledger.begin(name).is_acknowledged = True
