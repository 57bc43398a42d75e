"""A copy from which nothing is reached: what leads out of it fails, whoever calls it.

PostgreSQL asks a superuser for nothing, so no right can be taken away. But a copy has a catalog of its own: in it the
functions behind foreign tables, dblink and the like are made to fail, and beside production those that act on the
server, too. They are members of extensions or PostgreSQL's own, which no comparison looks at. Nothing else is changed:
servers, user mappings and foreign tables are what they are in production.
"""

from collections.abc import Sequence

from freehold.migrate.catalog import SchemaObject
from freehold.migrate.database import Connection
from freehold.migrate.errors import StagingError
from freehold.migrate.reach import NO_OTHER_SERVER, NOT_THIS_SERVER, SERVER_FUNCTIONS

_SUPERUSER = "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
_PLPGSQL = "SELECT EXISTS (SELECT FROM pg_catalog.pg_language WHERE lanname = 'plpgsql')"
_NAMES = ", ".join(f"'{name}'" for name in SERVER_FUNCTIONS)

_UNHEARD = "SET session_replication_role = replica"
"""Production's event triggers, which a copy has too, are not about this."""

_CUT = """
UPDATE pg_catalog.pg_proc p SET prosrc = '{answer}'
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
WHERE p.prolang = (SELECT oid FROM pg_catalog.pg_language WHERE lanname = 'c') AND p.prosrc !~ '^cut off: '
    AND d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND ({which});
"""

_FROM_OTHERS = _CUT.format(
    answer=NO_OTHER_SERVER,
    which="""p.prorettype = 'pg_catalog.fdw_handler'::regtype OR (e.extname IN ('dblink', 'http', 'pg_background')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_foreign_data_wrapper WHERE fdwvalidator = p.oid))""",
)
"""The functions of all foreign data wrappers, and of extensions that connect to somewhere by themselves."""

_FROM_SERVER = _CUT.format(
    answer=NOT_THIS_SERVER,
    which=f"""p.proname IN ({_NAMES}) OR EXISTS (SELECT FROM pg_catalog.pg_language l
        WHERE NOT l.lanpltrusted AND p.oid IN (l.lanplcallfoid, l.laninline, l.lanvalidator))""",
)
"""Languages in which a function may do whatever the server may, and functions of extensions that act on it."""

_AGAIN = """
CREATE SCHEMA IF NOT EXISTS freehold_migrate;
CREATE FUNCTION freehold_migrate.cut_off() RETURNS event_trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $cut$ BEGIN {cuts} END $cut$;
CREATE EVENT TRIGGER freehold_cut_off ON ddl_command_end
    WHEN TAG IN ('CREATE EXTENSION', 'ALTER EXTENSION', 'CREATE LANGUAGE')
    EXECUTE FUNCTION freehold_migrate.cut_off();
"""
"""For what a migration brings into the copy."""

_BUILT_IN = f"""
SELECT oid, format('CREATE FUNCTION pg_catalog.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', proname,
    replace(pg_get_function_arguments(oid), 'OUT slot_name', 'OUT slot'), pg_get_function_result(oid),
    CASE WHEN proname IN ('pg_terminate_backend', 'pg_cancel_backend')
        THEN 'BEGIN IF $1 = pg_catalog.pg_backend_pid() THEN RETURN pg_catalog.freehold_' || proname
            || CASE pronargs WHEN 1 THEN '($1)' ELSE '($1, $2)' END || '; END IF; '
        ELSE 'BEGIN ' END || 'RAISE ''{NOT_THIS_SERVER}''; END')
FROM pg_catalog.pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN ({_NAMES})
    AND prolang = (SELECT oid FROM pg_catalog.pg_language WHERE lanname = 'internal')
"""  # noqa: S608 - constants
"""PostgreSQL finds its own functions by number, whatever the catalog says of them; so these only lose their names.

(Its own may have a parameter and a result of the same name, others may not.)
"""


def leads_out(objects: Sequence[SchemaObject]) -> bool:
    """Whether there is anything in a database by which another server could be reached."""
    return any(each.kind == "extension" for each in objects)


async def cut_off_others(connection: Connection) -> None:
    """Cut a copy off from other servers, before anything in it may read or write there.

    Raises:
        StagingError: there are foreign servers, and the role may not do it.
    """
    if await connection.fetchval(_SUPERUSER):
        await connection.execute(_FROM_OTHERS)
    elif names := await connection.fetchval("SELECT string_agg(srvname, ', ' ORDER BY srvname) FROM pg_foreign_server"):
        role = await connection.fetchval("SELECT current_user")
        raise StagingError(
            f"The database has foreign servers ({names}), and only a superuser can cut a copy off from them, which "
            f"{role} is not. Give --staging-url, with a superuser's role on a server of your own"
        )


async def cut_off(connection: Connection, *, apart: bool) -> None:
    """Cut off a copy that is about to be tried on, also from what comes into it meanwhile.

    Without a superuser's rights there is less to cut, and nothing that the role could: PostgreSQL refuses by itself.

    Args:
        connection: to the copy.
        apart: it is on a server of its own, which may be acted on.
    """
    if not await connection.fetchval(_SUPERUSER):
        return
    await connection.execute(_UNHEARD)
    cuts = _FROM_OTHERS if apart else _FROM_OTHERS + _FROM_SERVER
    await connection.execute(cuts)
    if await connection.fetchval(_PLPGSQL):
        await connection.execute(_AGAIN.format(cuts=cuts))
        if not apart:
            await _hide_built_in(connection)
    await connection.execute("RESET session_replication_role")


async def _hide_built_in(connection: Connection) -> None:
    statements = ["SET LOCAL check_function_bodies = off"]
    for oid, stand_in in await connection.fetch(_BUILT_IN):
        statements += [f"UPDATE pg_proc SET proname = 'freehold_' || proname WHERE oid = {oid}", stand_in]  # noqa: S608
    await connection.execute("; ".join(statements))
