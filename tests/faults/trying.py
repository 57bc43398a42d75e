"""Makes one fault some times, and measures what came of it."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import msgspec
from tests.faults import (
    faults_of_clients,
    faults_of_networks,
    faults_of_processes,
    faults_of_resources,
    lives,
    upgrading,
)
from tests.faults.ledger import Ledger
from tests.faults.registry import FAULTS, Fault
from tests.faults.site import Kind, Site, Skipped

__all__ = ["FAULTS", "Figures", "Sites", "attempt"]

PARTS = (faults_of_processes, faults_of_networks, faults_of_resources, faults_of_clients, lives, upgrading)
"""Where faults are; importing these puts them on the list."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a fault that was made some times."""

    fault: str
    repetitions: int
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    untrue: int = 0
    longest_outage_seconds: float = 0
    statuses: dict[str, int] = {}
    broken: list[str] = []
    skipped: str = ""
    seconds: float = 0


class Sites:
    """Opens each kind of site once, when somebody needs it."""

    def __init__(self) -> None:
        self._open: dict[Kind, Site] = {}
        self._stack = AsyncExitStack()

    async def get(self, kind: Kind) -> Site:
        if kind not in self._open:
            self._open[kind] = await self._stack.enter_async_context(Site.open(kind))
        return self._open[kind]

    async def forget(self) -> None:
        """Close all: something went wrong with one."""
        self._open.clear()
        await self._stack.aclose()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()


async def attempt(
    fault: Fault, sites: Sites, times: int, progress: Callable[[int], object] = lambda _: None
) -> Figures:
    """Make a fault so many times."""
    ledger, began, outage, done = Ledger(), time.monotonic(), 0.0, 0
    try:
        if fault.under_load is not None:
            assert fault.kind is not None
            site = await sites.get(fault.kind)
            load = await site.load(ledger)
            async with load.running():
                for done in range(1, times + 1):
                    progress(done)
                    await fault.under_load(site, load)
                    await load.recovers()
            outage = load.longest_outage_seconds
            await site.settle(load, ledger)
        elif fault.alone is not None:
            for done in range(1, times + 1):
                progress(done)
                with TemporaryDirectory(prefix="fh-", ignore_cleanup_errors=True) as folder:
                    await fault.alone(Path(folder), ledger)
    except Skipped as reason:
        return Figures(fault=fault.name, repetitions=0, skipped=str(reason))
    except Exception as error:  # noqa: BLE001 - the other faults are made nevertheless
        ledger.broken.append(f"{type(error).__name__}: {error}")
        await sites.forget()
    return Figures(
        fault=fault.name,
        repetitions=done,
        acknowledged=ledger.acknowledged,
        lost=ledger.lost,
        doubled=ledger.doubled,
        untrue=ledger.untrue,
        longest_outage_seconds=round(outage, 2),
        statuses=dict(sorted(ledger.statuses.items())),
        broken=ledger.broken[:20],
        seconds=round(time.monotonic() - began, 1),
    )
