"""What the platform tells about its work while it does it."""

import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from freehold.observe.shared_metrics import SharedMetrics

_MILLISECONDS: Final = 1000

_log = logging.getLogger("freehold.statements")


class Observer:
    """Logs slow statements, by name and without their values, and counts nothing (see ``counting``).

    Args:
        names: of statements, by their SQL.
        slow_seconds: how long a statement takes at least that is logged.
    """

    requests: SharedMetrics | None = None
    """Where the requests of the server are counted, if they are."""

    def __init__(self, names: Mapping[str, str], *, slow_seconds: float) -> None:
        self._names = names
        self._slow_seconds = slow_seconds

    def statement(self, sql: str, seconds: float) -> None:
        """Note that a statement has ended, done or failed."""
        if seconds >= self._slow_seconds:
            name, took = self._names.get(sql, "one without a name"), round(seconds * _MILLISECONDS)
            fields = {"statement": name, "duration_ms": took}
            _log.warning("slow statement: %s took %d ms", name, took, extra={"fields": fields})

    def flight(self, callers: int, keys: int) -> None:
        """Note that so many callers' lookups leave in one query for so many different keys."""

    def waiting(self, change: int) -> None:
        """Note that one more, or one less, waits for a connection."""

    def in_use(self, change: int) -> None:
        """Note that one connection more, or one less, is lent."""

    def passwords(self, change: int) -> None:
        """Note that one password more, or one less, is hashed or waits for it."""

    def password_refused(self) -> None:
        """Note that a password was not hashed, since too many waited."""

    def outbox(self, messages: int) -> None:
        """Note how many mails wait to be delivered."""

    def webhook(self, outcome: str) -> None:
        """Note how an attempt to deliver a webhook ended: ``delivered``, ``failed`` or ``given_up``."""

    def webhook_backlog(self, deliveries: int, oldest_seconds: float) -> None:
        """Note how many deliveries of webhooks wait, and for how long the first has."""

    def limited(self, kind: str) -> None:
        """Note that a request was refused, since its sender has used up a quota."""

    def refused(self, action: str) -> None:
        """Note that somebody was not allowed to do something."""

    def replica_lag(self, index: int, size: int) -> None:
        """Note by how many bytes of the log a replica is behind the primary."""

    def replica_read(self, index: int) -> None:
        """Note that a read ran on a replica, or (0) on the primary although it could have run on one."""

    def replica_fallback(self, index: int, reason: str) -> None:
        """Note that a read was for a replica and went to the primary: ``behind`` or ``failed``."""

    @contextmanager
    def sign_in(self) -> Iterator[None]:
        """Note how an attempt to sign in ends."""
        yield


SILENT: Final = Observer({}, slow_seconds=math.inf)
"""Notes nothing at all."""
