"""Processes that are killed, stopped and told to end."""

import os
import signal

from tests.faults.load import Load, until
from tests.faults.registry import fault
from tests.faults.site import Site

STOPPED_ANSWERS = 60
"""How many answers a stopped process is stopped for."""


async def end_postmaster(site: Site, load: Load, number: signal.Signals) -> None:
    before = site.postmaster()
    os.kill(before, number)
    await load.suffers(1, failures=1)


@fault("kill -9 of the postmaster")
async def postmaster_killed(site: Site, load: Load) -> None:
    await end_postmaster(site, load, signal.SIGKILL)


@fault("PostgreSQL is stopped fast, and started again")
async def stopped_fast(site: Site, load: Load) -> None:
    await end_postmaster(site, load, signal.SIGINT)


@fault("PostgreSQL is stopped immediately, and started again")
async def stopped_immediately(site: Site, load: Load) -> None:
    await end_postmaster(site, load, signal.SIGQUIT)


@fault("SIGSTOP of the postmaster")
async def postmaster_stopped(site: Site, load: Load) -> None:
    """Those who are connected are served on; nobody new is let in."""
    postmaster = site.postmaster()
    victim = (await site.sessions())[0]
    os.kill(postmaster, signal.SIGSTOP)
    try:
        os.kill(victim, signal.SIGTERM)  # so that somebody wants a new connection
        await load.suffers(STOPPED_ANSWERS)
    finally:
        os.kill(postmaster, signal.SIGCONT)


@fault("kill -9 of a database session")
async def session_killed(site: Site, load: Load) -> None:
    """PostgreSQL ends all of them then, and recovers."""
    os.kill((await site.sessions())[0], signal.SIGKILL)
    await load.suffers(1, failures=1)


@fault("SIGSTOP of one database session of ten")
async def session_stopped(site: Site, load: Load) -> None:
    stopped = (await site.sessions())[0]
    os.kill(stopped, signal.SIGSTOP)
    try:
        await load.suffers(STOPPED_ANSWERS)
    finally:
        os.kill(stopped, signal.SIGCONT)


@fault("pg_terminate_backend of every session")
async def sessions_ended(site: Site, load: Load) -> None:
    async with site.admin() as admin:
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'freehold' AND pid <> $1",
            await admin.fetchval("SELECT pg_backend_pid()"),
        )
    await load.suffers(20)


@fault("kill -9 of a worker")
async def worker_killed(site: Site, load: Load) -> None:
    await replaced(site, load, site.workers()[:1])


@fault("kill -9 of every worker at once")
async def workers_killed(site: Site, load: Load) -> None:
    await replaced(site, load, site.workers())


async def replaced(site: Site, load: Load, victims: list[int]) -> None:
    assert victims, "there are no workers"
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    await load.suffers(1, failures=1)
    await until(lambda: len(set(site.workers()) - set(victims)) == 2, "new workers")


@fault("kill -9 of the server, and another started", is_long=True)
async def server_killed(site: Site, load: Load) -> None:
    """Its workers end by themselves; PostgreSQL runs on, and is taken over."""
    workers = site.workers()
    site.process.kill()
    await site.process.wait()
    await load.suffers(1, failures=1)
    await until(lambda: not any(map(is_alive, workers)), "the end of the workers")
    await site.start()


@fault("SIGTERM of the server, and another started", is_long=True)
async def server_stopped(site: Site, load: Load) -> None:
    status = await site.stop()
    assert status == 0, f"it ended with {status}"
    await load.suffers(1, failures=1)
    await site.start()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
