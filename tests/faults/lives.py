"""Kills in the middle of what is done seldom: the first start, an upgrade, a backup, a restore, an import; and mail."""

import json
import shutil
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp
from typing import Final
from uuid import UUID, uuid4

import asyncpg
from tests.conftest import with_database
from tests.faults.commands import command, done
from tests.faults.ledger import Ledger
from tests.faults.load import WELL, Load, until
from tests.faults.registry import fault, life
from tests.faults.site import PASSWORD, Site
from tests.migrate.test_own_migrations import ROWS

from freehold import migrate
from freehold.migrate import gate
from freehold.migrate.files import builtin
from freehold.postgres import EmbeddedServer

LINES: Final = 6000
"""More than an import stores at a time."""
LETTERS: Final = 6


async def create_user(data: Path, ledger: Ledger, *, kills: bool) -> None:
    name = f"user_{uuid4().hex[:8]}"
    entry = ledger.begin(name)
    arguments = ("users", "create", name, "--email", f"{name}@example.com", "--password-stdin", "--data-dir", data)
    status, said = await command(*arguments, told=PASSWORD, kills=kills)
    assert kills or status == 0, said[-1000:]
    ledger.statuses["done" if status == 0 else "killed"] += 1
    entry.is_acknowledged = status == 0


async def names(url: str, statement: str) -> Counter[str]:
    connection = await asyncpg.connect(url)
    try:
        return Counter(row[0] for row in await connection.fetch(statement))
    finally:
        await connection.close()


@life("kill -9 of the first start", is_long=True)
async def first_start(folder: Path, ledger: Ledger) -> None:
    """Whatever a start has left, the next one makes of it what it should be."""
    await create_user(folder / "data", own := Ledger(), kills=True)
    await create_user(folder / "data", own, kills=False)
    with EmbeddedServer.join(folder / "data") as server:
        own.settle(await names(server.url, "SELECT username FROM users"))
    add(ledger, own)


_old: list[Path] = []


async def old_data() -> Path:
    """Give the data of a version with only the first migration, made once."""
    if not _old:
        folder = Path(mkdtemp(prefix="fh-old-"))
        with EmbeddedServer.start(folder / "data") as server:
            await gate.apply_proved(server.url, sets=[builtin()._replace(migrations=builtin().migrations[:1])])
            connection = await asyncpg.connect(server.url)
            await connection.execute(ROWS)
            await connection.close()
        _old.append(folder / "data")
    return _old[0]


@life("kill -9 of an upgrade", is_long=True)
async def upgrade(folder: Path, ledger: Ledger) -> None:
    """All rows are there afterwards, under the new schema."""
    data, own = folder / "data", Ledger()
    shutil.copytree(await old_data(), data, ignore=shutil.ignore_patterns("run"))
    for number in range(1, 51):
        own.begin(f"user_{number}").is_acknowledged = True
    await create_user(data, own, kills=True)
    await create_user(data, own, kills=False)
    with EmbeddedServer.join(data) as server:
        own.settle(await names(server.url, "SELECT username FROM users"))
        status = await migrate.status(server.url, sets=[builtin()])
        assert status.current, "migrations are missing"
    add(ledger, own)


@fault("kill -9 of a backup", is_long=True)
async def backup(site: Site, load: Load) -> None:
    """A backup that is listed is whole."""
    place = ("--backups", site.folder / "kept")
    await command("backup", "create", *place, "--data-dir", site.data, kills=True)
    await done("backup", "create", *place, "--data-dir", site.data)
    for each in json.loads(await done("backup", "list", *place, "--json"))[-2:]:
        await done("backup", "verify", each["folder"], *place)
    await load.suffers(1)


@fault("kill -9 of a restore", is_long=True)
async def restore(site: Site, load: Load) -> None:
    """Run again, it completes, with all that was acknowledged before the backup."""
    place = ("--backups", site.folder / "kept")
    before = {name for name, entry in load.ledger.entries.items() if entry.is_acknowledged}
    await done("backup", "create", *place, "--data-dir", site.data)
    newest = json.loads(await done("backup", "list", *place, "--json"))[-1]["folder"]
    database = f"copy_{uuid4().hex[:8]}"
    async with site.admin() as admin:
        await admin.execute(f"CREATE DATABASE {database} OWNER freehold")
    try:
        url = with_database(site.postgres.url, database)
        arguments = ("restore", newest, "--yes", *place, "--database-url", url)
        await command(*arguments, kills=True)
        await done(*arguments)
        kept = await names(url, "SELECT name FROM projects UNION ALL SELECT name FROM organizations")
        lost = before - set(kept)
        load.ledger.lost += len(lost)
        load.ledger.broken += [f"{name} is not in the backup" for name in lost]
    finally:
        async with site.admin() as admin:
            for row in await admin.fetch("SELECT datname FROM pg_database WHERE datname LIKE $1", f"{database}%"):
                await admin.execute(f"DROP DATABASE {row[0]} WITH (FORCE)")


@fault("kill -9 of an import", is_long=True)
async def bring_in(site: Site, load: Load) -> None:
    """Run again, it goes on where it was: each line is stored once, and none is called a conflict."""
    prefix = f"u{uuid4().hex[:8]}"
    file = site.folder / f"{prefix}.ndjson"
    with file.open("w") as opened:
        for number in range(LINES):
            line = {"id": str(UUID(int=uuid4().int, version=4)), "username": f"{prefix}_{number}"}
            opened.write(json.dumps({**line, "email": f"{line['username']}@example.com"}) + "\n")
    arguments = ("import", "users", file, "--partial", "--json", "--data-dir", site.data)
    await command(*arguments, kills=True)
    report = await done(*arguments)
    assert '"refused":0' in report.replace(" ", ""), report[-500:]
    found = await names(site.postgres.url, f"SELECT username FROM users WHERE username LIKE '{prefix}%'")  # noqa: S608
    load.ledger.lost += LINES - len(found)
    load.ledger.doubled += found.total() - len(found)
    file.unlink()


@fault("two nodes with one outbox", kind="mail", is_long=True)
async def outbox(site: Site, load: Load) -> None:
    """Each letter is delivered once."""
    assert site.office is not None
    addresses = [f"{uuid4().hex[:12]}@example.com" for _ in range(LETTERS)]
    async with load.client() as client:
        for number, address in enumerate(addresses):
            url = (site.url, site.other_url)[number % 2]
            new = {"username": address.partition("@")[0], "email": address, "password": PASSWORD}
            word, _ = await load.send(client, "POST", f"{url}/v1/users", json=new)
            assert word in WELL, word
    letters = site.office.letters
    await until(lambda: set(addresses) <= {str(each["To"]) for each in letters}, "all letters")
    for address in addresses:
        load.ledger.begin(address).is_acknowledged = True


def add(ledger: Ledger, own: Ledger) -> None:
    """Add what came of one repetition."""
    ledger.entries |= {f"{uuid4().hex} {name}": entry for name, entry in own.entries.items()}
    ledger.lost, ledger.doubled = ledger.lost + own.lost, ledger.doubled + own.doubled
    ledger.untrue += own.untrue
    ledger.statuses += own.statuses
    ledger.broken += own.broken
