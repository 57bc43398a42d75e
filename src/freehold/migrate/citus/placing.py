"""Puts tables of a spread database where their directives say, inside the transaction of a migration."""

from collections.abc import Sequence
from typing import Final

from freehold.migrate.citus.layout import SPREAD
from freehold.migrate.database import Connection
from freehold.migrate.directives import Distribute

HAS_CITUS: Final = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')"
SEQUENTIAL: Final = "SET LOCAL citus.multi_shard_modify_mode = sequential"
"""So that one transaction can change tables on every server and spread ones."""

_IS_SPREAD: Final = """
SELECT citus_is_coordinator() AND EXISTS (
    SELECT FROM citus_tables WHERE table_name = to_regclass($1) AND citus_table_type = 'distributed'
)
"""
_PLACED: Final = """
SELECT t.citus_table_type AS kind, nullif(t.distribution_column, '<none>') AS column
FROM citus_tables t
WHERE t.table_name = to_regclass($1)
"""
_SAME_TYPE: Final = """
SELECT count(DISTINCT a.atttypid) = 1
FROM pg_attribute a
WHERE (a.attrelid, a.attname) IN ((to_regclass($1), $2), (to_regclass($3), $4))
"""
_COMMENTS: Final = """
SELECT format(
        'COMMENT ON %s %s IS %L',
        CASE
            WHEN d.objsubid > 0 THEN 'COLUMN'
            WHEN c.relkind = 'v' THEN 'VIEW'
            WHEN c.relkind = 'i' THEN 'INDEX'
            ELSE 'TABLE'
        END,
        c.oid::regclass::text || coalesce('.' || quote_ident(a.attname), ''),
        d.description
    )
FROM pg_description d
JOIN pg_class c ON c.oid = d.objoid
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
WHERE d.classoid = 'pg_class'::regclass AND c.relkind IN ('r', 'v', 'i')
    AND c.relnamespace::regnamespace::text !~ '^pg_'
UNION ALL
SELECT format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, k.conrelid::regclass, d.description)
FROM pg_description d
JOIN pg_constraint k ON k.oid = d.objoid AND k.conrelid <> 0
WHERE d.classoid = 'pg_constraint'::regclass
"""
_KEYS: Final = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname) AS drop,
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS add
FROM pg_constraint k
JOIN unnest($1::text[]) AS moved ON k.conrelid = to_regclass(moved)
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.conrelid::regclass::text, k.conname
"""
_LOCAL: Final = ("local", None)
_MOVED: Final = ("distributed", "reference")
_WITH: Final = next(iter(SPREAD))


async def is_spread(connection: Connection) -> bool:
    """Whether Freehold's tables are spread over a cluster here; without that, a directive means nothing."""
    return bool(await connection.fetchval(HAS_CITUS)) and bool(await connection.fetchval(_IS_SPREAD, _WITH))


async def place(connection: Connection, wanted: Sequence[Distribute]) -> None:
    """Put each table where it belongs, and leave those alone that are there.

    What is spread by a column of the type of `projects.organization_id` goes where that organization's projects are.
    Call it inside a transaction.
    """
    await connection.execute(SEQUENTIAL)
    told = await comments(connection)
    for each in await missing(connection, wanted):
        if await _where(connection, each.table) != _LOCAL:
            await connection.execute("SELECT undistribute_table($1)", each.table)
        if each.kind == "reference":
            await connection.execute("SELECT create_reference_table($1)", each.table)
        elif each.kind == "distributed":
            alike = await connection.fetchval(_SAME_TYPE, each.table, each.column, _WITH, SPREAD[_WITH])
            await connection.execute(
                "SELECT create_distributed_table($1, $2, colocate_with => $3)",
                each.table,
                each.column,
                _WITH if alike else "default",
            )
    await put_back(connection, told)


def in_order(wanted: Sequence[Distribute]) -> list[Distribute]:
    """Put those first to which keys of the others may lead."""
    return sorted(wanted, key=lambda each: ("reference", "distributed", "local").index(each.kind))


async def missing(connection: Connection, wanted: Sequence[Distribute]) -> list[Distribute]:
    """Leave out the tables that are where they belong."""
    return [each for each in in_order(wanted) if await _where(connection, each.table) != (each.kind, each.column)]


async def _where(connection: Connection, table: str) -> tuple[str, str | None]:
    found = await connection.fetch(_PLACED, table)
    return (found[0]["kind"], found[0]["column"]) if found and found[0]["kind"] in _MOVED else _LOCAL


async def take_keys(connection: Connection, tables: Sequence[str]) -> list[str]:
    """Drop the foreign keys of tables that move: Citus refuses some while only one of two tables has moved.

    Returns:
        What `give_back_keys` runs.
    """
    keys = await connection.fetch(_KEYS, list(tables))
    for key in keys:
        await connection.execute(key["drop"])
    return [key["add"] for key in keys]


async def give_back_keys(connection: Connection, keys: Sequence[str]) -> None:
    """Make the foreign keys again that `take_keys` has dropped."""
    for key in keys:
        await connection.execute(key)


async def comments(connection: Connection) -> list[str]:
    """Write the statements that make all comments."""
    return [text for (text,) in await connection.fetch(_COMMENTS)]


async def put_back(connection: Connection, told: Sequence[str]) -> None:
    """Make the comments again that were lost: Citus replaces each table that it places by one without comments."""
    kept = set(await comments(connection))
    for comment in told:
        if comment not in kept:
            await connection.execute(comment)
