"""What a role may not do, each in one sentence with the way out, and asked for before any work is done."""

import re
from collections.abc import Iterable

from freehold.migrate.database import Connection
from freehold.migrate.errors import ProgramError, RightsError

_MOST_NAMED = 3
_SET_SINCE = 16

# What pg_dump locks and reads, and so do the digests. Members of extensions are in no dump.
_UNREADABLE = """
SELECT CASE c.relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || format('%I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    AND NOT (has_schema_privilege(n.oid, 'USAGE') AND CASE c.relkind
        WHEN 'S' THEN has_sequence_privilege(c.oid, 'SELECT') ELSE has_table_privilege(c.oid, 'SELECT') END)
ORDER BY 1
"""

_HIDDEN = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relrowsecurity AND row_security_active(c.oid)
ORDER BY 1
"""

_UNREADABLE_OBJECTS = """
SELECT oid::text FROM pg_largeobject_metadata
WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AND NOT EXISTS (
    SELECT FROM aclexplode(coalesce(lomacl, acldefault('L', lomowner))) a
    WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_has_role(a.grantee, 'USAGE')))
ORDER BY 1
"""

_JOURNAL = """
SELECT quote_ident(current_user) AS role, quote_ident(d.datname) AS database, d.datdba::regrole::text AS owner,
    has_database_privilege(d.oid, 'CREATE') AS may_create, n.nspowner::regrole::text AS keeper,
    has_schema_privilege(n.oid, 'USAGE') AND (
        SELECT bool_and(has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
            AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
        FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r') AS may_write,
    has_schema_privilege(n.oid, 'USAGE') AND (
        SELECT bool_and(has_table_privilege(c.oid, 'SELECT'))
        FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r') AS may_read
FROM pg_database d LEFT JOIN pg_namespace n ON n.nspname = 'freehold_migrate' WHERE d.datname = current_database()
"""

_OWNER = """
SELECT quote_ident(current_user) AS role, quote_ident(d.datname) AS database, d.datdba::regrole::text AS owner,
    pg_has_role(d.datdba, 'USAGE') AS is_owner
FROM pg_database d WHERE d.datname = current_database()
"""

_ERROR = re.compile(
    r"could not execute query: \w+: +(?P<error>[^\n]+)(?:\n.*?)??\nCommand was: (?P<command>[^\n]+)", re.DOTALL
)
_ONCE_IN_A_SERVER = "can only create extension in database"
_LACKS_RIGHTS = re.compile(r"permission denied|must be |superuser", re.IGNORECASE)


async def refuse_unreadable(connection: Connection) -> None:
    """Stop unless the role may read everything that belongs into a backup.

    Raises:
        RightsError: it may not; the text names what, and what to grant.
    """
    role = await connection.fetchval("SELECT quote_ident(current_user)")
    problems: list[str] = []
    if relations := await _column(connection, _UNREADABLE):
        problems.append(
            f"Role {role} may not read {_some(relations)}, which belongs into a backup: run 'GRANT pg_read_all_data TO "
            f"{role}' as a superuser, or use a role that may read everything"
        )
    if tables := await _column(connection, _HIDDEN):
        problems.append(
            f"Row level security hides rows of {_some(tables)} from role {role}, and they belong into a backup: run "
            f"'ALTER ROLE {role} BYPASSRLS' as a superuser, or use a role that sees every row"
        )
    if objects := await _column(connection, _UNREADABLE_OBJECTS):
        problems.append(
            f"Role {role} may not read large object {_some(objects)}, which belongs into a backup: run 'GRANT SELECT "
            f"ON LARGE OBJECT ... TO {role}' as its owner, or use that role"
        )
    if problems:
        raise RightsError("\n".join(problems))


async def refuse_without_journal(connection: Connection, *, to_read: bool = False) -> None:
    """Stop unless the role may keep the journal, or only read it.

    Raises:
        RightsError: it may not; the text says what to grant.
    """
    row = await connection.fetchrow(_JOURNAL)
    if row is None or (row["may_read"] if to_read else row["may_write"]):
        return
    if not row["keeper"]:
        if to_read or row["may_create"]:
            return
        raise RightsError(
            f"Role {row['role']} may not make the journal of migrations in this database: use its owner, "
            f"{row['owner']}, or run 'GRANT CREATE ON DATABASE {row['database']} TO {row['role']}' as that role"
        )
    raise RightsError(
        f"Role {row['role']} may not write the journal of migrations, which belongs to {row['keeper']}: use that role, "
        f"or run 'GRANT USAGE ON SCHEMA freehold_migrate TO {row['role']}; GRANT ALL ON ALL TABLES IN SCHEMA "
        f"freehold_migrate TO {row['role']}' as it"
    )


async def refuse_unless_owner(connection: Connection) -> None:
    """Stop unless the role may put another database in the place of the connected one.

    Raises:
        RightsError: it does not own the database.
    """
    row = await connection.fetchrow(_OWNER)
    if row is not None and not row["is_owner"]:
        raise RightsError(
            f"Role {row['role']} does not own {row['database']}, so it may not put a backup in its place: "
            f"use its owner {row['owner']}, or a superuser"
        )


async def assumable_roles(connection: Connection) -> list[str] | None:
    """The roles to which the role may give something; None for a superuser, who may give it to any."""
    if (await _role(connection))[1]:
        return None
    right = "SET" if connection.get_server_version().major >= _SET_SINCE else "MEMBER"
    return await _column(connection, f"SELECT rolname FROM pg_roles WHERE pg_has_role(oid, '{right}')")  # noqa: S608


async def not_to_be_owned(connection: Connection, owners: Iterable[str]) -> RightsError:
    """Why a role may not restore what belongs to others, in place of what it was taken from."""
    role, _ = await _role(connection)
    mine = {role, "", "pg_database_owner", *(await assumable_roles(connection) or ())}
    others = sorted(owner for owner in set(owners) if owner.strip('"') not in mine)
    whose = _some(others) if others else "other roles"
    return RightsError(
        f"Role {role} may not give back what belongs to {whose}, and a restore in place may leave nothing out: "
        "use a superuser"
    )


async def why_not_restored(connection: Connection, error: ProgramError) -> str:
    """What pg_restore stumbled on, in one sentence."""
    found = _ERROR.search(str(error))
    if found is None:
        return str(error)
    words, command = found["error"], found["command"].removesuffix(";")
    if _ONCE_IN_A_SERVER in words:
        return f"{words}. Such an extension can be in one database of a server: keep it in a database of its own"
    role, may_everything = await _role(connection)
    if may_everything or not _LACKS_RIGHTS.search(words):
        return f"{words} (at: {command})"
    return (
        f"role {role} may not run '{command}' ({words}): use a superuser, or, for a rehearsal, name a server of your "
        "own with --staging-url, where you are one"
    )


async def _role(connection: Connection) -> tuple[str, bool]:
    row = await connection.fetchrow(
        "SELECT quote_ident(rolname) AS name, rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    return (row["name"], row["rolsuper"]) if row else ("", False)


async def _column(connection: Connection, query: str) -> list[str]:
    return [row[0] for row in await connection.fetch(query)]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
