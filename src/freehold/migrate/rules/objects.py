"""Rules on tables and indexes as a whole: making, dropping, renaming, rebuilding, locking them."""

from collections.abc import Iterator

from freehold.migrate.rules.names import Name, is_on, of_objects, of_parts, of_relation
from freehold.migrate.rules.scope import Breach, Judge, Scope
from freehold.migrate.tree import Fields

_HARMLESS_LOCK = 4
"""SHARE UPDATE EXCLUSIVE: up to this mode a lock holds up neither readers nor writers."""

_TABLES = frozenset(("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"))
_DROP_COLUMNS = frozenset(("OBJECT_TYPE", "OBJECT_DOMAIN", "OBJECT_EXTENSION", "OBJECT_COLLATION"))


def _index(fields: Fields, scope: Scope) -> Iterator[Breach]:
    relation = fields["relation"]
    on_parent = not relation.get("inh") and scope.known.partitioned(scope.made.resolve(of_relation(relation)))
    if not fields.get("concurrent") and not on_parent and not scope.is_new(relation):
        yield Breach("require-concurrent-index-creation")


def _reindex(fields: Fields, scope: Scope) -> Iterator[Breach]:
    if not is_on(fields.get("params", ()), "concurrently") and not _is_new(fields, scope):
        yield Breach("require-concurrent-reindex")


def _drop(fields: Fields, scope: Scope) -> Iterator[Breach]:
    kind, cascades = fields["removeType"], fields.get("behavior") == "DROP_CASCADE"
    others = [name for name in of_objects(fields) if name not in scope.made]
    if kind == "OBJECT_SCHEMA":
        others = [name for name in of_objects(fields) if Name(name.name, "*") not in scope.made]
    if not others:
        return
    if kind == "OBJECT_INDEX" and not fields.get("concurrent"):
        yield Breach("require-concurrent-index-deletion")
    elif scope.admits_loss:
        return
    elif kind == "OBJECT_TABLE" or (kind == "OBJECT_SCHEMA" and cascades):
        yield Breach("ban-drop-table")
    elif kind in _DROP_COLUMNS and cascades:
        why = "drops every column of that type, too, with its values"
        yield Breach("ban-drop-column", why=why, remedy="drop what uses it first, by name and without CASCADE")


def _drop_owned(_fields: Fields, scope: Scope) -> Iterator[Breach]:
    if not scope.admits_loss:
        yield Breach("ban-drop-table", remedy="drop what is meant, by name")


def _rename(fields: Fields, scope: Scope) -> Iterator[Breach]:
    kind = fields["renameType"]
    if "relation" in fields and scope.is_new(fields["relation"]):
        return
    if kind in ("OBJECT_COLUMN", "OBJECT_ATTRIBUTE"):
        yield Breach("renaming-column")
    elif kind in _TABLES or (kind == "OBJECT_SCHEMA" and Name(fields["subname"], "*") not in scope.made):
        yield Breach("renaming-table")


def _set_schema(fields: Fields, scope: Scope) -> Iterator[Breach]:
    if fields["objectType"] in _TABLES and not scope.is_new(fields["relation"]):
        yield Breach("renaming-table")


def _owner(fields: Fields, scope: Scope) -> Iterator[Breach]:
    ((kind, named),) = fields["object"].items() if "object" in fields else (("", {}),)
    if kind == "ObjectWithArgs" and scope.made.routine(of_parts(named["objname"])):
        return
    if kind == "List" and of_parts(named["items"]) in scope.made:
        return
    if kind == "String" and Name(named["sval"], "*") in scope.made:
        return
    yield Breach("change-owner")


def _always(rule: str) -> Judge:
    def judge(_fields: Fields, _scope: Scope) -> Iterator[Breach]:
        yield Breach(rule)

    return judge


def _unless_new(rule: str) -> Judge:
    def judge(fields: Fields, scope: Scope) -> Iterator[Breach]:
        if not _is_new(fields, scope):
            yield Breach(rule)

    return judge


def _refresh(fields: Fields, scope: Scope) -> Iterator[Breach]:
    if not fields.get("concurrent") and not _is_new(fields, scope):
        yield Breach("refresh-materialized-view")


def _vacuum(fields: Fields, scope: Scope) -> Iterator[Breach]:
    tables = [each["VacuumRelation"]["relation"] for each in fields.get("rels", ())]
    if is_on(fields.get("options", ()), "full") and not (tables and all(map(scope.is_new, tables))):
        yield Breach("vacuum-full")


def _lock(fields: Fields, scope: Scope) -> Iterator[Breach]:
    others = [each for each in fields["relations"] if not scope.is_new(each["RangeVar"])]
    if others and fields["mode"] > _HARMLESS_LOCK:
        yield Breach("lock-table")


def _is_new(fields: Fields, scope: Scope) -> bool:
    return "relation" in fields and scope.is_new(fields["relation"])


JUDGES: dict[str, Judge] = {
    "IndexStmt": _index,
    "ReindexStmt": _reindex,
    "DropStmt": _drop,
    "DropOwnedStmt": _drop_owned,
    "DropdbStmt": _always("ban-drop-database"),
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _set_schema,
    "AlterOwnerStmt": _owner,
    "ReassignOwnedStmt": _always("change-owner"),
    "ClusterStmt": _unless_new("cluster"),
    "CreateTrigStmt": _unless_new("create-trigger"),
    "RefreshMatViewStmt": _refresh,
    "VacuumStmt": _vacuum,
    "LockStmt": _lock,
}
"""By the kind of node."""
