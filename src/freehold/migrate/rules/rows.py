"""Rules on rows: what is written or deleted without a condition that spares any."""

from collections.abc import Iterator

from freehold.migrate.rules.conditions import is_true, reach
from freehold.migrate.rules.names import Name, constant, of_relation
from freehold.migrate.rules.references import Rows
from freehold.migrate.rules.scope import Breach, Judge, Scope
from freehold.migrate.tree import Fields, walk


def _update(fields: Fields, scope: Scope) -> Iterator[Breach]:
    relation = fields["relation"]
    if relation["relname"] == "pg_settings" and "session_replication_role" in _texts(fields):
        yield Breach("disable-trigger", relation)
    elif not scope.is_new(relation):
        rows = Rows.of(relation, fields.get("fromClause", ()))
        yield from _all_rows("update-without-where", relation, fields.get("whereClause"), rows)


def _delete(fields: Fields, scope: Scope) -> Iterator[Breach]:
    relation, condition = fields["relation"], fields.get("whereClause")
    if not scope.is_new(relation) and not (is_true(condition) and _declared(of_relation(relation), scope)):
        rows = Rows.of(relation, fields.get("usingClause", ()))
        yield from _all_rows("delete-without-where", relation, condition, rows)


def _all_rows(rule: str, relation: Fields, condition: Fields | None, rows: Rows) -> Iterator[Breach]:
    """Find a condition that spares no row; the words WHERE TRUE say that this is meant."""
    if reach(condition, rows) == "all":
        yield Breach(rule, relation, severity="notice" if is_true(condition) else None)


def _merge(fields: Fields, scope: Scope) -> Iterator[Breach]:
    relation, source = fields["relation"], fields["sourceRelation"]
    if scope.is_new(relation):
        return
    rows = Rows.of(relation, [source])
    for clause in [each["MergeWhenClause"] for each in fields.get("mergeWhenClauses", ())]:
        rule = {"CMD_DELETE": "delete-without-where", "CMD_UPDATE": "update-without-where"}.get(clause["commandType"])
        if rule is None or clause["matchKind"] == "MERGE_WHEN_NOT_MATCHED_BY_TARGET":
            continue
        joined = fields["joinCondition"]
        if clause["matchKind"] == "MERGE_WHEN_NOT_MATCHED_BY_SOURCE":
            joined = {"BoolExpr": {"boolop": "NOT_EXPR", "args": [joined]}}
        conditions = [joined, *([clause["condition"]] if "condition" in clause else [])]
        if reach({"BoolExpr": {"boolop": "AND_EXPR", "args": conditions}}, rows) == "all":
            yield Breach(rule, relation)


def _truncate(fields: Fields, scope: Scope) -> Iterator[Breach]:
    others = [each["RangeVar"] for each in fields["relations"] if not scope.is_new(each["RangeVar"])]
    if others:
        yield Breach("truncate", others)
        if fields.get("behavior") == "DROP_CASCADE":
            yield Breach("ban-truncate-cascade", others)


def _declared(table: Name, scope: Scope) -> bool:
    """Whether the file says that the table's rows are lost."""
    targets = [each.target.lower().split(".") for each in scope.migration.lossy]
    return scope.migration.irreversible is not None or any(
        target[-1] == table.name or (len(target) > 1 and target[-2] == table.name) for target in targets
    )


def _texts(fields: Fields) -> set[str | None]:
    return {constant({node.kind: node.fields}) for node in walk(fields) if node.kind == "A_Const"}


JUDGES: dict[str, Judge] = {
    "UpdateStmt": _update,
    "DeleteStmt": _delete,
    "MergeStmt": _merge,
    "TruncateStmt": _truncate,
}
"""By the kind of node."""
