"""Processes with a synchronous platform: they fork, and they end."""

import subprocess
import sys

import pytest

DEADLINE_SECONDS = 60

OPEN = """
import os, sys, threading
from freehold.sync import Platform, background

async def backend(there):
    async with there.context.db.snapshot() as snapshot:
        return await snapshot.connection.fetchval("SELECT pg_backend_pid()")

platform = Platform.open(sys.argv[1])
"""
FORKS = """
acting = platform.acting_as(None)
mine = {platform.run(backend) for _ in range(3)}
busy = threading.Event()

def ask():
    while not busy.is_set():
        platform.users.any_admin()

threads = [threading.Thread(target=ask) for _ in range(3)]
for thread in threads:
    thread.start()
for number in range(4):
    child = os.fork()
    if child == 0:
        assert platform.users.any_admin() is False
        assert acting.run(backend) not in mine
        assert acting.context.actor is None and acting.context.db is platform.context.db
        if number == 1:
            platform.close()
        elif number == 2 and os.fork() == 0:
            assert platform.users.any_admin() is False
            sys.exit()
        elif number == 2:
            assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
        sys.exit(7)  # by the way of every program, and not os._exit
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
busy.set()
for thread in threads:
    thread.join()
assert platform.users.any_admin() is False
print("done")
"""
POOL = """
import multiprocessing
platform.users.any_admin()

def work(number):
    return platform.users.any_admin()

with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(work, range(8)) == [False] * 8
assert platform.users.any_admin() is False
print("done")
"""
CLOSED_BEFORE = """
platform.close()
child = os.fork()
if child == 0:
    try:
        platform.users.any_admin()
    except RuntimeError as error:
        sys.exit(7 if "closed" in str(error) else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
print("done")
"""
ENDS = """
with platform.working():
    pass
items = platform.users.list
print("done")
"""
ENDS_IN_A_CALL = """
background.EXIT_SECONDS = 0.5
began = threading.Event()

async def sleep(there):
    async with there.context.db.snapshot() as snapshot:
        began.set()
        await snapshot.connection.execute("SELECT pg_sleep(300)")

threading.Thread(target=platform.run, args=[sleep], daemon=True).start()
assert began.wait(10)
print("done")
"""
ENDS_BY_AN_ERROR = """
held = platform._working.hold(lambda there: there.context.db.snapshot())
held.__enter__()
print("done", flush=True)
raise SystemExit(3)
"""


def run(program: str, url: str) -> "subprocess.CompletedProcess[str]":
    # To 3.11, a warning of 3.12 about forks and threads is unknown; it is what is tested.
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", OPEN + program, url],
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_SECONDS,
        check=False,
    )


@pytest.mark.parametrize(
    ("program", "status"),
    [(FORKS, 0), (POOL, 0), (CLOSED_BEFORE, 0), (ENDS, 0), (ENDS_IN_A_CALL, 0), (ENDS_BY_AN_ERROR, 3)],
    ids=["forks", "pool", "closed", "ends", "in-a-call", "error"],
)
def test_process_forks_and_ends_as_any_other(program: str, status: int, database_url: str):
    done = run(program, database_url)
    assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", status)
