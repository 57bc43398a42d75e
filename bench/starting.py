"""P7: how soon Freehold serves, and what memory a worker holds."""

import shutil
import sys
import time
from pathlib import Path

from bench.contest import alternate
from bench.contestants import Contestant
from bench.figures import Figure
from bench.processes import free_port, resident_bytes, running, workers_of
from bench.stage import Stage

PROGRAM = Path(sys.executable).with_name("freehold")


def starts(stage: Stage) -> list[Figure]:
    """Measure the first start ever, in a new data directory, and the next one.

    Raises:
        DidNotStart: it did not come up.
    """

    def first(_: int) -> float:
        shutil.rmtree(stage.folder / "first", ignore_errors=True)
        return _seconds_to_ready(stage.folder / "first")

    found = alternate(
        "P7: ready to serve",
        {"first start": first, "next start": lambda _: _seconds_to_ready(stage.folder / "first")},
        rounds=stage.effort.starts,
        unit="s",
    )
    stage.contests["P7"] = found
    return [
        Figure(
            target="P7", work="ready, existing data", against="-", values=found["next start"], at_most=1.5, unit="s"
        ),
        Figure(
            target="P7", work="ready, first start ever", against="-", values=found["first start"], at_most=6, unit="s"
        ),
    ]


def memory(contestant: Contestant) -> list[Figure]:
    """Measure what each worker holds after all that it has answered."""
    held = [resident_bytes(pid) / 1_000_000 for pid in workers_of(contestant.pid)]
    return [Figure(target="P7", work="memory of a worker", against="-", values=held, at_most=80, unit="MB")]


def _seconds_to_ready(data_dir: Path) -> float:
    port = free_port()
    command: list[str | Path] = [PROGRAM, "serve", "--port", str(port), "--data-dir", data_dir]
    log = data_dir.with_suffix(".log")
    began = time.monotonic()
    with running(command, url=f"http://127.0.0.1:{port}/readyz", log=log, env={}, folder=data_dir.parent):
        return time.monotonic() - began
