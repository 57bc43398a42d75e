"""What the database holds, row by row: how a test sees what a request has changed, and to whom each row belongs."""

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import asyncpg
import msgspec

UNWATCHED: Final = frozenset(
    {
        "audit_heads",  # of events, which are watched
        "audit_streams",
        "idempotent_answers",
        "imports",
        "mail_budgets",
        "migration_journal",
        "purge_failures",
        "server_keys",
        "sign_in_budgets",
        "webhook_queues",
    }
)
"""Tables that belong to nobody: budgets, and what the platform keeps for itself."""
NOTED: Final = ("last_used_at", "html_body", "hash", "previous_hash", "sealed_secret")
"""Columns that any request with a token may change, and long ones that say nothing that another does not."""

Row = dict[str, Any]


class Change(NamedTuple):
    """A row that came, or went; one that was changed did both."""

    table: str
    row: Row
    added: bool


class Rows:
    """All rows at one moment."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self.texts = frozenset(texts)
        self._tables: dict[str, list[Row]] | None = None

    def of(self, table: str) -> list[Row]:
        if self._tables is None:
            self._tables = {}
            for name, text in sorted(self.texts):
                self._tables.setdefault(name, []).append(msgspec.json.decode(text))
        return self._tables.get(table, [])

    def find(self, table: str, **wanted: object) -> Row | None:
        """The row with these values, if there is one."""
        return next((row for row in self.of(table) if all(row[key] == value for key, value in wanted.items())), None)

    def all(self) -> Iterable[tuple[str, Row]]:
        self.of("")
        for table, rows in (self._tables or {}).items():
            for row in rows:
                yield table, row


def changes(before: Rows, after: Rows) -> list[Change]:
    """What came and went between two moments; that a session lives longer for being used is no change."""
    found = [
        Change(table, msgspec.json.decode(text), added=added)
        for texts, added in ((before.texts - after.texts, False), (after.texts - before.texts, True))
        for table, text in texts
    ]
    kept = {change.row["id"] for change in found if change.table == "sessions" and _is_prolonged(change.row, found)}
    return [change for change in found if change.table != "sessions" or change.row["id"] not in kept]


def _is_prolonged(session: Row, found: list[Change]) -> bool:
    both = [
        {**change.row, "expires_at": None}
        for change in found
        if change.table == "sessions" and change.row["id"] == session["id"]
    ]
    return len(both) == 2 and both[0] == both[1]


def organization_of(table: str, row: Row) -> str | None:
    """The organization that a row belongs to; None for one of an account or of the platform."""
    column = {"organizations": "id", "webhook_deliveries": "chain_id"}.get(table, "organization_id")
    found = row.get(column)
    return str(found) if found else None


def user_of(table: str, row: Row) -> str | None:
    if table == "audit_events" and not row["organization_id"]:
        return str(row["chain_id"])  # an account's own events
    found = row["id"] if table == "users" else row.get("user_id")
    return str(found) if found else None


class Watch:
    """Reads all rows at once, and puts back those that there were in the beginning."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._columns: dict[str, list[str]] = {}
        self._read = ""
        self._beginning = Rows([])

    async def open(self) -> None:
        """Keep what there is now, beside it."""
        found = await self._connection.fetch(
            "SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '') AS columns "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
            "GROUP BY c.relname"
        )
        self._columns = {row["relname"]: row["columns"] for row in found}
        self._read = " UNION ALL ".join(
            f"SELECT '{table}', row_to_json(t)::text FROM (SELECT {shown} FROM {table}) t"  # noqa: S608 - names of tables
            for table, names in sorted(self._columns.items())
            if table not in UNWATCHED and (shown := ", ".join(name for name in names if name not in NOTED))
        )
        copies = "; ".join(f"CREATE TABLE kept.{table} AS TABLE public.{table}" for table in self._columns)
        await self._connection.execute(f"CREATE SCHEMA kept; {copies}")
        self._beginning = await self.rows()

    async def rows(self) -> Rows:
        return Rows(await self._connection.fetch(self._read))

    async def restore(self, now: Rows) -> None:
        """Put back each table that has changed, and forget what belongs to nobody."""
        changed = {table for table, _ in self._beginning.texts ^ now.texts}
        statements = ["SET LOCAL session_replication_role = replica"]
        for table, names in self._columns.items():
            if table in changed | (UNWATCHED - {"server_keys", "migration_journal"}):
                columns = ", ".join(names)
                statements += [
                    f"DELETE FROM {table}",  # noqa: S608 - as above
                    f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept.{table}",  # noqa: S608
                ]
        # Whoever has signed in lately does as if it had been just now, however long many lives take.
        statements += [
            "UPDATE sessions SET authenticated_at = now() WHERE authenticated_at IS NOT NULL",
            "UPDATE sessions SET last_used_at = now()",
            "UPDATE api_keys SET last_used_at = now()",
        ]
        async with self._connection.transaction():
            await self._connection.execute("; ".join(statements))


TOKEN: Final = re.compile(r"token: (fh[a-z]_\S+)")


def mailed_tokens(rows: Rows, recipient: str | None = None) -> list[str]:
    """Every token that was mailed, to one address or to anybody."""
    return [
        token
        for row in rows.of("mail_messages")
        if recipient in {None, row["recipient"]}
        for token in TOKEN.findall(row["text_body"])
    ]


async def connect(database_url: str) -> Any:
    return await asyncpg.connect(database_url)
