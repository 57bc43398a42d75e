"""Nodes upgraded one after the other: migrations under load, old code beside new, and no failed request."""

import asyncio
import io
import subprocess
import tarfile
from contextlib import AsyncExitStack
from pathlib import Path

from tests.faults.ledger import Ledger
from tests.faults.lives import add
from tests.faults.registry import life
from tests.faults.site import Site, Skipped

from freehold.migrate import gate
from freehold.migrate.files import MigrationSet, builtin
from freehold.migrate.patience import Patience
from freehold.migrate.rehearse import rehearse

ROOT = Path(__file__).parents[2]
MIGRATIONS = "src/freehold/migrations"
ANSWERS = 200
BOUNDS = {"FREEHOLD_STATEMENT_TIMEOUT_SECONDS": "15", "FREEHOLD_ACQUIRE_TIMEOUT_SECONDS": "5"}
"""As they are by default: a request waits for a migration that holds a lock, and is not given up."""
PATIENCE = Patience(lock_seconds=0.3, tries=50)
"""Who wants a table queues behind a migration that waits for it: the load's statements may take a second."""


def git(*arguments: str) -> bytes:
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Skipped("there is no history of the code here to take the older version from") from error


def older_code(folder: Path) -> tuple[Path, MigrationSet]:
    """Take the last code that had fewer migrations out of its history; gives where it is, and its migrations."""
    now = builtin()
    for newer in git("rev-list", "--first-parent", "HEAD", "--", MIGRATIONS).decode().split():
        listed = git("ls-tree", "--name-only", f"{newer}^1", f"{MIGRATIONS}/").decode().split()
        names = sorted(Path(each).stem for each in listed if Path(each).stem[0].isdigit())
        known = now.migrations[: len(names)]
        if len(known) < len(now.migrations) and names == [f"{each.version}_{each.name}" for each in known]:
            with tarfile.open(fileobj=io.BytesIO(git("archive", f"{newer}^1", "src"))) as packed:
                packed.extractall(folder, filter="data")
            return folder / "src", now._replace(migrations=known)
    raise Skipped("the history of the code here has no version with fewer migrations")


@life("new migrations under load, the old code beside the new", is_long=True)
async def upgraded_in_turn(folder: Path, ledger: Ledger) -> None:
    """The old node serves through the migrations, then both serve, then the new one alone: nobody sees a failure.

    The rehearsal comes before, as on a server of its own: it measures how long locks are held, and load adds to it.
    """
    older, known = await asyncio.to_thread(older_code, folder / "older")
    async with Site.open("direct", known, {"PYTHONPATH": str(older), **BOUNDS}) as site, AsyncExitStack() as stack:
        url, sets = site.postgres.url, [builtin()]
        before = await site.load(earlier := Ledger())
        async with before.running():
            await before.suffers(ANSWERS)
        rehearsal = await rehearse(url, sets=sets, backups=site.folder / "kept")
        assert rehearsal.passed, "\n".join(map(str, rehearsal.findings))
        load = await site.load(ledger)
        async with load.running():
            outcome = await gate.apply_proved(url, sets=sets, patience=PATIENCE)
            assert outcome.applied, "there was nothing to migrate"
            await load.suffers(ANSWERS)
            newer = await stack.enter_async_context(site.successor())
            await load.suffers(ANSWERS)
            load.move(newer)
            await load.recovers()
            assert await site.stop() == 0, "the old node cut requests"
            await load.suffers(ANSWERS)
            await load.recovers()
        await site.settle(before, earlier)
        await site.settle(load, ledger)
        add(ledger, earlier)
        if load.failed:
            ledger.broken.append(f"{load.failed} requests failed: {dict(ledger.statuses)}")
