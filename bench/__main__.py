"""Measures Freehold beside its peers and beside PostgreSQL itself, as ratios.

    python -m bench [--quick] [--only P1,P4]

Everything is started here: PostgreSQL from the wheel, the rows, the servers, the load. The whole of it writes
``bench/results.json``, the picture and the tables in the documentation; a quick or partial run only prints.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from bench import contestants, curves, machine, migrations_cost, pages, reading, report, starting, writing
from bench.figures import Figure, from_other_scripts
from bench.load import require_wrk
from bench.outcome import Outcome
from bench.packages import NotInstalled
from bench.processes import DidNotStart, heed_signals
from bench.rows import fill
from bench.stage import FULL, QUICK, Effort, Stage
from freehold.postgres import EmbeddedServer
from freehold.terminal.embedded import prepare_embedded

QUIET_LOAD = 0.5
TARGETS = tuple(f"P{number}" for number in range(1, 11))


@contextmanager
def staged(effort: Effort) -> Iterator[Stage]:
    """Start PostgreSQL with the rows of a bench."""
    with tempfile.TemporaryDirectory(prefix="freehold-bench-") as name, ExitStack() as held:
        folder = Path(name)
        server = held.enter_context(EmbeddedServer.start(folder / "postgres"))
        prepare_embedded(server, folder / "backups")
        asyncio.run(curves.keep_empty(server.admin_url))
        print(f"Making {effort.scale}", flush=True)
        asyncio.run(fill(server.admin_url, effort.scale))
        yield Stage(effort, server.url, server.admin_url, folder)


def measure(stage: Stage, wanted: set[str], outcome: Outcome) -> None:
    """Measure what is wanted of that which needs the stage."""

    def part(target: str, work: Callable[[], list[Figure]]) -> None:
        if target in wanted:
            outcome.add(target, work)

    with contestants.freehold(stage.url, stage.folder) as ours:
        with ExitStack() as held:
            peers = [ours, *_peers(stage, held, outcome)] if wanted & {"P1", "P2"} else []
            part("P1", lambda: reading.user_with_organizations(stage, peers))
            part("P2", lambda: reading.newest_projects(stage, peers))
        part("P3", lambda: writing.create_projects(stage, ours))
        part("P4", lambda: writing.sign_in(stage, ours))
        part("P8", lambda: _alone(stage, ours))
        part("P7", lambda: starting.memory(ours))
    part("P7", lambda: starting.starts(stage))
    part("P6", lambda: curves.cost_curves(stage))
    part("P10", lambda: pages.console(stage))


def _alone(stage: Stage, ours: contestants.Contestant) -> list[Figure]:
    with contestants.freehold(stage.url, stage.folder, coalescing=False) as without:
        return reading.alone(stage, ours, without)


def _peers(stage: Stage, held: ExitStack, outcome: Outcome) -> list[contestants.Contestant]:
    """Start the peers that can be installed here, and say of the others why not."""
    ways: dict[str, Callable[[], AbstractContextManager[contestants.Contestant]]] = {
        "FastAPI + SQLAlchemy": lambda: contestants.fastapi(stage.url, stage.folder),
        "Django + DRF": lambda: contestants.django(stage.url, stage.folder),
        "better-auth": lambda: contestants.better_auth(stage.url, stage.folder, stage.people),
    }
    found = []
    for name, way in ways.items():
        print(f"Starting {name}", flush=True)
        try:
            found.append(held.enter_context(way()))
        except (NotInstalled, DidNotStart) as error:
            outcome.miss(name, error)
    return found


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rows and shorter rounds: under three minutes")
    parser.add_argument("--only", default=",".join(TARGETS), help="targets to measure, such as P1,P4")
    arguments = parser.parse_args()
    wanted = set(arguments.only.split(","))
    if unknown := wanted - set(TARGETS):
        parser.error(f"unknown targets: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    require_wrk()
    heed_signals()
    about = machine.describe()
    if os.getloadavg()[0] > QUIET_LOAD:
        print(f"The machine is busy (load {about['load before']}): what is measured now is worth little")
    effort = QUICK if arguments.quick else FULL
    outcome = Outcome()
    try:
        with staged(effort) as stage:
            measure(stage, wanted, outcome)
            contests = stage.contests
    except DidNotStart as error:
        raise SystemExit(str(error)) from None
    if "P9" in wanted:
        rows = effort.migration_rows
        outcome.add("P9", lambda: migrations_cost.measure(rows, effort.rounds) if rows else migrations_cost.figures())
    outcome.figures += [each for each in from_other_scripts() if each.target in wanted]
    results = report.Results(
        machine=about,
        rows=str(effort.scale),
        figures=sorted(outcome.figures, key=lambda each: int(each.target[1:])),
        contests=contests,
        absent=outcome.absent,
    )
    report.tell(results)
    if not arguments.quick and wanted == set(TARGETS):
        report.keep(results)


if __name__ == "__main__":
    main()
