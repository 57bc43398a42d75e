"""An observer that also counts, and the metrics it keeps."""

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, get_args

from freehold.access import AccountAction, Action
from freehold.base.errors import FreeholdError, Unavailable
from freehold.base.version import VERSION
from freehold.data.sql import statement_names
from freehold.limits.policies import Limited
from freehold.observe.observer import Observer
from freehold.observe.shared_metrics import SECONDS, Family, SharedMetrics
from freehold.sessions.errors import WrongCredentials
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.verification.errors import EmailUnverified

_SUCCEEDED: Final = "succeeded"
_OTHER: Final = "other"
_SIGN_INS: Final = (
    _SUCCEEDED,
    *(error.code for error in (WrongCredentials, SignInDelayed, EmailUnverified, Unavailable)),
    _OTHER,
)
_BATCHES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)

INFO: Final = Family(
    name="freehold_info",
    help="The version that runs; always 1.",
    kind="gauge",
    labels=("version", "python"),
    series={None: (VERSION, platform.python_version())},
    whole="max",
)
STARTED: Final = Family(
    name="process_start_time_seconds",
    help="When the youngest process that answers requests was started, in seconds since 1970.",
    kind="gauge",
    whole="max",
)
PROCESSES: Final = Family(
    name="freehold_process_starts_total",
    help="Processes that have begun to answer requests; more than the setting workers when some had to be replaced.",
    kind="counter",
)
CONNECTIONS_IN_USE: Final = Family(
    name="freehold_connections_in_use", help="Database connections that a request or a job has now.", kind="gauge"
)
CONNECTIONS_WAITING: Final = Family(
    name="freehold_connections_waiting", help="Requests and jobs that wait for a database connection now.", kind="gauge"
)
LOOKUPS: Final = Family(
    name="freehold_lookups_total", help="Lookups that were asked for, alone or sharing a query.", kind="counter"
)
BATCHES: Final = Family(
    name="freehold_lookup_batch_keys",
    help="How many different keys each query for lookups had.",
    kind="histogram",
    bounds=_BATCHES,
)
PASSWORDS_IN_FLIGHT: Final = Family(
    name="freehold_passwords_in_flight", help="Passwords that are hashed now or wait for it.", kind="gauge"
)
PASSWORDS_REFUSED: Final = Family(
    name="freehold_passwords_refused_total",
    help="Passwords that were not hashed, since too many waited (setting password_queue).",
    kind="counter",
)
SIGN_INS: Final = Family(
    name="freehold_sign_ins_total",
    help="Attempts to sign in, by how they ended: succeeded, or the code of the error.",
    kind="counter",
    labels=("outcome",),
    series={outcome: (outcome,) for outcome in _SIGN_INS},
)
LIMITED: Final = Family(
    name="freehold_rate_limited_requests_total",
    help="Requests that were refused since their sender had used up a quota.",
    kind="counter",
    labels=("kind",),
    series={kind: (kind,) for kind in get_args(Limited)},
)
OWN_ACTION: Final = "own"
"""How all actions that applications declared are counted: as one, since their names are anybody's."""
REFUSED: Final = Family(
    name="freehold_refused_actions_total",
    help="What was asked for by somebody who was not allowed to do it (403), by action.",
    kind="counter",
    labels=("action",),
    series={action: (action,) for action in (*sorted({*map(str, Action), *map(str, AccountAction)}), OWN_ACTION)},
    is_sparse=True,
)
_REPLICAS: Final = tuple(str(index) for index in range(1, 17))
REPLICA_LAG: Final = Family(
    name="freehold_replica_lag_bytes",
    help="By how many bytes of its log the primary is ahead of a replica (its place in the setting replica_urls).",
    kind="gauge",
    labels=("replica",),
    series={index: (index,) for index in _REPLICAS},
    whole="max",
    is_sparse=True,
)
REPLICA_READS: Final = Family(
    name="freehold_replica_reads_total",
    help="Reads that a replica can answer, by where they ran: the place of the replica, or primary.",
    kind="counter",
    labels=("replica",),
    series={index: (index,) for index in ("primary", *_REPLICAS)},
    is_sparse=True,
)
REPLICA_FALLBACKS: Final = Family(
    name="freehold_replica_fallbacks_total",
    help="Reads that went to the primary since a replica was not far enough in time (behind), or failed.",
    kind="counter",
    labels=("replica", "reason"),
    series={f"{index} {reason}": (index, reason) for index in _REPLICAS for reason in ("behind", "failed")},
    is_sparse=True,
)
OUTBOX: Final = Family(
    name="freehold_outbox_messages",
    help="Mails that wait to be delivered, as counted at most half a minute ago.",
    kind="gauge",
    whole="max",
)
WEBHOOKS: Final = Family(
    name="freehold_webhook_attempts_total",
    help="Attempts to deliver a webhook, by how they ended: delivered, failed (tried again later), or given_up.",
    kind="counter",
    labels=("outcome",),
    series={outcome: (outcome,) for outcome in ("delivered", "failed", "given_up")},
)
WEBHOOKS_WAITING: Final = Family(
    name="freehold_webhook_deliveries_waiting",
    help="Deliveries that wait for enabled endpoints, as counted at most half a minute ago, up to 100000.",
    kind="gauge",
    whole="max",
)
WEBHOOKS_OLDEST: Final = Family(
    name="freehold_webhook_oldest_waiting_seconds",
    help="For how long the first of them has waited.",
    kind="gauge",
    whole="max",
)


def statements_run() -> Family:
    """Say what is counted of statements, once all are bound."""
    return Family(
        name="freehold_statement_duration_seconds",
        help="How long each statement took in the database, the way there and back included.",
        kind="histogram",
        labels=("statement",),
        series={sql: (name,) for sql, name in statement_names().items()},
        bounds=SECONDS,
        is_sparse=True,
    )


def families() -> tuple[Family, ...]:
    """List all that a platform counts, once all statements are bound."""
    return (
        INFO,
        STARTED,
        PROCESSES,
        statements_run(),
        CONNECTIONS_IN_USE,
        CONNECTIONS_WAITING,
        LOOKUPS,
        BATCHES,
        PASSWORDS_IN_FLIGHT,
        PASSWORDS_REFUSED,
        SIGN_INS,
        LIMITED,
        REFUSED,
        OUTBOX,
        WEBHOOKS,
        WEBHOOKS_WAITING,
        WEBHOOKS_OLDEST,
        REPLICA_LAG,
        REPLICA_READS,
        REPLICA_FALLBACKS,
    )


class Counting(Observer):
    """Counts in one place of shared metrics that have these ``families``.

    Attributes:
        shared: where others read what is counted.
    """

    def __init__(self, shared: SharedMetrics, index: int = 0, *, slow_seconds: float) -> None:
        super().__init__(statement_names(), slow_seconds=slow_seconds)
        self.shared: Final = shared
        place = shared.place(index)
        self._statements = place.histogram(statements_run())
        self._in_use = place.counter(CONNECTIONS_IN_USE)
        self._waiting = place.counter(CONNECTIONS_WAITING)
        self._lookups = place.counter(LOOKUPS)
        self._batches = place.histogram(BATCHES)
        self._passwords = place.counter(PASSWORDS_IN_FLIGHT)
        self._passwords_refused = place.counter(PASSWORDS_REFUSED)
        self._sign_ins = place.counter(SIGN_INS)
        self._limited = place.counter(LIMITED)
        self._refused = place.counter(REFUSED)
        self._outbox = place.counter(OUTBOX)
        self._webhooks = place.counter(WEBHOOKS)
        self._webhooks_waiting = place.counter(WEBHOOKS_WAITING)
        self._webhooks_oldest = place.counter(WEBHOOKS_OLDEST)
        self._replica_lag = place.counter(REPLICA_LAG)
        self._replica_reads = place.counter(REPLICA_READS)
        self._replica_fallbacks = place.counter(REPLICA_FALLBACKS)
        place.counter(INFO).set(1.0)
        place.counter(STARTED).set(time.time())
        place.counter(PROCESSES).add()

    def statement(self, sql: str, seconds: float) -> None:
        """Count a statement by its duration."""
        super().statement(sql, seconds)
        self._statements.observe(seconds, sql)

    def flight(self, callers: int, keys: int) -> None:
        """Count lookups, and the query that they share."""
        self._lookups.add(callers)
        self._batches.observe(keys)

    def waiting(self, change: int) -> None:
        """Count who waits for a connection."""
        self._waiting.add(change)

    def in_use(self, change: int) -> None:
        """Count the connections that are lent."""
        self._in_use.add(change)

    def passwords(self, change: int) -> None:
        """Count the passwords that are hashed or wait."""
        self._passwords.add(change)

    def password_refused(self) -> None:
        """Count a password that was not hashed."""
        self._passwords_refused.add()

    def outbox(self, messages: int) -> None:
        """Keep how many mails wait."""
        self._outbox.set(messages)

    def webhook(self, outcome: str) -> None:
        """Count an attempt to deliver a webhook by how it ended."""
        self._webhooks.add(key=outcome)

    def webhook_backlog(self, deliveries: int, oldest_seconds: float) -> None:
        """Keep how many deliveries wait, and for how long the first has."""
        self._webhooks_waiting.set(deliveries)
        self._webhooks_oldest.set(oldest_seconds)

    def replica_lag(self, index: int, size: int) -> None:
        """Keep how far a replica is behind."""
        self._replica_lag.set(size, key=str(index))

    def replica_read(self, index: int) -> None:
        """Count a read by where it ran."""
        self._replica_reads.add(key=str(index or "primary"))

    def replica_fallback(self, index: int, reason: str) -> None:
        """Count a read that went to the primary after all."""
        self._replica_fallbacks.add(key=f"{index} {reason}")

    def limited(self, kind: str) -> None:
        """Count a refused request."""
        self._limited.add(key=kind)

    def refused(self, action: str) -> None:
        """Count what somebody was not allowed to do; actions that applications declared are one series."""
        self._refused.add(key=action if action in REFUSED.series else OWN_ACTION)

    @contextmanager
    def sign_in(self) -> Iterator[None]:
        """Count an attempt to sign in by how it ends."""
        outcome = _OTHER
        try:
            yield
            outcome = _SUCCEEDED
        except FreeholdError as error:
            outcome = error.code if error.code in _SIGN_INS else _OTHER
            raise
        finally:
            self._sign_ins.add(key=outcome)
