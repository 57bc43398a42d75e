"""Checks of what is in the database, and of who may change it."""

from collections.abc import AsyncIterator
from typing import Final

from freehold import migrate
from freehold.audit.heads import broken_heads
from freehold.data.own_tables import own_tables
from freehold.doctor import queries
from freehold.doctor.examination import Check, Patient, finding
from freehold.doctor.types import Finding


async def schema(patient: Patient) -> AsyncIterator[Finding]:
    """The schema is what the migrations of this version make."""
    status = await migrate.status(patient.url, sets=[migrate.builtin()], closely=True, memory=patient.memory)
    if status.pending:
        names = ", ".join(f"{each.version}_{each.name}" for each in status.pending)
        yield finding(
            schema,
            "error",
            f"Migrations of this version are not applied: {names}",
            "Run 'freehold migrate rehearse', then 'freehold migrate apply'.",
        )
    for trouble in status.troubles:
        yield finding(schema, "error", trouble.message, "Run 'freehold migrate status', and correct what it names.")
    for drifted in status.drift:
        yield finding(
            schema,
            "warning",
            f"Somebody changed the schema by hand: {drifted}",
            "Put it back, or write a migration for it; 'freehold migrate verify' shows when they agree.",
        )


async def privileges(patient: Patient) -> AsyncIterator[Finding]:
    """The role can do what the application does, and no more."""
    role = await queries.role(patient.db, tables=own_tables())
    if role.lacks:
        yield finding(
            privileges,
            "error",
            f"The role {role.name} may not use {', '.join(role.lacks)} as Freehold does",
            f"Run the statements that 'freehold doctor --grants {role.name}' prints, as the owner of the tables.",
        )
    if patient.is_embedded:
        return  # its one role is reached through a socket that no other user of the machine can open
    if role.is_superuser:
        yield finding(
            privileges,
            "warning",
            f"The role {role.name} is a superuser: whoever takes over Freehold takes over the server",
            "Serve with a role of its own: 'freehold doctor --grants ROLE' prints what it needs.",
        )
    elif role.may_delete_audit or role.may_truncate_audit or role.may_rewrite_audit:
        yield finding(
            privileges,
            "warning",
            f"The role {role.name} may change and delete audit events: whoever takes over Freehold can hide it",
            f"Let another role own the tables, and run what 'freehold doctor --grants {role.name}' prints.",
        )


async def integrity(patient: Patient) -> AsyncIterator[Finding]:
    """The schema's rules hold for every row, and every index is used."""
    for name in await queries.unproved_constraints(patient.db):
        table, _, constraint = name.rpartition(".")
        yield finding(
            integrity,
            "warning",
            f"The constraint {constraint} of {table} was never validated on existing rows",
            f"Run ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};",
        )
    for name in await queries.broken_indexes(patient.db):
        yield finding(
            integrity,
            "warning",
            f"The index {name} was never finished: it costs each write and answers nothing",
            f"Run REINDEX INDEX CONCURRENTLY {name};",
        )
    for name in await queries.idle_triggers(patient.db):
        yield finding(
            integrity,
            "error",
            f"Triggers of {name} are disabled, and with them its foreign keys or other rules",
            f"Run ALTER TABLE {name} ENABLE TRIGGER ALL; then look for rows that broke the rules meanwhile.",
        )
    for organization_id in await queries.organizations_without_owner(patient.db):
        yield finding(
            integrity,
            "error",
            f"The owner of the organization {organization_id} is not one of its members",
            "Find out who changed rows behind the constraints, and add the owner to organization_members.",
        )


async def audit(patient: Patient) -> AsyncIterator[Finding]:
    """Each audit chain still goes through the heads that were kept elsewhere."""
    if not patient.heads:
        yield finding(
            audit,
            "note",
            "Nothing shows whether the end of an audit log was cut off",
            "Keep heads elsewhere with 'freehold audit heads --to FILE' on a timer, and give them to "
            "'freehold doctor --heads FILE'.",
        )
        return
    for head in await broken_heads(patient.db, patient.heads):
        yield finding(
            audit,
            "error",
            f"The audit chain {head.chain_id} no longer has its event {head.sequence} as it was kept",
            "Somebody changed or cut the log: run 'freehold audit verify', and compare with a backup.",
        )


async def administrators(patient: Patient) -> AsyncIterator[Finding]:
    """Somebody can administer the platform."""
    if not await queries.any_admin(patient.db):
        yield finding(
            administrators,
            "note",
            "There is no platform administrator",
            "Run 'freehold users create NAME --email ADDRESS --admin'.",
        )


async def purging(patient: Patient) -> AsyncIterator[Finding]:
    """Deleted organizations are removed for good when their time is over."""
    for failed in await queries.failed_purges(patient.db):
        yield finding(
            purging,
            "warning",
            f"The deleted organization {failed.slug} ({failed.organization_id}) could not be removed for good, "
            f"{failed.attempts} times: {failed.reason.rstrip('.')}",
            "Delete the rows that refer to it, or choose another ON DELETE: 'freehold tenants check' names the keys. "
            "It is tried again each hour.",
        )


CHECKS: Final[tuple[Check, ...]] = (schema, privileges, integrity, audit, administrators, purging)
