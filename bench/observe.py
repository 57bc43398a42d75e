"""What watching costs: requests per second with metrics, logs and traces, each as a ratio to a server without.

    .venv/bin/python bench/observe.py [--rounds 7] [--seconds 5]

It starts a PostgreSQL of its own and, for each way of watching, a server that does it beside one that does not. Both
are asked at the same moment with wrk for a signed-in user with their organizations, so what slows the machine down for
a while slows down both. Beside requests per second it tells the workers' own time on a core for each request, which
varies less.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from freehold import NewOrganization, NewSession, NewUser, Platform, Settings, migrate
from freehold.postgres import EmbeddedServer

PASSWORD = "Lovelace1"  # noqa: S105 - of an invented person
TARGET = "/v1/users/me?include=organizations"
CONNECTIONS = 32
"""To each of the two servers."""
TOKEN = "a-token-for-the-bench"  # noqa: S105 - of a server that lives for minutes

WAYS: dict[str, dict[str, str]] = {
    "nothing": {},
    "metrics": {"METRICS_TOKEN": TOKEN},
    "JSON log of each request": {"LOG_FORMAT": "json", "ACCESS_LOG": "true"},
    "traces of 0.1 % of the requests": {"TRACE_RATIO": "0.001"},
    "metrics, log and traces": {
        "METRICS_TOKEN": TOKEN,
        "LOG_FORMAT": "json",
        "ACCESS_LOG": "true",
        "TRACE_RATIO": "0.001",
    },
    "traces of every request": {"TRACE_RATIO": "1"},
}
"""The first one says how much of a difference is noise."""

SERVER = """
from freehold import Settings
from freehold.serve.server import serve

serve(Settings.from_environment(), announce=lambda url: print(url, flush=True))
"""


async def fill(database_url: str) -> str:
    """Make somebody with ten organizations; gives their token."""
    await migrate.apply(database_url, sets=[migrate.builtin()])
    async with Platform.open(database_url, settings=Settings(rate_limits="off")) as platform:
        ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
        for number in range(10):
            await platform.acting_as(ada.id).organizations.create(NewOrganization(name=f"Acme {number}"))
        return (await platform.sessions.create(NewSession(login="ada", password=PASSWORD))).token


class Server(NamedTuple):
    url: str
    pid: int

    def busy_seconds(self) -> float:
        """Tell how long its workers have been on a core."""
        workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in workers]
        return sum(int(part) for parts in ticks for part in parts) / os.sysconf("SC_CLK_TCK")


class Measured(NamedTuple):
    per_second: float
    busy_microseconds: float
    """Of the workers, for each request."""


@contextmanager
def served(database_url: str, way: dict[str, str], log: Path) -> Iterator[Server]:
    """Run a server."""
    settings = {
        "DATABASE_URL": database_url,
        "PORT": "0",
        "WORKERS": "2",
        "POOL_SIZE": "5",
        "RATE_LIMITS": "off",
        **way,
    }
    environment = {f"FREEHOLD_{name}": value for name, value in settings.items()}
    # Nobody listens there: what is measured is making spans and trying to send them.
    environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-c", SERVER], env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        try:
            # Mails are printed, too: whoever was made to sign up is asked to confirm the address.
            lines = (line.decode().strip() for line in process.stdout or ())
            url = next((line for line in lines if re.fullmatch(r"http://[\d.]+:\d+", line)), None)
            if not url:
                sys.exit(f"a server did not start:\n{log.read_text()}")
            yield Server(url, process.pid)
        finally:
            process.terminate()


def measure(server: Server, token: str, seconds: int) -> Measured:
    """Ask for a while; a failed request fails the measurement."""
    before = server.busy_seconds()
    finished = subprocess.run(
        [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            "-H",
            f"Authorization: Bearer {token}",
            server.url + TARGET,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in finished.stdout:
        sys.exit(f"not every request was answered:\n{finished.stdout}")
    count = int(re.findall(r"(\d+) requests in", finished.stdout)[0])
    per_second = float(re.findall(r"Requests/sec:\s+([\d.]+)", finished.stdout)[0])
    return Measured(per_second, (server.busy_seconds() - before) / count * 1e6)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print what was measured as JSON")
    parser.add_argument("--ways", nargs="*", default=list(WAYS), help="only these")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    measured: dict[str, list[tuple[Measured, Measured]]] = {name: [] for name in options.ways}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fh-", ignore_cleanup_errors=True)))
        server = stack.enter_context(EmbeddedServer.start(folder / "data"))
        token = asyncio.run(fill(server.url))
        plain = stack.enter_context(served(server.url, {}, folder / "plain.log"))
        for name, pairs in measured.items():
            with served(server.url, WAYS[name], folder / "watching.log") as watching:
                measure_both(plain, watching, token, 2)  # until every statement is prepared
                pairs += [measure_both(plain, watching, token, options.seconds) for _ in range(options.rounds)]
    if options.json:
        print(json.dumps(measured))
        return
    print(f"medians of {options.rounds} rounds (least - most), as ratios to a server that does nothing of it")
    print(f"{'watching':32}{'requests/s':>24}{'us/request':>24}")
    for name, pairs in measured.items():
        print(f"{name:32}{_column(pairs, 0)}{_column(pairs, 1)}")


def measure_both(plain: Server, watching: Server, token: str, seconds: int) -> tuple[Measured, Measured]:
    """Ask both at the same moment."""
    with ThreadPoolExecutor(2) as pool:
        one, other = (pool.submit(measure, each, token, seconds) for each in (plain, watching))
        return one.result(), other.result()


def _column(pairs: list[tuple[Measured, Measured]], index: int) -> str:
    ratios = sorted(watching[index] / plain[index] for plain, watching in pairs)
    return f"{f'{median(ratios):.3f} ({ratios[0]:.3f} - {ratios[-1]:.3f})':>24}"


if __name__ == "__main__":
    main()
