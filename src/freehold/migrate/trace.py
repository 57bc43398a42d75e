"""What a step really did to the tables that were there before it: locks, rewrites, rows read."""

import time

import msgspec

from freehold.migrate.database import Connection
from freehold.migrate.holdups import LOCKS_THAT_BLOCK
from freehold.migrate.migration import Section

_EXISTING = """
SELECT c.oid, c.oid::regclass::text AS name, c.relfilenode, greatest(c.reltuples, 0)::bigint AS rows
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm')
    AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'freehold_migrate')
    OR c.oid IN ('pg_largeobject'::regclass, 'pg_largeobject_metadata'::regclass)
"""

_LOCKS = """
SELECT relation, mode FROM pg_catalog.pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted AND relation = ANY($1::oid[])
"""

_COUNTS = """
SELECT relid, seq_tup_read, n_tup_ins + n_tup_upd + n_tup_del AS written
FROM pg_catalog.pg_stat_xact_all_tables WHERE relid = ANY($1::oid[])
"""

_WRITES = frozenset({"RowExclusiveLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"})


class LockTrace(msgspec.Struct, frozen=True):
    """A lock that held up others: on which table, what it held up, and for how many seconds (rehearsed)."""

    table: str
    mode: str
    blocks: str
    seconds: float


class StepTrace(msgspec.Struct, frozen=True):
    """What one step did.

    Attributes:
        seconds: how long it took.
        locks: those that held up others, the strongest per table.
        rewritten: tables written anew, with their number of rows.
        scanned: tables read from end to end, with the rows read.
        touched: tables into which rows were written, or which were written anew.
    """

    seconds: float = 0.0
    locks: list[LockTrace] = []
    rewritten: dict[str, int] = {}
    scanned: dict[str, int] = {}
    touched: list[str] = []


def held_seconds(section: Section, trace: StepTrace) -> float:
    """For how long a step held a lock that holds up others; outside a transaction, where nobody sees it: at most."""
    return max((lock.seconds for lock in trace.locks), default=0.0) if section.transaction else trace.seconds


class Tracer:
    """Watches one step on a connection; give its `watch` to the step's bench."""

    def __init__(self, existing: dict[int, tuple[str, int, int]]) -> None:
        self._existing = existing
        self._since: dict[tuple[int, str], float] = {}
        self._scanned: dict[str, int] = {}
        self._written: set[int] = set()
        self._looked = time.monotonic()
        self._ended = self._looked

    @classmethod
    async def begin(cls, connection: Connection) -> "Tracer":
        """Note what is there before the step."""
        await connection.execute("SET search_path = pg_catalog")
        rows = await connection.fetch(_EXISTING)
        await connection.execute("RESET search_path")
        return cls({row["oid"]: (row["name"], row["relfilenode"], row["rows"]) for row in rows})

    async def watch(self, connection: Connection) -> None:
        """Look between two statements, before anything is committed: every lock taken so far is still held."""
        now = time.monotonic()
        for row in await connection.fetch(_LOCKS, list(self._existing)):
            # It was taken some time since the last look: right after it, to be safe.
            self._since.setdefault((row["relation"], row["mode"]), self._looked)
        counting = await connection.fetchval("SELECT pg_catalog.current_setting('track_counts')") == "on"
        for row in await connection.fetch(_COUNTS, list(self._existing)):
            if row["seq_tup_read"]:
                self._scanned[self._existing[row["relid"]][0]] = row["seq_tup_read"]
            if row["written"]:
                self._written.add(row["relid"])
        if not counting:  # then a lock that allows writing has to stand for having written
            self._written |= {oid for oid, mode in self._since if mode in _WRITES}
        self._looked = self._ended = max(now, time.monotonic())

    async def end(self, connection: Connection, seconds: float) -> StepTrace:
        """Put together what the step did, after its end."""
        rows = await connection.fetch(
            "SELECT oid, relfilenode FROM pg_catalog.pg_class WHERE oid = ANY($1::oid[])", list(self._existing)
        )
        rewritten = {
            self._existing[row["oid"]][0]: self._existing[row["oid"]][2]
            for row in rows
            if row["relfilenode"] != self._existing[row["oid"]][1]
        }
        touched = {self._existing[oid][0] for oid in self._written} | rewritten.keys()
        return StepTrace(seconds, self._locks(), rewritten, self._scanned, sorted(touched))

    def _locks(self) -> list[LockTrace]:
        strongest: dict[str, LockTrace] = {}
        for (oid, mode), since in self._since.items():
            if mode not in LOCKS_THAT_BLOCK:
                continue
            trace = LockTrace(self._existing[oid][0], mode, LOCKS_THAT_BLOCK[mode], round(self._ended - since, 3))
            present = strongest.get(trace.table)
            if present is None or list(LOCKS_THAT_BLOCK).index(mode) < list(LOCKS_THAT_BLOCK).index(present.mode):
                strongest[trace.table] = trace
        return [strongest[table] for table in sorted(strongest)]
