"""What watching costs: requests per second with metrics, logs and traces, each as a ratio to a server without.

    .venv/bin/python bench/observe.py [--rounds 7] [--seconds 5]

It starts a PostgreSQL of its own and one server for each way of watching, and asks them in turn with wrk for a
signed-in user with their organizations. The ratio is taken within each round, so what slows the machine down for a
while slows down both.
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
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from freehold import NewOrganization, NewSession, NewUser, Platform, Settings, migrate
from freehold.postgres import EmbeddedServer

PASSWORD = "Lovelace1"  # noqa: S105 - of an invented person
TARGET = "/v1/users/me?include=organizations"
CONNECTIONS = 64
TOKEN = "a-token-for-the-bench"  # noqa: S105 - of a server that lives for minutes

WAYS: dict[str, dict[str, str]] = {
    "nothing": {},
    "nothing, again": {},
    "metrics": {"METRICS_TOKEN": TOKEN},
    "JSON log of each request": {"LOG_FORMAT": "json", "ACCESS_LOG": "true"},
    "traces of 1 % of the requests": {"TRACE_RATIO": "0.01"},
    "metrics, log and traces": {
        "METRICS_TOKEN": TOKEN,
        "LOG_FORMAT": "json",
        "ACCESS_LOG": "true",
        "TRACE_RATIO": "0.01",
    },
    "traces of every request": {"TRACE_RATIO": "1"},
}
"""The second one says how much of a difference is noise."""

SERVER = """
from freehold import Settings
from freehold.http.server import serve

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


@contextmanager
def served(database_url: str, way: dict[str, str], log: Path) -> Iterator[str]:
    """Run a server; gives its address."""
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
            url = process.stdout.readline().decode().strip() if process.stdout else ""
            if not url:
                sys.exit(f"a server did not start:\n{log.read_text()}")
            yield url
        finally:
            process.terminate()


def requests_per_second(url: str, token: str, seconds: int) -> float:
    """Ask for a while; a failed request fails the measurement."""
    finished = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Authorization: Bearer {token}", url + TARGET],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in finished.stdout:
        sys.exit(f"not every request was answered:\n{finished.stdout}")
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", finished.stdout)[0])


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
    measured: dict[str, list[float]] = {name: [] for name in options.ways}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fh-", ignore_cleanup_errors=True)))
        server = stack.enter_context(EmbeddedServer.start(folder / "data"))
        token = asyncio.run(fill(server.url))
        urls = {
            name: stack.enter_context(served(server.url, WAYS[name], folder / f"log{number}"))
            for number, name in enumerate(measured)
        }
        for url in urls.values():
            requests_per_second(url, token, 2)  # until every statement is prepared
        for number in range(options.rounds):
            names = list(urls)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                measured[name].append(requests_per_second(urls[name], token, options.seconds))
    if options.json:
        print(json.dumps(measured))
        return
    first = next(iter(measured.values()))
    print(f"{'watching':32}{'requests/s':>12}{'ratio':>8}  (least - most of {options.rounds})")
    for name, values in measured.items():
        ratios = sorted(value / plain for value, plain in zip(values, first, strict=True))
        print(f"{name:32}{median(values):12.0f}{median(ratios):8.3f}  ({ratios[0]:.3f} - {ratios[-1]:.3f})")


if __name__ == "__main__":
    main()
