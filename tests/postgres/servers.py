"""Looking at real servers, and driving real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from freehold.postgres import client_binary, client_connection, server_binaries
from freehold.postgres.layout import Layout
from freehold.postgres.lock import Lock
from freehold.postgres.postmaster import live_postmaster
from tests.waiting import eventually

DEADLINE_SECONDS = 30.0


def sql(url: str, statement: str) -> str:
    """Run one statement over a connection of its own; gives its result as psql's unaligned text."""
    connection = client_connection(url)
    psql = client_binary("psql", server_binaries().major)
    done = subprocess.run(
        [psql, "-XAtqw", "-v", "ON_ERROR_STOP=1", "-d", connection.url, "-c", statement],
        env={"PATH": os.environ["PATH"], "PGPASSWORD": connection.password or ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout.strip()


def is_running(data_dir: Path) -> bool:
    """Tell whether any process of the directory's PostgreSQL lives, by the lock they inherit."""
    lock = Lock(Layout(data_dir).run / "cluster.lock")
    try:
        return not lock.try_shared()
    finally:
        lock.close()


def listing(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Everything below a folder with its mode, size and time of change."""
    found = {str(path): path.lstat() for path in (folder, *folder.rglob("*"))}
    return {path: (stat.st_mode, stat.st_size, stat.st_mtime_ns) for path, stat in found.items()}


class Process:
    """A Python process of its own, that we talk with line by line."""

    def __init__(self, code: str, *arguments: str | Path, prefix: tuple[str, ...] = ()) -> None:
        command = [*(prefix or (sys.executable,)), "-c", dedent(code), *map(str, arguments)]
        pipe = subprocess.PIPE
        self.popen = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, start_new_session=True)

    def hear(self) -> str:
        """Give its next line; what it complained of, when it ended instead."""
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline().strip()
        return line or self.finish()[1]

    def finish(self) -> tuple[int, str]:
        """Close its standard input and wait; gives exit status and standard error."""
        _, complaint = self.popen.communicate(timeout=DEADLINE_SECONDS)
        return self.popen.returncode, complaint

    def end(self) -> None:
        """Kill it, if it still lives, and close its pipes."""
        if self.popen.poll() is None:
            self.popen.kill()
        for pipe in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            if pipe is not None:
                pipe.close()
        self.popen.wait()


HOLD = """
    import sys
    from pathlib import Path
    from freehold.postgres import EmbeddedServer, connect_or_start
    use = EmbeddedServer.start if sys.argv[1] == "start" else connect_or_start
    with use(Path(sys.argv[2])) as server:
        print(server.url, flush=True)
        sys.stdin.read()
"""


def kill(pid: int) -> None:
    """End a process at once, as a crash would, and wait until it is gone (or a zombie)."""
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{pid}/cwd").exists())


def postmaster(data_dir: Path) -> int:
    """Give the process id of the directory's server."""
    found = live_postmaster(Layout(data_dir))
    assert found is not None
    return found.pid
