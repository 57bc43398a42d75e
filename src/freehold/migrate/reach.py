"""What reaches beyond its database: kinds of statements and functions, by PostgreSQL's own names."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from freehold.migrate.tree import Node  # needs the extra `migrate`, which applying does not

Fields = dict[str, Any]
"""What a node of a parse tree holds."""

Rule = Literal["server-wide", "other-server"]

REMEDIES: dict[Rule, str] = {
    "server-wide": "rehearse it on a server of its own: --staging-url; or do it outside of migrations",
    "other-server": "do it outside of migrations: a rehearsal would do it for real",
}
"""By rule."""
SAME_SERVER = "the server of --staging-url is production's own: give another; or do it outside of migrations"
"""In place of the first, where it was tried."""

NO_OTHER_SERVER = "cut off: a rehearsal reaches no other server"
"""What an attempt to reach another server from a copy is answered."""
NOT_THIS_SERVER = "cut off: a rehearsal beside production leaves its server alone"
"""What an attempt to act on the server of a copy beside production is answered."""
OUTSIDE = "outside of the copy"
ON_PRODUCTION = f"{OUTSIDE}, on production's server"
"""What is said of a change that is seen before its commit."""

_MISSING = re.compile(r'could not find function "(cut off: [^"]*)" in file "[^"]*"')


class Reach(NamedTuple):
    """How a statement reaches beyond its database.

    Attributes:
        rule: ``server-wide`` is allowed on a server of its own, ``other-server`` nowhere.
        what: it does, in words that go on after "this".
        undone: it is seen on the copy before the commit, and rolled back.
    """

    rule: Rule
    what: str
    undone: bool = False


def _shared(what: str) -> Reach:
    return Reach("server-wide", what, undone=True)


_ROLES = _shared("changes roles, which all databases of a server share")
_OWNED = _shared("changes what a role owns and may do, databases included")
_DATABASE = _shared("names a database, so beside production it is production's")
_TABLESPACE = _shared("changes tablespaces, which all databases of a server share")
_SERVER = Reach("server-wide", "changes the server for all its databases")
_FILE = Reach("server-wide", "reads or writes a file of the server")
_PROGRAM = Reach("server-wide", "runs a program on the server")
_CODE = Reach("server-wide", "runs code that may do whatever the server may")
_CONNECTS = Reach("other-server", "connects to another server")

_KINDS = {
    **dict.fromkeys(("CreateRoleStmt", "AlterRoleStmt", "AlterRoleSetStmt", "DropRoleStmt", "GrantRoleStmt"), _ROLES),
    **dict.fromkeys(("ReassignOwnedStmt", "DropOwnedStmt"), _OWNED),
    **dict.fromkeys(("AlterDatabaseStmt", "AlterDatabaseSetStmt", "AlterDatabaseRefreshCollStmt"), _DATABASE),
    **dict.fromkeys(("CreatedbStmt", "DropdbStmt"), Reach("server-wide", "makes or drops another database")),
    **dict.fromkeys(("CreateTableSpaceStmt", "DropTableSpaceStmt", "AlterTableSpaceOptionsStmt"), _TABLESPACE),
    "AlterSystemStmt": _SERVER,
    "LoadStmt": _CODE,
    **dict.fromkeys(
        ("CreateSubscriptionStmt", "AlterSubscriptionStmt", "DropSubscriptionStmt", "ImportForeignSchemaStmt"),
        _CONNECTS,
    ),
}
"""Statements that are about nothing else."""

_OBJECTS = {
    "OBJECT_ROLE": _ROLES,
    "OBJECT_DATABASE": _DATABASE,
    "OBJECT_TABLESPACE": _TABLESPACE,
    "OBJECT_PARAMETER_ACL": _shared("changes rights on settings of the whole server"),
    "OBJECT_SUBSCRIPTION": _CONNECTS,
}
"""What a statement on objects of any kind (COMMENT, GRANT, RENAME, OWNER TO) may be about."""

_OBJECT_FIELDS = ("objtype", "objectType", "renameType")

CATALOGS = dict.fromkeys(
    (
        *("pg_authid", "pg_auth_members", "pg_database", "pg_db_role_setting", "pg_parameter_acl"),
        *("pg_replication_origin", "pg_shdescription", "pg_shseclabel", "pg_subscription", "pg_tablespace"),
    ),
    _shared("changes or locks a catalog that all databases of a server share"),
)
"""Catalogs that all databases of a server share."""

_FUNCTIONS = {
    Reach("server-wide", "acts on other sessions of the server"): """
        pg_cancel_backend pg_terminate_backend pg_log_backend_memory_contexts""",
    _SERVER: """
        pg_reload_conf pg_rotate_logfile pg_promote pg_switch_wal pg_create_restore_point pg_log_standby_snapshot
        pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup pg_wal_replay_pause pg_wal_replay_resume
        pg_stat_reset_shared pg_stat_reset_slru pg_stat_reset_replication_slot pg_stat_reset_subscription_stats
        pg_stat_reset_backend_stats pg_stat_statements_reset""",
    Reach("server-wide", "changes the server's replication"): """
        pg_create_physical_replication_slot pg_create_logical_replication_slot pg_drop_replication_slot
        pg_copy_physical_replication_slot pg_copy_logical_replication_slot pg_replication_slot_advance
        pg_logical_slot_get_changes pg_logical_slot_get_binary_changes pg_sync_replication_slots
        pg_replication_origin_create pg_replication_origin_drop pg_replication_origin_advance
        pg_replication_origin_session_setup""",
    _FILE: """
        lo_import lo_export pg_read_file pg_read_binary_file pg_ls_dir pg_stat_file pg_file_write pg_file_sync
        pg_file_rename pg_file_unlink""",
}

SERVER_FUNCTIONS = {name: reach for reach, names in _FUNCTIONS.items() for name in names.split()}
"""Functions that act on the server, by name."""

_KNOWN_LANGUAGES = frozenset("plpgsql sql internal pltcl plperl plv8 pljava plrust pllua plcoffee plls".split())
"""Languages in which code does no more than SQL can, or is judged; of all others one cannot tell."""


def explained(message: str) -> tuple[Rule | None, str]:
    """Take from what a step on a copy failed with which rule it broke, if any, and say it in our own words."""
    if NO_OTHER_SERVER in message or (OUTSIDE in message and ON_PRODUCTION not in message):
        return "other-server", _MISSING.sub(r"\1", message)
    if NOT_THIS_SERVER in message or ON_PRODUCTION in message:
        return "server-wide", _MISSING.sub(r"\1", message)
    return None, message


def reach_of(node: "Node") -> Reach | None:
    """How a statement, or a part of one, reaches beyond its database; None if it does not."""
    kind, fields = node
    if kind in _KINDS:
        return _KINDS[kind]
    if kind in _READERS:
        return _READERS[kind](fields)
    return next((_OBJECTS[fields[name]] for name in _OBJECT_FIELDS if fields.get(name) in _OBJECTS), None)


def _of_copy(copy: Fields) -> Reach | None:
    return _PROGRAM if copy.get("is_program") else _FILE if "filename" in copy else None


def _of_relations(fields: Fields) -> Reach | None:
    written = [each["RangeVar"] for each in fields.get("relations", ())] or [fields["relation"]]
    return next((CATALOGS[each["relname"]] for each in written if each["relname"] in CATALOGS), None)


def _of_call(call: Fields) -> Reach | None:
    name = str(call["funcname"][-1]["String"]["sval"])
    if name.startswith("dblink"):
        return _CONNECTS
    arguments = [each["FuncCall"]["funcname"][-1] for each in call.get("args", ())[:1] if "FuncCall" in each]
    itself = arguments == [{"String": {"sval": "pg_backend_pid"}}]  # a session may end itself
    return None if itself else SERVER_FUNCTIONS.get(name)


def _of_do(do: Fields) -> Reach | None:
    return _CODE if _language(do["args"]) not in _KNOWN_LANGUAGES else None


def _of_function(function: Fields) -> Reach | None:
    """Making one loads its library or compiles it, and both may run code; of SQL's and PostgreSQL's own it does not."""
    body = "sql_body" in function or _language(function.get("options", ())) in _KNOWN_LANGUAGES
    return None if body else _CODE


def _language(options: Sequence[Fields]) -> str:
    given = (each["DefElem"]["arg"] for each in options if each["DefElem"]["defname"] == "language")
    return next((str(each["String"]["sval"]) for each in given), "plpgsql")


_READERS: dict[str, Callable[[Fields], Reach | None]] = {
    "CopyStmt": _of_copy,
    "FuncCall": _of_call,
    "DoStmt": _of_do,
    "CreateFunctionStmt": _of_function,
    **dict.fromkeys(("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "LockStmt", "TruncateStmt"), _of_relations),
}
"""Statements that reach beyond it by what they name."""
