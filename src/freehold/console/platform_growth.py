"""How the platform grows and how fast it answers, as small charts, for its administrators."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

import msgspec

from freehold.base.ids import first_id
from freehold.console import queries
from freehold.console.charts import Bar, columns, rows
from freehold.console.frame import require_admin, show
from freehold.observe.shared_metrics import SECONDS, SharedMetrics
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer

platform_growth = Pages(__package__)

_DAYS: Final = 30
_MILLISECONDS: Final = 1000


class Requests(msgspec.Struct, frozen=True, kw_only=True):
    """The requests since the server was started.

    Attributes:
        total: how many there were.
        by_status: how many of them had which answer, by the first digit of its status.
        durations: how many took how long, by the bounds in ``SECONDS``; the last took longer than all of these.
    """

    total: int
    by_status: dict[str, int]
    durations: Sequence[float]

    def within(self, share: float) -> str:
        """Say in what time a share of them was answered."""
        wanted, counted, last = share * self.total, 0.0, 0.0
        for bound, number in zip(SECONDS, self.durations, strict=False):
            if number and counted + number >= wanted:
                return f"{(last + (bound - last) * (wanted - counted) / number) * _MILLISECONDS:.3g} ms"
            counted, last = counted + number, bound
        return f"more than {SECONDS[-1]:g} s"


@platform_growth.shows("/platform/growth", for_user=True)
async def show_growth(visit: Visit) -> Answer:
    """Draw who joined and who is active, from the database, and the requests, from the server's own counts."""
    require_admin(visit)
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=ago) for ago in range(_DAYS - 1, -2, -1)]
    starts = [first_id(datetime.combine(day, time(), UTC)) for day in days]
    joined = await queries.sign_ups(visit.context.db, lows=starts[:-1], highs=starts[1:])
    active = await queries.active_users(visit.context.db)
    requests = requests_of(visit.context.tools.observer.requests)
    return await show(
        visit,
        "platform_growth.html",
        "Growth",
        current="platform-growth",
        sign_ups=columns("Users who joined, by day", [Bar(_day(day), n) for day, n in zip(days, joined, strict=False)]),
        joined=sum(joined),
        active=rows(
            "Users who were active within",
            [Bar("24 hours", active.day), Bar("7 days", active.week), Bar("30 days", active.month)],
        ),
        requests=requests,
        command="freehold serve --metrics-port 9100",
        durations=rows("How long requests took", [] if requests is None else _spans(requests.durations)),
        answers=rows("How requests were answered", [] if requests is None else _answers(requests.by_status)),
    )


def requests_of(metrics: SharedMetrics | None) -> Requests | None:
    """Add up the requests of all routes and workers; None where they are not counted."""
    if metrics is None:
        return None
    (family,) = metrics.families
    durations, by_status = [0.0] * (len(SECONDS) + 1), Counter[str]()
    for (_, _, status), numbers in metrics.read(family):
        found = numbers[:-1]
        durations = [a + b for a, b in zip(durations, found, strict=True)]
        by_status[status[0]] += int(sum(found))
    return Requests(total=sum(by_status.values()), by_status=dict(by_status), durations=durations)


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _spans(durations: Sequence[float]) -> list[Bar]:
    names = [f"{_short(a)} to {_short(b)}" for a, b in pairwise(SECONDS)]
    named = zip((f"up to {_short(SECONDS[0])}", *names, f"over {_short(SECONDS[-1])}"), durations, strict=True)
    return [Bar(name, int(number)) for name, number in named]


def _short(seconds: float) -> str:
    return f"{seconds * _MILLISECONDS:g} ms" if seconds < 1 else f"{seconds:g} s"


def _answers(by_status: dict[str, int]) -> list[Bar]:
    meanings = {"2": "done (2xx)", "3": "sent elsewhere (3xx)", "4": "refused (4xx)", "5": "failed (5xx)"}
    return [Bar(words, by_status.get(digit, 0)) for digit, words in meanings.items()]
