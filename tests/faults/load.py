"""A mixed load, with and without Idempotency-Keys, which writes down what it was promised."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import uuid4

import httpx
from tests.faults.ledger import Entry, Ledger

BOUND_SECONDS: Final = 60.0
PATIENCE_SECONDS: Final = 10.0
"""How long a client waits for an answer."""
PAUSE_SECONDS: Final = 0.02
"""How long a client waits before it tries again."""
WELL: Final = frozenset({"200", "201", "204", "200 replayed", "201 replayed", "204 replayed"})
BEARABLE: Final = WELL | {
    "503 unavailable",
    "503 read_only",
    "503 outcome_unknown",
    "409 idempotency_key_in_flight",
    "cut",
    "refused",
}
"""What a client may be answered under a fault; ``cut`` is a connection that ends, ``refused`` one that never begins."""
GONE: Final = "404 not_found"
"""What is answered to who deletes again, since the first answer got lost."""


async def until(condition: Callable[[], object], what: str, seconds: float = BOUND_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"within {seconds:.0f} s there was not: {what}")
        await asyncio.sleep(0.005)


class Load:
    """Clients that write and read until they are told to stop."""

    def __init__(self, url: str, token: str, organization: str, ledger: Ledger) -> None:
        self._url, self._organization, self.ledger = url, organization, ledger
        self.headers = {"Authorization": f"Bearer {token}"}
        self.prefix = uuid4().hex[:8]
        self.answered = 0
        self.failed = 0
        self.longest_outage_seconds = 0.0
        self.longest_answer_seconds = 0.0
        self._well_at = time.monotonic()
        self._ready: set[str] = set()
        self._number = 0
        self._stopping = False
        self.registers: dict[str, list[str]] = {}
        """Project id -> what its description may be: the last value that was acknowledged, and those sent since."""

    @property
    def projects(self) -> str:
        return f"/v1/organizations/{self._organization}/projects"

    def name(self, kind: str) -> str:
        self._number += 1
        return f"{self.prefix}-{kind}-{self._number}"

    @asynccontextmanager
    async def client(self, patience_seconds: float = PATIENCE_SECONDS) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=self._url, headers=self.headers, timeout=patience_seconds) as client:
            yield client

    def move(self, url: str) -> None:
        """Send everything to another server from now on."""
        self._url = url

    async def send(self, client: httpx.AsyncClient, method: str, path: str, **more: Any) -> tuple[str, Any]:
        """Send a request; gives what came of it in a word or two, and the body."""
        began, body = time.monotonic(), None
        try:
            answer = await client.request(method, self._url + path if path.startswith("/") else path, **more)
        except httpx.ConnectError:
            word = "refused"
        except httpx.TransportError:
            word = "cut"
        else:
            body = answer.json() if answer.content else None
            word = str(answer.status_code)
            if body is not None and not answer.is_success:
                word += f" {body['code']}"
            elif "idempotency-replayed" in answer.headers:
                word += " replayed"
        self.note(word, time.monotonic() - began)
        return word, body

    def note(self, word: str, seconds: float) -> None:
        now = time.monotonic()
        self.ledger.statuses[word] += 1
        self.answered += 1
        self.longest_answer_seconds = max(self.longest_answer_seconds, seconds)
        if word in WELL:
            self.longest_outage_seconds = max(self.longest_outage_seconds, now - self._well_at)
            self._well_at = now
        else:
            self.failed += 1
        if word not in BEARABLE and word != GONE:
            self.ledger.broken.append(f"a client was answered {word}")

    async def suffers(self, answers: int, *, failures: int = 0) -> None:
        """Wait until so many more answers have come, and so many that were none."""
        answered, failed = self.answered + answers, self.failed + failures
        await until(
            lambda: self.answered >= answered and self.failed >= failed, f"{answers} answers, {failures} failed"
        )

    async def recovers(self) -> None:
        """Wait until every client has been served again."""
        self._ready.clear()
        await until(lambda: len(self._ready) == len(WRITERS), f"an answer for each, but only for {self._ready}")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._write(name)) for name in WRITERS]
        try:
            await self.recovers()
            self.longest_outage_seconds = self.longest_answer_seconds = 0
            self._well_at = time.monotonic()
            yield
        finally:
            self._stopping = True
            done, late = await asyncio.wait(tasks, timeout=BOUND_SECONDS)
            for task in late:
                task.cancel()
            for task in done:
                task.result()

    async def _write(self, writer: str) -> None:
        async with self.client() as client:
            while not self._stopping:
                await WRITERS[writer](self, client)
                self._ready.add(writer)

    async def _repeat(self, client: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
        """Send it until it is done, as whoever has a key may; None when the load ends before."""
        for _ in range(100_000):
            word, body = await self.send(client, method, path, **more)
            if word in WELL or (method == "DELETE" and word == GONE):
                return body or True
            if self._stopping:
                return None
            await asyncio.sleep(PAUSE_SECONDS)
        return None

    async def keyed(self, client: httpx.AsyncClient) -> None:
        """Create with a key, and repeat until it is done."""
        name = self.name("keyed")
        entry = self.ledger.begin(name)
        headers = {"Idempotency-Key": name}
        if await self._repeat(client, "POST", self.projects, json={"name": name}, headers=headers):
            entry.is_acknowledged = True

    async def bare(self, client: httpx.AsyncClient) -> None:
        """Create without a key, and send again only what was certainly not stored."""
        name = self.name("bare")
        await self.once(client, self.projects, name, self.ledger.begin(name))

    async def once(self, client: httpx.AsyncClient, path: str, name: str, entry: Entry) -> None:
        while True:
            entry.is_possible = True
            word, _ = await self.send(client, "POST", path, json={"name": name})
            if word in WELL:
                entry.is_acknowledged = True
                return
            if word not in {"503 unavailable", "503 read_only", "refused"}:
                return  # it may be stored, and may not be
            entry.is_possible = False
            if self._stopping:
                return
            await asyncio.sleep(PAUSE_SECONDS)

    async def organization(self, client: httpx.AsyncClient) -> None:
        """The same with a transaction of several statements."""
        name = self.name("organization")
        entry = self.ledger.begin(name)
        headers = {"Idempotency-Key": name}
        if await self._repeat(client, "POST", "/v1/organizations", json={"name": name}, headers=headers):
            entry.is_acknowledged = True

    async def register(self, client: httpx.AsyncClient) -> None:
        """Change one row again and again: the last change that was acknowledged is there, or a later one."""
        if not self.registers:
            name = self.name("register")
            entry = self.ledger.begin(name)
            headers = {"Idempotency-Key": name}
            made = await self._repeat(client, "POST", self.projects, json={"name": name}, headers=headers)
            if made:
                entry.is_acknowledged = True
                self.registers[made["id"]] = [""]
            return
        ((project, values),) = self.registers.items()
        values.append(value := self.name("value"))
        word, _ = await self.send(client, "PATCH", f"{self.projects}/{project}", json={"description": value})
        if word in WELL:
            values[:] = [value]
        else:
            if word in {"503 unavailable", "503 read_only", "refused"}:
                values.remove(value)
            await asyncio.sleep(PAUSE_SECONDS)

    async def deletion(self, client: httpx.AsyncClient) -> None:
        """Create and delete; what was deleted is certainly not there."""
        name = self.name("deleted")
        headers = {"Idempotency-Key": name}
        made = await self._repeat(client, "POST", self.projects, json={"name": name}, headers=headers)
        if made and await self._repeat(client, "DELETE", f"{self.projects}/{made['id']}"):
            self.ledger.begin(name).is_removed = True

    async def reading(self, client: httpx.AsyncClient) -> None:
        word, _ = await self.send(client, "GET", "/v1/users/me")
        if word not in WELL:
            await asyncio.sleep(PAUSE_SECONDS)


WRITERS: Final = {
    "keyed 1": Load.keyed,
    "keyed 2": Load.keyed,
    "keyed 3": Load.keyed,
    "bare 1": Load.bare,
    "bare 2": Load.bare,
    "organization": Load.organization,
    "register": Load.register,
    "deletion": Load.deletion,
    "reading": Load.reading,
}
