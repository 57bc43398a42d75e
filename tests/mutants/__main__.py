"""`make mutants`: puts small faults into what keeps promises, one at a time, and says which of them no test notices.

SAMPLE=400 tries so many, drawn over all modules (SEED chooses which; ALL=1 takes every one), MINUTES bounds it, MODULE
is a regular expression, JOBS is how many at a time, TRUST=1 does not try the tests without a fault first.
`survivors.toml` lists the faults that may live, with the reason.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from tests.conftest import _memory
from tests.environment import without_settings
from tests.mutants.mutating import Mutant, mutants
from tests.mutants.table import TABLE

from freehold.postgres import EmbeddedServer

ROOT: Final = Path(__file__).parents[2]
SURVIVORS: Final = Path(__file__).with_name("survivors.toml")
SOURCE: Final = ROOT / "src"
ENOUGH: Final = 0.97
GRACE_SECONDS: Final = 30.0
UNMEASURED_SECONDS: Final = 120.0
"""How long tests take, where nobody has looked."""

Verdict = Literal["noticed", "lives", "may live"]


class Fault(NamedTuple):
    module: str
    mutant: Mutant

    def __str__(self) -> str:
        return f"{self.module}:{self.mutant.line} {self.mutant.name}"


def known() -> dict[tuple[str, str], str]:
    """Read which faults may live: module and name of each, with the reason."""
    listed: dict[str, list[dict[str, Any]]] = tomllib.loads(SURVIVORS.read_text("utf-8"))
    return {(each["module"], each["fault"]): each["reason"] for each in listed.get("survivor", [])}


def drawn(chosen: str, sample: int | None, seed: int) -> list[Fault]:
    """Draw faults, as many of each module as there are, until the sample is full."""
    chance = random.Random(seed)  # noqa: S311 - a sample, and the same again
    by_module = []
    for module in TABLE:
        if re.search(chosen, module):
            found = [Fault(module, each) for each in mutants((SOURCE / "freehold" / module).read_text("utf-8"))]
            chance.shuffle(found)
            by_module.append(found)
    chance.shuffle(by_module)
    in_turn = [fault for fault in chain.from_iterable(zip_longest(*by_module)) if fault is not None]
    return in_turn[:sample]


class Trial:
    """Runs tests on a copy of the source, on one server for all."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._took: dict[tuple[str, ...], float] = {}

    def run(self, tests: tuple[str, ...], source: Path, seconds: float | None = None) -> tuple[int, str]:
        command = [sys.executable, "-m", "pytest", "-n", "0", "-x", "-q", "-p", "no:cacheprovider", *tests]
        environment = {
            **without_settings(),
            "FREEHOLD_TEST_DATABASE_URL": self._url,
            "PYTHONPATH": str(source),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.communicate()
            return 1, "it took too long"
        return process.returncode, said.decode()

    def measure(self, tests: tuple[str, ...]) -> None:
        """See that tests are well without a fault, and how long they take."""
        began = time.monotonic()
        status, said = self.run(tests, SOURCE)
        if status != 0:
            raise SystemExit(f"{' '.join(tests)} fail without any fault:\n{said[-3000:]}")
        self._took[tests] = time.monotonic() - began

    def notices(self, fault: Fault) -> bool:
        with tempfile.TemporaryDirectory(prefix="fh-mutant-") as folder:
            shutil.copytree(SOURCE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
            (Path(folder) / "freehold" / fault.module).write_text(fault.mutant.source, "utf-8")
            tests = TABLE[fault.module]
            status, _ = self.run(tests, Path(folder), 3 * self._took.get(tests, UNMEASURED_SECONDS) + GRACE_SECONDS)
        return status != 0


def verdicts(faults: list[Fault], trial: Trial, jobs: int, ends_at: float) -> Iterator[tuple[Fault, Verdict]]:
    may_live = known()

    def of(fault: Fault) -> Verdict | None:
        if (fault.module, fault.mutant.name) in may_live:
            return "may live"
        if time.monotonic() > ends_at:
            return None
        return "noticed" if trial.notices(fault) else "lives"

    with ThreadPoolExecutor(jobs) as pool:
        for fault, verdict in zip(faults, pool.map(of, faults), strict=True):
            if verdict is not None:
                yield fault, verdict


def main() -> int:
    given = os.environ
    sample = None if given.get("ALL") else int(given.get("SAMPLE", "120"))
    jobs = int(given.get("JOBS", max(1, (os.cpu_count() or 1) // 2)))
    faults = drawn(given.get("MODULE", ""), sample, int(given.get("SEED", "0")))
    ends_at = time.monotonic() + 60 * float(given.get("MINUTES", "60"))
    counts = {"noticed": 0, "lives": 0, "may live": 0}
    with (
        tempfile.TemporaryDirectory(prefix="fh-", dir=_memory(), ignore_cleanup_errors=True) as folder,
        EmbeddedServer.start(Path(folder) / "data", fast=True) as server,
    ):
        trial = Trial(server.admin_url)
        for tests in () if given.get("TRUST") else sorted({TABLE[fault.module] for fault in faults}):
            trial.measure(tests)
        for fault, verdict in verdicts(faults, trial, jobs, ends_at):
            counts[verdict] += 1
            sys.stdout.write(f"[{sum(counts.values())}/{len(faults)}] {verdict}: {fault}\n")
            sys.stdout.flush()
    tried = counts["noticed"] + counts["lives"]
    share = counts["noticed"] / tried if tried else 1
    sys.stdout.write(
        f"{counts['noticed']} of {tried} small faults were noticed ({share:.1%}); "
        f"{counts['may live']} may live; {len(faults) - sum(counts.values())} were left when the time was up\n"
    )
    return 0 if share >= ENOUGH else 1


if __name__ == "__main__":
    sys.exit(main())
