"""Bodies that are on their way: none is waited for without end, and no sender holds what others need."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final, Self

from freehold.base.errors import FreeholdError, Unavailable
from freehold.web.problems import TooSlow

BODY_SECONDS: Final = 30.0
"""How long a body may take to arrive."""
PAUSE_SECONDS: Final = 10.0
"""How long nothing of a body may come."""
DISCARD_PAUSE_SECONDS: Final = 2.0
"""The same, of a body that is read only so that its sender reads the answer."""
STOPPING_SECONDS: Final = 5.0
"""How long bodies may still take when the server stops."""
MOST_BODIES: Final = 256
"""How many bodies a process waits for; beyond that it gives up those of which nothing came for the longest."""
MOST_OF_ADDRESS: Final = 64
"""The same, of one address: one sender does not use up what there is for all."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""How much of unfinished bodies is held in memory."""

_GRACE_SECONDS = 1.0
_SWEEP_SECONDS = 0.5


class Arrival:
    """The body of one request, while it is read in a ``with`` block.

    Args:
        arrivals: looks after it.
        address: says where it comes from, when there are many.
        is_wanted: False when it is read only so that its sender reads the answer.
    """

    __slots__ = ("_arrivals", "_task", "address", "began", "is_wanted", "moved", "size", "verdict")

    def __init__(self, arrivals: "Arrivals", address: Callable[[], str | None], *, is_wanted: bool = True) -> None:
        self._arrivals = arrivals
        self._task = asyncio.current_task()
        self.address = address
        self.began = self.moved = arrivals.now()
        self.is_wanted = is_wanted
        self.size = 0
        self.verdict: FreeholdError | None = None

    def came(self, size: int) -> None:
        """Note that some of it came."""
        self.moved = self._arrivals.now()
        self.size += size
        self._arrivals.bytes += size

    def is_late(self, now: float) -> bool:
        """Say whether it takes too long."""
        pause = PAUSE_SECONDS if self.is_wanted else DISCARD_PAUSE_SECONDS
        return now - self.began > BODY_SECONDS or now - self.moved > pause

    def give_up(self, verdict: FreeholdError) -> None:
        """End the wait: the ``with`` block raises the verdict."""
        if self.verdict is None and self._task is not None:
            self.verdict = verdict
            self._task.cancel()

    def __enter__(self) -> Self:
        self._arrivals.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._arrivals.remove(self)
        if self.verdict is not None and kind is asyncio.CancelledError and self._task is not None:
            self._task.uncancel()
            raise self.verdict from None


class Arrivals:
    """All bodies that an application waits for. One timer looks after them: a body in time costs none of its own."""

    def __init__(self) -> None:
        self._waiting: set[Arrival] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._ends_at = 0.0
        self._cut: Callable[[], None] | None = None
        self.bytes = 0
        self.given_up: set[tuple[str, int]] = set()
        """The other ends of connections with a body that was given up: no further request can come on them."""

    def now(self) -> float:
        """Read the clock of the loop."""
        return asyncio.get_running_loop().time()

    def add(self, arrival: Arrival) -> None:
        """Look after a body."""
        self._waiting.add(arrival)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)

    def remove(self, arrival: Arrival) -> None:
        """Forget a body, which came or was given up."""
        self._waiting.discard(arrival)
        self.bytes -= arrival.size

    def stop(self, cut: Callable[[], None]) -> None:
        """Wait for no body longer than 5 seconds from now, and call ``cut`` for each that is given up for it."""
        self._ends_at, self._cut = self.now() + STOPPING_SECONDS, cut

    def _sweep(self) -> None:
        self._timer = None
        now = self.now()
        every = list(self._waiting)
        if self._cut is not None and now >= self._ends_at:
            for arrival in every:
                if arrival.verdict is None:
                    if arrival.is_wanted:
                        self._cut()
                    arrival.give_up(_stopping())
        for arrival in every:
            if arrival.is_late(now):
                arrival.give_up(TooSlow())
        for of_address in _by_address(every) if len(every) > MOST_OF_ADDRESS else ():
            _give_up_idlest(of_address, len(of_address) - MOST_OF_ADDRESS, now - _GRACE_SECONDS)
        _give_up_idlest(every, len(every) - MOST_BODIES, now - _GRACE_SECONDS)
        if self.bytes > MOST_BYTES:
            _give_up_idlest(every, len(every) // 2, now)
        if every:
            self._timer = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)


def _by_address(arrivals: Iterable[Arrival]) -> Iterable[list[Arrival]]:
    found: defaultdict[str | None, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        found[arrival.address()].append(arrival)
    return found.values()


def _give_up_idlest(arrivals: Iterable[Arrival], count: int, moved_before: float) -> None:
    """Give up so many, those first of which nothing came for the longest; none that moves."""
    if count > 0:
        idle = sorted((each for each in arrivals if each.moved <= moved_before), key=lambda each: each.moved)
        for arrival in idle[:count]:
            arrival.give_up(TooSlow("Too many bodies are waited for, and nothing of this one came: send it again"))


def _stopping() -> Unavailable:
    return Unavailable("The server stops, and the body had not arrived: nothing was stored, send it again")
