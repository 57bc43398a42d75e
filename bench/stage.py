"""What a whole bench has in common: the server, its rows, who asks, and how long each measurement takes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bench import load
from bench.rows import Person, Scale, people, refresh_sessions


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    scale: Scale
    rounds: int
    seconds: int
    """Of each run of a load generator."""
    sizes: Sequence[int]
    """Rows of the lists whose cost is compared."""
    starts: int
    migration_rows: int | None
    """Rows for the migrations' own bench; None leaves it out."""


QUICK = Effort(Scale(20_000, 2_000), rounds=3, seconds=2, sizes=(1_000, 100_000), starts=2, migration_rows=None)
FULL = Effort(
    Scale(200_000, 10_000),
    rounds=5,
    seconds=5,
    sizes=(1_000, 10_000, 100_000, 1_000_000),
    starts=5,
    migration_rows=1_000_000,
)


@dataclass
class Stage:
    """Where contestants meet."""

    effort: Effort
    url: str
    admin_url: str
    folder: Path
    contests: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """What was measured of each contestant, by contest."""

    @cached_property
    def people(self) -> list[Person]:
        return people(self.effort.scale)

    def wrk(self, url: str, requests: Path, number: int, *, connections: int) -> load.Run:
        """Load a server for one round, everybody's session fresh.

        Raises:
            Failed: an answer was not right.
        """
        asyncio.run(refresh_sessions(self.admin_url))
        return load.run(url, requests, seconds=self.effort.seconds, connections=connections, seed=number)
