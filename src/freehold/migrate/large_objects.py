"""The large objects of a database in one digest: they lie in no table of anybody's, and a dump carries them."""

from typing import Final

import asyncpg

from freehold.migrate.database import Connection

NAME: Final = "pg_largeobject"
"""How ``lossy:`` and messages call them."""
SYSTEM_TABLES: Final = (NAME, "pg_largeobject_metadata")

# A page ends where its zeros begin, and one of zeros alone is none: what was never written reads as zeros, and a
# restore writes them out. So the size is hashed, too.
_DIGEST = """
SELECT (SELECT count(*) FROM pg_largeobject_metadata) AS objects,
    coalesce(sum(hashint8extended(loid, coalesce(size, 0)) + coalesce(hash, 0)), 0) AS hash
FROM (
    SELECT oid::bigint AS loid, max(start + length(data)) AS size,
        sum(hashtextextended(encode(rtrim(data, '\\x00'), 'hex') COLLATE "C", start # oid::bigint << 32))
            FILTER (WHERE rtrim(data, '\\x00') <> '') AS hash
    FROM pg_largeobject_metadata LEFT JOIN ({pages}) pages USING (oid) GROUP BY oid
) each
"""
_AS_STORED = """
SELECT loid AS oid, pageno::bigint * (current_setting('block_size')::int / 4) AS start, data FROM pg_largeobject
"""
# The pages as a role reads them that may read the objects, but not the table they lie in.
_AS_READ = """
SELECT oid, start, data
FROM (SELECT oid, lo_open(oid, x'40000'::int) AS file FROM pg_largeobject_metadata OFFSET 0) opened
    CROSS JOIN LATERAL (
        SELECT lo_lseek64(file, 0, 2) AS size, current_setting('block_size')::int / 4 AS page OFFSET 0
    ) sized
    CROSS JOIN LATERAL generate_series(0, size - 1, page) start
    CROSS JOIN LATERAL lo_get(oid, start, page) data
"""


async def digest(connection: Connection) -> tuple[int, str] | None:
    """How many large objects there are, and the sum of their hashes; None if the role may not read them all."""
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata)"):
        return 0, "0"
    stored = await connection.fetchval("SELECT has_table_privilege('pg_catalog.pg_largeobject', 'SELECT')")
    try:
        async with connection.transaction():
            row = await connection.fetchrow(_DIGEST.format(pages=_AS_STORED if stored else _AS_READ))
    except asyncpg.InsufficientPrivilegeError:
        return None
    return None if row is None else (row["objects"], format(row["hash"], "f"))
