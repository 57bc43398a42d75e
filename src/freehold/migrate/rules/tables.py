"""Rules on ALTER TABLE, command by command, and on the constraints of domains."""

from collections.abc import Callable, Iterator

from freehold.migrate.rules import columns
from freehold.migrate.rules.names import Name, of_parts, of_relation
from freehold.migrate.rules.scope import Breach, Judge, Scope
from freehold.migrate.tree import Fields

_ALWAYS = {
    "AT_AlterColumnType": "changing-column-type",
    "AT_SetLogged": "set-unlogged",
    "AT_SetUnLogged": "set-unlogged",
    "AT_SetAccessMethod": "set-access-method",
    "AT_SetTableSpace": "set-tablespace",
    "AT_DisableTrig": "disable-trigger",
    "AT_DisableTrigAll": "disable-trigger",
    "AT_DisableTrigUser": "disable-trigger",
    "AT_EnableReplicaTrig": "disable-trigger",
    "AT_ChangeOwner": "change-owner",
}
"""Commands that break a rule whatever else is said."""

_BUILDS = {
    "CONSTR_UNIQUE": "disallowed-unique-constraint",
    "CONSTR_PRIMARY": "adding-serial-primary-key-field",
    "CONSTR_EXCLUSION": "exclusion-constraint",
}
_READS = {
    "CONSTR_CHECK": "constraint-missing-not-valid",
    "CONSTR_FOREIGN": "adding-foreign-key-constraint",
    "CONSTR_NOTNULL": "adding-not-nullable-field",
}
_WITHOUT_ROWS = frozenset(("OBJECT_FOREIGN_TABLE", "OBJECT_VIEW", "OBJECT_SEQUENCE"))


def _alter_table(fields: Fields, scope: Scope) -> Iterator[Breach]:
    relation = fields["relation"]
    table, new = scope.made.resolve(of_relation(relation)), scope.is_new(relation)
    for command in [each["AlterTableCmd"] for each in fields.get("cmds", ())]:
        subtype = command["subtype"]
        if subtype == "AT_AttachPartition":
            yield from _attach(command, scope)
        elif new:
            continue
        elif rule := _ALWAYS.get(subtype):
            yield Breach(rule, command)
        elif fields["objtype"] in _WITHOUT_ROWS:
            continue
        elif judge := _COMMANDS.get(subtype):
            yield from judge(command, table, scope)


def _attach(command: Fields, scope: Scope) -> Iterator[Breach]:
    partition = command["def"]["PartitionCmd"]["name"]
    name = scope.made.resolve(of_relation(partition))
    if not scope.is_new(partition) and not scope.known.checked(name):
        yield Breach("attach-partition", command)


def _add_column(command: Fields, _table: Name, scope: Scope) -> Iterator[Breach]:
    return columns.added(command["def"]["ColumnDef"], scope)


def _drop_column(command: Fields, _table: Name, scope: Scope) -> Iterator[Breach]:
    if not scope.admits_loss:
        yield Breach("ban-drop-column", command)


def _add_constraint(command: Fields, table: Name, scope: Scope) -> Iterator[Breach]:
    constraint = command["def"]["Constraint"]
    kind = constraint["contype"]
    if kind in _BUILDS and "indexname" not in constraint:
        yield Breach(_BUILDS[kind], constraint)
    elif kind in _READS and "skip_validation" not in constraint:
        yield Breach(_READS[kind], constraint)
    elif kind in _READS and "conname" in constraint:
        scope.fresh.add((table, constraint["conname"]))


def _alter_constraint(command: Fields, _table: Name, _scope: Scope) -> Iterator[Breach]:
    change = command["def"]["ATAlterConstraint"]
    if change.get("alterEnforceability") and change.get("is_enforced"):
        yield Breach(
            "adding-foreign-key-constraint",
            command,
            remedy="drop it and add it again: ADD CONSTRAINT ... NOT VALID, VALIDATE CONSTRAINT in the next migration",
        )


def _validate(command: Fields, table: Name, scope: Scope) -> Iterator[Breach]:
    if (table, command["name"]) in scope.fresh:
        why = "reads the whole table under the lock that adding the constraint took in the same transaction"
        yield Breach("constraint-missing-not-valid", command, why, "VALIDATE CONSTRAINT in the next migration")


def _set_not_null(command: Fields, table: Name, scope: Scope) -> Iterator[Breach]:
    if not scope.known.checked(table, command["name"]):
        yield Breach("adding-not-nullable-field", command)


def _set_expression(command: Fields, _table: Name, _scope: Scope) -> Iterator[Breach]:
    why = "computes the column for every row, if it is stored: the table is rewritten while nobody can read it"
    yield Breach("adding-field-with-default", command, why, "add a column with the new expression, drop the old one")


def _detach(command: Fields, _table: Name, _scope: Scope) -> Iterator[Breach]:
    if not command["def"]["PartitionCmd"].get("concurrent"):
        yield Breach("require-concurrent-partition-detach", command)


def _enable_security(command: Fields, table: Name, scope: Scope) -> Iterator[Breach]:
    if table not in scope.guarded:
        yield Breach("row-level-security", command)


def _disable_security(command: Fields, _table: Name, _scope: Scope) -> Iterator[Breach]:
    why = "shows every row to everybody who may read the table"
    yield Breach("row-level-security", command, why, "keep it on, and change the policies")


_COMMANDS: dict[str, Callable[[Fields, Name, Scope], Iterator[Breach]]] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_AddConstraint": _add_constraint,
    "AT_AlterConstraint": _alter_constraint,
    "AT_ValidateConstraint": _validate,
    "AT_SetNotNull": _set_not_null,
    "AT_SetExpression": _set_expression,
    "AT_DetachPartition": _detach,
    "AT_EnableRowSecurity": _enable_security,
    "AT_ForceRowSecurity": _enable_security,
    "AT_DisableRowSecurity": _disable_security,
    "AT_NoForceRowSecurity": _disable_security,
}


def _alter_domain(fields: Fields, scope: Scope) -> Iterator[Breach]:
    if of_parts(fields["typeName"]) in scope.made:
        return
    every = "reads every table that has a column of it, while nobody can write to them"
    if fields["subtype"] == "C" and "skip_validation" not in fields["def"]["Constraint"]:
        yield Breach("constraint-missing-not-valid", fields, every)
    elif fields["subtype"] == "O":
        remedy = "ADD CONSTRAINT ... CHECK (VALUE IS NOT NULL) NOT VALID here, VALIDATE it in the next migration"
        yield Breach("adding-not-nullable-field", fields, every, remedy)


def _move_all(_fields: Fields, _scope: Scope) -> Iterator[Breach]:
    yield Breach("set-tablespace")


JUDGES: dict[str, Judge] = {
    "AlterTableStmt": _alter_table,
    "AlterDomainStmt": _alter_domain,
    "AlterTableMoveAllStmt": _move_all,
}
"""By the kind of node."""
