"""What a database has beside its contents, where no dump has it: owner, grants, settings, limit, tablespace."""

from collections.abc import Sequence

import asyncpg

from freehold.migrate.database import Connection

_LISTS = (
    *("search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries"),
    *("shared_preload_libraries", "unix_socket_directories"),
)
"""Settings that are a list of names, which PostgreSQL keeps quoted already."""

_NOT_FOR_RESTORING = (
    *("default_transaction_read_only", "default_transaction_deferrable", "role"),
    *("session_replication_role", "event_triggers", "statement_timeout", "lock_timeout", "transaction_timeout"),
    *("idle_in_transaction_session_timeout", "idle_session_timeout"),
)
"""Under all others a database can be restored, and should be: what a constraint checks may depend on them."""

_OWNER = """
SELECT format('ALTER DATABASE %I OWNER TO %I', $1::text, o.rolname)
FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
WHERE d.datname = current_database() AND o.rolname <> current_user AND pg_has_role(o.oid, 'USAGE')
"""

_GRANTS = """
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC, %s', $1::text, datdba::regrole)
FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL
UNION ALL
SELECT format('GRANT %s ON DATABASE %I TO %s%s', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), $1::text,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = current_database() GROUP BY a.grantee, a.is_grantable
ORDER BY 1 DESC
"""
"""The REVOKE comes first."""

_SETTINGS = """
SELECT CASE s.setrole WHEN 0 THEN format('ALTER DATABASE %I', $1::text)
        ELSE format('ALTER ROLE %I IN DATABASE %I', coalesce($2::text, r.rolname), $1::text) END
    || format(' SET %I TO %s', c.name, CASE WHEN c.name <> ALL ($3::text[]) THEN quote_literal(c.value) ELSE coalesce((
        SELECT string_agg(quote_literal(coalesce(replace(m[1], '""', '"'), m[2])), ', ' ORDER BY place)
        FROM regexp_matches(c.value, '"((?:[^"]|"")*)"|([^",[:space:]]+)', 'g') WITH ORDINALITY AS x (m, place)
    ), quote_literal('')) END)
FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) AS line,
    LATERAL (SELECT split_part(line, '=', 1), substr(line, strpos(line, '=') + 1)) AS c (name, value)
WHERE (s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) OR s.setdatabase = 0 AND $4)
    AND (s.setrole = 0 OR r.rolname = session_user OR $5) AND c.name <> ALL ($6::text[])
ORDER BY s.setrole <> 0, s.setdatabase <> 0, 1
"""
"""From the weakest to the strongest, as PostgreSQL takes them."""

_LIMIT = """
SELECT format('ALTER DATABASE %I CONNECTION LIMIT %s', $1::text, datconnlimit)
FROM pg_database WHERE datname = current_database() AND datconnlimit <> -1
"""

_TABLESPACE = """
SELECT format('ALTER DATABASE %I SET TABLESPACE %I', $1::text, t.spcname)
FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace
WHERE d.datname = current_database() AND t.oid <> (SELECT dattablespace FROM pg_database WHERE datname = $1)
"""


async def carry_rights(source: Connection, target: Connection, name: str) -> list[str]:
    """Give a database of the same server the owner of the connected one, and let the same roles use it.

    Args:
        source: connected to the database that has them.
        target: executes.
        name: of the database that gets them.

    Returns:
        What the role may not do, as statements.
    """
    return [
        refused for query in (_OWNER, _GRANTS) for refused in await _run(target, await _column(source, query, name))
    ]


async def carry_settings(
    source: Connection, target: Connection, name: str, *, apart: bool, restoring: bool = False
) -> list[str]:
    """Give a database the settings under which the role works in the connected one.

    Args:
        source: connected to the database that has them.
        target: executes.
        name: of the database that gets them.
        apart: it is on another server, which does not have the settings of the role itself either.
        restoring: only those under which it can be restored; the others are for later.

    Returns:
        What the role may not do, as statements.
    """
    role = await target.fetchval("SELECT session_user") if apart else None
    later = _NOT_FOR_RESTORING if restoring else ()
    return await _run(target, await _column(source, _SETTINGS, name, role, _LISTS, apart, False, later))  # noqa: FBT003 - SQL's


async def carry_everything(connection: Connection, name: str) -> list[str]:
    """Make a database that has its rights fit to take the place of the connected one.

    Returns:
        What the role may not do, as statements.
    """
    statements = await _column(connection, _SETTINGS, name, None, _LISTS, False, True, ())  # noqa: FBT003 - SQL's
    refused = await _run(connection, [*statements, *await _column(connection, _LIMIT, name)])
    return refused + await _column(connection, _TABLESPACE, name)


async def _column(connection: Connection, query: str, *arguments: object) -> list[str]:
    return [row[0] for row in await connection.fetch(query, *arguments)]


async def _run(connection: Connection, statements: Sequence[str]) -> list[str]:
    refused: list[str] = []
    for statement in statements:
        try:
            await connection.execute(statement)
        except asyncpg.PostgresError:  # a superuser's setting, a role that the other server does not have
            refused.append(statement)
    return refused
