"""What runs out, is locked, or is not what it was: connections, locks, the disk, the right to write, the clock."""

import os
import struct
from contextlib import AsyncExitStack

import asyncpg
from tests.faults.load import Load
from tests.faults.registry import fault
from tests.faults.site import Site

ANSWERS = 20
FREE_BYTES = 4 * 1024 * 1024
FILL = "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000)) FROM generate_series(1, 100)"
HOUR_SECONDS = 3600


@fault("every connection of PostgreSQL is taken")
async def connections_taken(site: Site, load: Load) -> None:
    """By somebody else, while Freehold has to connect again."""
    async with AsyncExitStack() as stack:
        async with site.admin() as admin:
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'freehold'"
            )
            while True:
                try:
                    taken = await asyncpg.connect(site.postgres.url)
                except (asyncpg.TooManyConnectionsError, asyncpg.CannotConnectNowError):
                    break
                stack.push_async_callback(taken.close)
        await load.suffers(ANSWERS)


@fault("a table is locked")
async def locked(site: Site, load: Load) -> None:
    async with site.admin() as admin, admin.transaction():
        await admin.execute("LOCK TABLE projects IN ACCESS EXCLUSIVE MODE")
        await load.suffers(ANSWERS, failures=3)


@fault("the database is read-only")
async def read_only(site: Site, load: Load) -> None:
    async with site.admin() as admin:
        await admin.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        await admin.execute("SELECT pg_reload_conf()")
        try:
            await load.suffers(ANSWERS, failures=ANSWERS)
        finally:
            await admin.execute("ALTER SYSTEM RESET default_transaction_read_only")
            await admin.execute("SELECT pg_reload_conf()")


@fault("the disk is full", kind="small disk", is_long=True)
async def disk_full(site: Site, load: Load) -> None:
    """PostgreSQL ends when it cannot begin the next segment of its log, and cannot recover before there is space."""
    ballast = site.data / "ballast"
    async with site.admin() as admin:
        await admin.execute("CHECKPOINT")
    with ballast.open("wb") as opened:
        state = os.statvfs(site.data)
        os.posix_fallocate(opened.fileno(), 0, state.f_bavail * state.f_frsize - FREE_BYTES)
    try:
        before = site.postmaster()
        try:
            async with site.admin() as admin:
                await admin.execute(FILL)
        except (asyncpg.PostgresError, OSError):
            pass
        await load.suffers(ANSWERS, failures=ANSWERS)
        assert not is_alive(before) or load.failed
    finally:
        ballast.unlink()


@fault("the clock jumps an hour ahead, and back", kind="clock", is_long=True)
async def clock(site: Site, load: Load) -> None:
    """That of Freehold and of what it starts."""
    file = site.folder / "offset"
    for seconds in (HOUR_SECONDS, -HOUR_SECONDS, 0):
        with file.open("r+b") as opened:
            opened.write(struct.pack("q", seconds))
        await load.suffers(ANSWERS)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
