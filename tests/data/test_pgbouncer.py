"""The platform through a real PgBouncer in transaction mode: nothing may be kept in a session that others get next."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from tests.conftest import PASSWORD

from freehold import (
    NewOrganization,
    NewProject,
    NewSession,
    NewUser,
    OrganizationPatch,
    PageRequest,
    Platform,
    Settings,
    Unavailable,
)
from freehold.data.db import Database, connect
from freehold.postgres.identity import NAMESPACE

SECONDS = 30.0
SESSIONS = 2
"""PostgreSQL's, shared by all connections, so that each of these gets another one all the time."""
NAMES = "SELECT name FROM pg_prepared_statements"
THROUGH = Settings(pgbouncer=True, pool_size=8, rate_limits="off")

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed (apt-get install pgbouncer)")


def configuration(database_url: str, folder: str) -> str:
    url = urlsplit(database_url)
    host = parse_qs(url.query).get("host", [url.hostname])[0]
    secret = f" password={unquote(url.password)}" if url.password else ""
    target = f"host={host} port={url.port or 5432} user={url.username}{secret}"
    return f"""\
[databases]
{url.path[1:]} = {target}
[pgbouncer]
pool_mode = transaction
default_pool_size = {SESSIONS}
listen_addr =
unix_socket_dir = {folder}
auth_type = any
logfile = {folder}/log
"""


@pytest.fixture
def bouncer_url(database_url: str) -> Iterator[str]:
    """The URL of a PgBouncer before the test's database."""
    name = urlsplit(database_url).path[1:]
    with tempfile.TemporaryDirectory(prefix="fh-") as folder:
        settings = Path(folder) / "pgbouncer.ini"
        settings.write_text(configuration(database_url, folder))
        as_user = NAMESPACE if os.geteuid() == 0 else ()  # it refuses root
        with subprocess.Popen([*as_user, PROGRAM or "", "-q", settings]) as process:
            try:
                yield f"postgresql://freehold@/{name}?host={quote(folder, safe='')}&port=6432"
            finally:
                process.terminate()
                process.wait(SECONDS)


async def opened(url: str) -> Database:
    """Connect once PgBouncer has begun to listen."""
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                return await connect(url, through_pgbouncer=True)
            except Unavailable:
                await asyncio.sleep(0.01)


@pytest.fixture
async def ready_url(bouncer_url: str) -> str:
    await (await opened(bouncer_url)).close()
    return bouncer_url


async def work(platform: Platform, name: str) -> int:
    """Do a bit of everything as a user of this name; gives how many events of its organization the log has."""
    ada = await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))
    assert (await platform.sessions.create(NewSession(login=name, password=PASSWORD))).user.id == ada.id
    mine = platform.acting_as(ada.id)
    made = await mine.organizations.create(NewOrganization(name=name))
    for number in range(5):
        await mine.projects.create(made.id, NewProject(name=f"{name} {number}"))
    await mine.organizations.update(made.id, OrganizationPatch(name=f"{name} renamed"))
    page = await mine.projects.list(made.id, PageRequest(limit=3))
    assert [project.name for project in page.data] == [f"{name} {number}" for number in (4, 3, 2)]
    assert (await mine.organizations.get(made.slug)).name == f"{name} renamed"
    return await platform.audit.export(lambda _: None, chain_id=made.id)


async def test_everything_works_while_sessions_change_hands(ready_url: str):
    async with (
        Platform.open(ready_url, settings=THROUGH) as platform,
        Platform.open(ready_url, settings=THROUGH) as other,  # whose statements' names would be the same
    ):
        names = [f"user_{n}" for n in range(12)]
        counts = await asyncio.gather(*(work(platform if n % 2 else other, name) for n, name in enumerate(names)))
    assert counts == [7] * len(names)


async def test_no_statement_is_left_in_a_session(ready_url: str):
    database = await opened(ready_url)
    try:
        async with database.snapshot() as snapshot:
            async for _ in snapshot.stream("SELECT generate_series(1, $1::int)", [3]):
                assert await snapshot.fetch(NAMES, []) == []
        await asyncio.gather(*(database.fetch(f"SELECT {n}, pg_sleep(0)", []) for n in range(20)))
        left = [database.fetch(NAMES, []) for _ in range(20)]
        assert await asyncio.gather(*left) == [[]] * 20
    finally:
        await database.close()


async def test_slow_statement_is_given_up_by_this_side(ready_url: str):
    database = await connect(ready_url, through_pgbouncer=True, statement_timeout_seconds=0.2)
    try:
        with pytest.raises(Unavailable):
            await database.fetch("SELECT pg_sleep(30)", [])
        assert await database.fetch_row("SELECT 1", []) == (1,)
    finally:
        await database.close()


async def test_pgbouncer_that_is_not_declared_is_told(ready_url: str):
    with pytest.raises(Unavailable, match="FREEHOLD_PGBOUNCER=true"):
        await connect(ready_url)
