"""What replicas take off the primary: P2 with 0, 1 and 2 of them, as requests per second and as the primary's work.

    python -m bench.replicas [--quick]

On one machine, more servers share the same cores, so requests per second say little. What scales is what the primary
still does for each request: the processor time of its processes, as a ratio to that without replicas. Callers send the
position of their last write, or none.
"""

import argparse
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from bench import contestants
from bench.__main__ import staged
from bench.load import Request, require_wrk, write_requests
from bench.processes import free_port, heed_signals, running
from bench.stage import FULL, QUICK, Stage
from freehold.postgres import server_binaries
from freehold.postgres.identity import identity_for

MOST: Final = 2
CONNECTIONS: Final = 64
_TICKS: Final = os.sysconf("SC_CLK_TCK")
OLD_POSITION: Final = "1-1"
"""Of somebody who wrote long ago: any standby has that."""


class Measured(NamedTuple):
    """One round: requests per second, and the primary's processor time for each."""

    per_second: float
    primary_us: float


def processor_seconds(postmaster: int) -> float:
    """Tell how long a server's processes have worked, those that have ended included."""
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text("ascii").split()
    own = _times(postmaster)
    return (sum(own) + sum(sum(_times(int(pid))[:2]) for pid in children if Path(f"/proc/{pid}").exists())) / _TICKS


def _times(pid: int) -> list[int]:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]]


@contextmanager
def standby(stage: Stage, number: int) -> Iterator[str]:
    """Copy the primary, run the copy as its standby, and give its URL."""
    folder = stage.folder / f"standby-{number}"
    folder.mkdir()
    binaries, identity, port = server_binaries(), identity_for(folder), free_port()
    data = folder / "data"
    admin, role = urlsplit(stage.admin_url), urlsplit(stage.url)

    def call(program: str, *arguments: object) -> None:
        command = [*identity.prefix, str(binaries.path(program)), *map(str, arguments)]
        environment = os.environ | {"PGPASSWORD": unquote(admin.password or "")}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)

    source = stage.admin_url.replace(f":{admin.password}@", "@")
    call("pg_basebackup", "-D", data, "-d", source, "-R", "-X", "stream", "-c", "fast")
    (data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n", "ascii")
    how = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
    call("pg_ctl", "start", "-w", "-s", "-D", data, "-l", folder / "log", "-o", how)
    try:
        yield f"postgresql://{role.username}:{role.password}@127.0.0.1:{port}/freehold"
    finally:
        call("pg_ctl", "stop", "-w", "-s", "-D", data, "-m", "immediate")


@contextmanager
def node(stage: Stage, urls: list[str]) -> Iterator[str]:
    """Run Freehold with these replicas, and give its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [contestants.PROGRAM, "serve", "--port", str(port), "--workers", "1"]
    env = {"FREEHOLD_DATABASE_URL": stage.url, "FREEHOLD_RATE_LIMITS": "off", "FREEHOLD_REPLICA_URLS": " ".join(urls)}
    with running(command, url=f"{address}/readyz", log=stage.folder / f"{len(urls)}.log", env=env, folder=stage.folder):
        yield address


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.replicas", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rows and shorter rounds")
    effort = QUICK if parser.parse_args().quick else FULL
    require_wrk()
    heed_signals()
    with staged(effort) as stage, ExitStack() as held:
        pid = int((stage.folder / "postgres" / "postgres" / "cluster" / "postmaster.pid").read_text("ascii").split()[0])
        urls = [held.enter_context(standby(stage, number)) for number in range(1, MOST + 1)]
        nodes = {count: held.enter_context(node(stage, urls[:count])) for count in range(MOST + 1)}
        found: dict[tuple[int, bool], list[Measured]] = {}
        for number in range(effort.rounds):
            for count, address in nodes.items():
                for brings_position in (False, True) if count else (False,):
                    measured = _measure(stage, address, number, pid, brings_position=brings_position)
                    found.setdefault((count, brings_position), []).append(measured)
    _tell(found)


def _measure(stage: Stage, address: str, number: int, pid: int, *, brings_position: bool) -> Measured:
    requests = stage.folder / f"P2-{brings_position}"
    if not requests.exists():
        more = f"\rFreehold-Position: {OLD_POSITION}" if brings_position else ""
        write_requests(
            requests,
            [
                Request(
                    "GET",
                    f"/v1/organizations/{each.organization_id}/projects",
                    f"Authorization: Bearer {each.token}{more}",
                )
                for each in stage.people
            ],
        )
    before = processor_seconds(pid)
    run = stage.wrk(address, requests, number, connections=CONNECTIONS)
    return Measured(run.per_second, (processor_seconds(pid) - before) / run.requests * 1_000_000)


def _tell(found: dict[tuple[int, bool], list[Measured]]) -> None:
    base = Measured(*map(median, zip(*found[0, False], strict=True)))
    print(f"{'replicas':<10}{'position':<10}{'requests/s':>12}{'ratio':>8}{'primary us':>12}{'ratio':>8}")
    for (count, brings_position), rounds in sorted(found.items()):
        each = Measured(*map(median, zip(*rounds, strict=True)))
        print(
            f"{count:<10}{'yes' if brings_position else 'no':<10}"
            f"{each.per_second:>12.0f}{each.per_second / base.per_second:>8.2f}"
            f"{each.primary_us:>12.1f}{each.primary_us / base.primary_us:>8.2f}"
        )


if __name__ == "__main__":
    main()
