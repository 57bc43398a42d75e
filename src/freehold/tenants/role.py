"""The role for statements in an organization: how it is made, and who may take it."""

from collections.abc import Sequence

from freehold.base.errors import FreeholdError
from freehold.data.db import Database, Transaction
from freehold.data.own_tables import own_tables
from freehold.tenants import queries
from freehold.tenants.types import TenantRole


class RoleNeeded(FreeholdError):
    """The role for tenants is not there, and this session may not make it."""

    code = "tenant_role_needed"
    title = "Somebody who can create roles must make the role for your own tables"


def quoted(name: str) -> str:
    """Write a name as SQL needs it."""
    return '"' + name.replace('"', '""') + '"'


def statements(role: str, *, is_there: bool, takers: Sequence[str]) -> list[str]:
    """Write what makes the role, and lets others take it.

    It can neither sign in nor do anything but what is granted to it. Roles are the whole server's, so no migration
    makes it: a rehearsal beside production would make it there.

    Args:
        role: its name.
        is_there: whether it exists.
        takers: roles that may take it, quoted; CURRENT_USER is one.
    """
    made = [] if is_there else [f"CREATE ROLE {quoted(role)} NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT;"]
    return [*made, *(f"GRANT {quoted(role)} TO {taker};" for taker in takers)]


async def read_role(db: Database, role: str) -> TenantRole:
    """Read what the catalog says of the role."""
    return await queries.role(db, role=role, own_tables=own_tables())


async def make_role(db: Database, role: str, *, takers: Sequence[str] = ()) -> list[str]:
    """Make the role unless it is there, let this session take it, and others; gives what was run.

    Args:
        db: the database.
        role: its name.
        takers: names of other roles that may take it, such as the one that the server has.

    Raises:
        RoleNeeded: this session may not; names the statements to run.
    """
    found = await read_role(db, role)
    own = [] if found.may_take else ["CURRENT_USER"]
    wanted = statements(role, is_there=found.is_there, takers=[*own, *map(quoted, takers)])
    if not wanted:
        return []
    if not found.may_make:
        raise RoleNeeded(
            f"The role {role} is not ready, and this role may not make it. Have somebody run, who may create roles: "
            + " ".join(wanted)
        )

    async def run(transaction: Transaction) -> None:
        await transaction.run(" ".join(wanted))

    await db.transact(run)
    return wanted
