"""Rules on settings, sequences, and what lies outside of the database: files, programs, the server."""

from collections.abc import Iterator

from freehold.migrate.rules.functions import READ_OR_WRITE_FILES
from freehold.migrate.rules.names import Name, built_in, constant, of_parts, setting_and_value
from freehold.migrate.rules.scope import Breach, Judge, Scope
from freehold.migrate.tree import Fields

_TRIGGERS = "session_replication_role"
_TRIGGERS_FIRE = frozenset(("origin", "local"))


def _set(fields: Fields, _scope: Scope) -> Iterator[Breach]:
    if fields.get("name", "").lower() == _TRIGGERS and fields["kind"] == "VAR_SET_VALUE":
        said = [constant(each) for each in fields.get("args", ())]
        if not {str(each).lower() for each in said} <= _TRIGGERS_FIRE:
            yield Breach("disable-trigger")


def _set_for_others(fields: Fields, scope: Scope) -> Iterator[Breach]:
    return _set(fields["setstmt"], scope)


def _alter_system(fields: Fields, scope: Scope) -> Iterator[Breach]:
    yield Breach("alter-system")
    yield from _set(fields["setstmt"], scope)


def _copy(fields: Fields, _scope: Scope) -> Iterator[Breach]:
    if "filename" in fields:
        yield Breach("copy-program" if fields.get("is_program") else "server-file")


def _call(fields: Fields, scope: Scope) -> Iterator[Breach]:
    name, arguments = built_in(of_parts(fields["funcname"])), fields.get("args", [])
    if name == "setval" and not _is_new_sequence(arguments, scope):
        yield Breach("setval", fields)
    elif name == "set_config":
        setting, value = setting_and_value(fields)
        if setting == _TRIGGERS and (value or "").lower() not in _TRIGGERS_FIRE:
            yield Breach("disable-trigger", fields)
    elif name in READ_OR_WRITE_FILES:
        yield Breach("server-file", fields)


def _is_new_sequence(arguments: list[Fields], scope: Scope) -> bool:
    """Whether a sequence, or the table that it counts for, was made in the same file."""
    match arguments:
        case [{"FuncCall": {"funcname": parts, "args": [table, *_]}}, *_] if (
            built_in(of_parts(parts)) == "pg_get_serial_sequence"
        ):
            return _named(constant(table)) in scope.made
        case [sequence, *_]:
            return _named(constant(sequence)) in scope.made
    return False


def _named(text: str | None) -> Name:
    schema, _, name = (text or "").replace('"', "").rpartition(".")
    return Name(schema, name)


JUDGES: dict[str, Judge] = {
    "VariableSetStmt": _set,
    "AlterRoleSetStmt": _set_for_others,
    "AlterDatabaseSetStmt": _set_for_others,
    "AlterSystemStmt": _alter_system,
    "CopyStmt": _copy,
    "FuncCall": _call,
}
"""By the kind of node."""
