"""A real `freehold serve` with two workers and ten connections, on a PostgreSQL that keeps what it acknowledges."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final, Literal, Self, TypeVar

import asyncpg
import httpx
from tests.cli.processes import PROGRAM
from tests.environment import without_settings
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.proxy import Proxy
from tests.mail.post_office import PostOffice, open_post_office

from freehold import migrate
from freehold.migrate.files import MigrationSet
from freehold.postgres import EmbeddedServer
from freehold.postgres.layout import Layout
from freehold.postgres.postmaster import live_postmaster

AnyLoad = TypeVar("AnyLoad", bound=Load)
Kind = Literal["direct", "proxied", "small disk", "clock", "mail"]

PASSWORD: Final = "Lovelace1"
SETTINGS: Final = {
    "FREEHOLD_WORKERS": "2",
    "FREEHOLD_POOL_SIZE": "5",
    "FREEHOLD_STATEMENT_TIMEOUT_SECONDS": "1",
    "FREEHOLD_ACQUIRE_TIMEOUT_SECONDS": "1",
    "FREEHOLD_RATE_LIMITS": "off",
}
"""Short bounds, so that it does not take long to see them hold."""
DISK_BYTES: Final = 192 * 1024 * 1024
SESSIONS: Final = """
SELECT pid FROM pg_stat_activity WHERE application_name = 'freehold' AND usename = 'freehold' ORDER BY state_change DESC
"""
COUNTS: Final = """
SELECT name, count(*) FROM (SELECT name FROM projects UNION ALL SELECT name FROM organizations) AS made
WHERE name LIKE $1 || '%' GROUP BY name
"""
EVENTS: Final = """
SELECT count(*) FROM projects p WHERE p.name LIKE $1 || '%' AND 1 <> (
    SELECT count(*) FROM audit_events e
    WHERE e.organization_id = p.organization_id AND e.target_id = p.id AND e.action = 'project.create')
"""
"""Projects whose making is not in the audit log just once."""


class Skipped(Exception):
    """A fault that cannot be made here, and why."""


class Site:
    """A server that is to be served from, and all that can be done to it."""

    postgres: EmbeddedServer
    proxy: Proxy | None = None
    office: PostOffice | None = None
    other_url = ""
    """Of a second node, where there is one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.environment: dict[str, str] = {}
        self.arguments = ["--data-dir", str(self.data), "--backups-dir", str(folder / "backups")]
        self.port = 0

    @classmethod
    @asynccontextmanager
    async def open(
        cls, kind: Kind, known: MigrationSet | None = None, environment: Mapping[str, str] | None = None
    ) -> AsyncIterator[Self]:
        """Start one; "proxied" has its database behind a proxy, "small disk" is soon full.

        The server is started in the ``environment``, and has the migrations that it knows there.
        """
        async with AsyncExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fh-", ignore_cleanup_errors=True))
            site = cls(Path(folder))
            site.environment |= environment or {}
            site.data.mkdir(mode=0o700)
            if kind == "small disk":
                stack.enter_context(_small_disk(site.data))
            if kind == "clock":
                site.environment |= _clock(site.folder)
            # A server for the rest of the site's life, to look at the database; `serve` finds it and looks after it.
            site.postgres = stack.enter_context(await asyncio.to_thread(EmbeddedServer.join, site.data))
            await migrate.apply(site.postgres.url, sets=[known or migrate.builtin()])
            if kind == "proxied":
                site.proxy = proxy = await stack.enter_async_context(Proxy.before(site.postgres.url))
                site.environment["FREEHOLD_DATABASE_URL"] = proxy.url
            if kind == "mail":
                site.office = await stack.enter_async_context(open_post_office())
                settings = site.office.settings()
                assert settings.smtp_url is not None
                assert settings.mail_from is not None
                site.environment["FREEHOLD_DATABASE_URL"] = site.postgres.url
                site.environment["FREEHOLD_SMTP_URL"] = settings.smtp_url
                site.environment["FREEHOLD_MAIL_FROM"] = settings.mail_from
                await site.start()
                site.other_url, site.port = site.url, 0
                stack.callback(_kill, site.process)
            await site.start()
            stack.callback(site.kill)
            await site._sign_up()
            yield site

    async def start(self) -> None:
        """Start `freehold serve`, on the same port as before, and wait until it is ready."""
        command = [sys.executable, "-c", PROGRAM, "serve", "--port", str(self.port), *self.arguments]
        environment = {**without_settings(), **SETTINGS, **self.environment}
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, stdout=subprocess.PIPE, stderr=log, env=environment, start_new_session=True
            )
        assert self.process.stdout is not None
        said = b""
        async with asyncio.timeout(60):
            while b"Ctrl-C" not in said:
                line = await self.process.stdout.readline()
                assert line, f"it ended instead: {(self.folder / 'log').read_text()[-2000:]}"
                said += line
        self.url = next(word for word in said.decode().split() if word.endswith("/v1")).removesuffix("/v1")
        self.port = int(self.url.rpartition(":")[2])

    @asynccontextmanager
    async def successor(self) -> AsyncIterator[str]:
        """Start a second server of today's code beside this one, on the same database; gives its URL."""
        other = type(self)(self.folder)
        other.environment["FREEHOLD_DATABASE_URL"] = self.postgres.url
        await other.start()
        try:
            yield other.url
        finally:
            other.kill()

    def kill(self) -> None:
        """Kill `freehold serve`, as a lack of memory does; what it started goes with its group."""
        _kill(self.process)

    async def stop(self) -> int:
        """Ask `freehold serve` to end; gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()

    def workers(self) -> list[int]:
        """List the worker processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if is_worker(int(pid))]

    def postmaster(self) -> int:
        found = live_postmaster(Layout(self.data))
        assert found is not None
        return found.pid

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[Any]:
        """Connect as the superuser, past the proxy."""
        connection = await asyncpg.connect(self.postgres.admin_url, timeout=10)
        try:
            yield connection
        finally:
            await connection.close(timeout=10)

    async def sessions(self) -> list[int]:
        """List the server processes of Freehold's connections, the busiest first."""
        async with self.admin() as admin:
            return [row[0] for row in await admin.fetch(SESSIONS)]

    async def load(self, ledger: Ledger) -> Load:
        return self.load_of(Load, ledger)

    def load_of(self, kind: type[AnyLoad], ledger: Ledger) -> AnyLoad:
        return kind(self.url, self._token, self._organization, ledger)

    async def settle(self, load: Load, ledger: Ledger) -> None:
        """Compare what was promised with what is there."""
        async with self.admin() as admin:
            await admin.execute("SET default_transaction_read_only = off")
            found: Counter[str] = Counter()
            for name, count in await admin.fetch(COUNTS, load.prefix):
                found[name] += count
            if self.office is not None:
                found += Counter(str(each["To"]) for each in self.office.letters)
            ledger.settle(found)
            if unheard := await admin.fetchval(EVENTS, load.prefix):
                ledger.broken.append(f"{unheard} projects are not in the audit log just once")
            for project, values in load.registers.items():
                value = await admin.fetchval("SELECT description FROM projects WHERE id = $1", project)
                if value not in values:
                    ledger.lost += 1
                    ledger.broken.append(f"a change is lost: there is {value}, not one of {values}")

    async def _sign_up(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            new = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
            (await client.post("/v1/users", json=new)).raise_for_status()
            session = await client.post("/v1/sessions", json={"login": "ada", "password": PASSWORD})
            self._token = session.raise_for_status().json()["token"]
            headers = {"Authorization": f"Bearer {self._token}"}
            made = await client.post("/v1/organizations", json={"name": "Acme"}, headers=headers)
            self._organization = made.raise_for_status().json()["id"]


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "freehold-test", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        raise Skipped("only who may mount has a disk that is soon full")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _clock(folder: Path) -> dict[str, str]:
    """Build a library that moves the time of day of the processes which it is loaded into, by what a file says."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise Skipped("there is no C compiler for the library that moves the clock")
    library, offset = folder / "clock.so", folder / "offset"
    offset.write_bytes(bytes(8))
    source = Path(__file__).with_name("clock.c")
    built = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, source], capture_output=True, check=False
    )
    if built.returncode != 0:
        raise Skipped(f"the library that moves the clock cannot be built: {built.stderr.decode()[:200]}")
    return {"LD_PRELOAD": str(library), "CLOCK_OFFSET_FILE": str(offset)}


def is_worker(pid: int) -> bool:
    """Whether it is a process of Python that serves, and none of those that help it."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return False
    return bool(line) and b"resource_tracker" not in line and b"postgres" not in line
