"""Finds where one organization could reach the rows of another, and what keeps rows from being removed."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from freehold.base.errors import FreeholdError
from freehold.data.db import Database, Transaction
from freehold.data.failures import UnexpectedDatabaseError
from freehold.data.own_tables import own_tables
from freehold.doctor.types import Finding, Severity
from freehold.tenants import queries
from freehold.tenants.role import quoted, read_role
from freehold.tenants.types import Function, Key, Policy, Table, TenantRole, View

_WORST_FIRST: Final[tuple[Severity, ...]] = ("error", "warning", "note")
_LASTING: Final = frozenset({"organizations", "users", "projects", "organization_members", "roles"})
"""Freehold's tables whose rows stay until somebody removes them; those of the others come and go by themselves."""


async def check(db: Database, *, column: str, role: str) -> list[Finding]:
    """Look at every table with a column for the organization, and at what reads them; the worst findings first.

    Args:
        db: the database.
        column: what the column is called.
        role: the role for tenants.
    """
    own = own_tables()
    found = await read_role(db, role)
    tables = await queries.tables(db, column=column, role=role, own_tables=own)
    policies = await queries.policies(db, role=role, own_tables=own)
    findings = [
        *_of_role(role, found),
        *_of_tables(tables, policies, column),
        *_of_views(await queries.views(db)),
        *_of_functions(await queries.functions(db)),
        *_of_keys(await queries.keys(db, column=column, own_tables=own), column),
        *await _of_plans(db, tables, found, role),
    ]
    return sorted(findings, key=lambda each: _WORST_FIRST.index(each.severity))


def _finding(check: str, severity: Severity, says: str, remedy: str) -> Finding:
    return Finding(check=check, severity=severity, says=says, remedy=remedy)


def _of_role(name: str, role: TenantRole) -> Iterator[Finding]:
    if not role.is_there or not role.may_take:
        says = "does not exist" if not role.is_there else "cannot be taken by this one"
        yield _finding("role", "error", f"The role {name} {says}", "Run 'freehold tenants role'.")
    if role.escapes:
        yield _finding(
            "role",
            "error",
            f"Row-level security does not bind the role {name}: it is a superuser or has BYPASSRLS, or can become one "
            "that does",
            f"Run ALTER ROLE {quoted(name)} NOSUPERUSER NOBYPASSRLS, and revoke such roles from it.",
        )
    if role.owns:
        yield _finding(
            "role",
            "error",
            f"The role {name} owns {', '.join(role.owns)}, so it may switch their protection off",
            "Let another role own the tables: ALTER TABLE ... OWNER TO ...",
        )
    if role.reads:
        yield _finding(
            "role",
            "error",
            f"The role {name} has rights on Freehold's tables, which have rows of all organizations: "
            f"{', '.join(role.reads)}",
            f"Revoke them: REVOKE ALL ON {', '.join(role.reads)} FROM {quoted(name)}. Operations of "
            "platform.within(connection) need none.",
        )


def _of_tables(tables: Sequence[Table], policies: Sequence[Policy], column: str) -> Iterator[Finding]:
    for table in tables:
        name = table.quoted
        protecting = f"Run 'freehold tenants protect {name}'."
        its = [policy for policy in policies if policy.table == name and policy.is_for_all and policy.is_permissive]
        if not table.is_secured:
            yield _finding("protection", "error", f"The table {name} is not protected", protecting)
        elif not any(policy.binds for policy in its):
            says = f"No policy of {name} compares its rows with the organization of the transaction"
            yield _finding("protection", "error", says, protecting)
        if table.is_secured and not table.is_forced:
            yield _finding(
                "force",
                "error",
                f"The owner of {name} is not bound by its policies",
                f"Write a migration with ALTER TABLE {name} FORCE ROW LEVEL SECURITY.",
            )
        for policy in its if table.is_secured else ():
            if not policy.binds:
                yield _finding(
                    "policy",
                    "error",
                    f"The policy {policy.name} of {name} shows or takes rows without asking for the organization, and "
                    "one permissive policy is enough",
                    "Drop it, make it RESTRICTIVE, or limit it to a role of its own with TO.",
                )
        if table.is_secured and not table.is_granted:
            says = f"The role for tenants has no rights on {name}"
            yield _finding("rights", "warning", says, protecting)
        if table.may_be_null:
            says = f"{column} of {name} may be NULL: such rows are nobody's"
            yield _finding("nullable", "warning", says, "Make the column NOT NULL.")
        if not table.has_key:
            says = f"{column} of {name} does not refer to organizations: its rows stay when their organization goes"
            yield _finding("on_delete", "warning", says, protecting)


def _of_views(views: Sequence[View]) -> Iterator[Finding]:
    for view in views:
        if view.is_materialized:
            says = f"The materialized view {view.name} keeps rows of {view.table}, of all organizations"
            yield _finding("view", "error", says, "Give the role for tenants no rights on it, or filter it in a view.")
            continue
        says = f"The view {view.name} reads {view.table} with the rights of its owner, {view.owner}"
        because = ", whom no policy binds" if view.escapes else ""
        remedy = f"Run ALTER VIEW {view.name} SET (security_invoker = true); it needs PostgreSQL 15."
        yield _finding("view", "error" if view.escapes else "warning", f"{says}{because}", remedy)


def _of_functions(functions: Sequence[Function]) -> Iterator[Finding]:
    for each in functions:
        says = f"The function {each.name} is SECURITY DEFINER and names {each.table}: it runs as {each.owner}"
        because = ", whom no policy binds" if each.escapes else ""
        remedy = f"Make it SECURITY INVOKER, or let a role own it that policies bind: ALTER FUNCTION {each.name} ..."
        yield _finding("function", "error" if each.escapes else "warning", f"{says}{because}", remedy)


def _of_keys(keys: Sequence[Key], column: str) -> Iterator[Finding]:
    whole = {(key.table, key.parent, name) for key in keys if column in key.columns for name in key.columns}
    for key in keys:
        where = f"{key.name} of {key.table}"
        if key.parent_is_freeholds:
            yield from _of_deletion(key, where)
        is_whole = all((key.table, key.parent, name) in whole for name in key.columns)
        crosses = key.is_tenants and column not in key.columns and not is_whole
        if crosses and (key.parent == "projects" if key.parent_is_freeholds else key.parent_is_tenants):
            yield _finding(
                "reference",
                "warning",
                f"{where} can refer to a row of {key.parent} of another organization",
                f"Refer to both: FOREIGN KEY ({column}, {', '.join(key.columns)}) REFERENCES {key.parent} "
                f"({column}, {', '.join(key.parent_columns)}). 'freehold tenants protect' writes it.",
            )


def _of_deletion(key: Key, where: str) -> Iterator[Finding]:
    to = f"{where} refers to {key.parent}"
    if key.deletes == "n" and key.requires:
        says = f"{to} with ON DELETE SET NULL, and its column is NOT NULL: nothing that it refers to can be deleted"
        yield _finding("on_delete", "error", says, "Choose ON DELETE CASCADE, or drop NOT NULL.")
    elif key.deletes in {"a", "r"}:
        lasts = key.parent in _LASTING
        says = (
            f"{to} without ON DELETE CASCADE or SET NULL: what it refers to cannot be deleted (409 still_referenced)"
            if lasts
            else f"{to}, whose rows come and go by themselves: it keeps sign-outs and cleaning jobs from their work"
        )
        remedy = (
            "Choose ON DELETE CASCADE or SET NULL; or keep it, and delete the rows in @platform.before_purge."
            if lasts
            else "Choose ON DELETE CASCADE or SET NULL."
        )
        yield _finding("on_delete", "warning" if lasts else "error", says, remedy)
    if not key.has_index:
        says = f"{where} has no index: each deletion in {key.parent} reads the whole table"
        yield _finding("index", "warning", says, f"Create an index on ({', '.join(key.columns)}).")


async def _of_plans(db: Database, tables: Sequence[Table], role: TenantRole, name: str) -> list[Finding]:
    """Ask the planner, as the role for tenants, whether the policy of each table is looked up by an index."""
    readable = {each.quoted: each for each in tables if each.is_secured and each.is_granted}
    if not readable or not role.may_take:
        return []
    reads = " UNION ALL ".join(f"SELECT 1 FROM {quoted_name}" for quoted_name in readable)  # noqa: S608 - quoted names

    async def explain(transaction: Transaction) -> Any:
        await transaction.run(f"SET LOCAL enable_seqscan = off; SET LOCAL ROLE {quoted(name)}")
        await transaction.run("SET LOCAL freehold.organization_id = '00000000-0000-0000-0000-000000000000'")
        row = await transaction.fetch_row(f"EXPLAIN (FORMAT JSON, VERBOSE) {reads}", [])
        return json.loads(row[0]) if row else []

    try:
        plan = await db.transact(explain)
    except (FreeholdError, UnexpectedDatabaseError) as error:
        return [_finding("plan", "warning", f"The plans could not be read: {error}", "Look at them by hand.")]
    found = set[tuple[str, str]]()
    for node in _nodes(plan[0]["Plan"]) if plan else ():
        if "Relation Name" in node and "Index Cond" not in node and "Recheck Cond" not in node:
            found.add((node["Schema"], node["Relation Name"]))
    return [
        _finding(
            "plan",
            "warning",
            f"The policy of {each.quoted} uses no index: every statement reads the whole table",
            "Compare the column itself with the setting, cast to uuid, and make an index that begins with the column.",
        )
        for each in readable.values()
        if (each.schema, each.name) in found
    ]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)
