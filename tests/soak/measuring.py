"""What a server holds, and how fast it answers, from one moment to the next."""

import asyncio
import os
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import msgspec
from tests.faults.load import WELL, Load
from tests.faults.site import Site

SAMPLE_SECONDS: Final = 1.0
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
MIB: Final = 2**20
CONNECTIONS: Final = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'freehold'"


class Interval(msgspec.Struct, frozen=True):
    """A part of the run: the most that was held in it, and how its requests were answered."""

    ends_at_seconds: float
    memory_mib: float
    descriptors: int
    connections: int
    requests: int
    failed: int
    median_ms: float
    p99_ms: float


class Watched(Load):
    """A load that keeps how long each answer took."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.seconds: list[float] = []
        self.missed = 0

    def note(self, word: str, seconds: float) -> None:
        super().note(word, seconds)
        self.seconds.append(seconds)
        self.missed += word not in WELL


async def measure(site: Site, load: Watched, seconds: float, interval_seconds: float) -> list[Interval]:
    """Measure for so long."""
    found: list[Interval] = []
    began = time.monotonic()
    async with site.admin() as admin:
        while (now := time.monotonic() - began) < seconds:
            ends_at = now + interval_seconds
            memory, descriptors, connections = [0.0], [0], [0]
            load.seconds, load.missed = [], 0
            while time.monotonic() - began < ends_at:
                await asyncio.sleep(SAMPLE_SECONDS)
                held = [_held(pid) for pid in (site.process.pid, *site.workers())]
                memory.append(sum(each[0] for each in held) / MIB)
                descriptors.append(sum(each[1] for each in held))
                connections.append(await admin.fetchval(CONNECTIONS))
            took = load.seconds
            found.append(
                Interval(
                    ends_at_seconds=round(ends_at, 1),
                    memory_mib=round(max(memory), 1),
                    descriptors=max(descriptors),
                    connections=max(connections),
                    requests=len(took),
                    failed=load.missed,
                    median_ms=round(1000 * median(took), 1) if took else 0,
                    p99_ms=round(1000 * quantiles(took, n=100)[98], 1) if len(took) > 1 else 0,
                )
            )
    return found


def _held(pid: int) -> tuple[int, int]:
    """Give how many bytes of memory a process has resident, and how many descriptors it has open."""
    try:
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
        return resident, sum(1 for _ in os.scandir(f"/proc/{pid}/fd"))
    except OSError:  # it has ended meanwhile
        return 0, 0
