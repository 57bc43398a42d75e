"""Says how many rows of which tables keep something from being deleted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from freehold.base.errors import StillReferenced
from freehold.data import queries
from freehold.data.own_tables import SCHEMA, own_tables
from freehold.data.references import SECONDS, Broken, Root, counting, settled

if TYPE_CHECKING:
    from freehold.data.db import Transaction

_BOUNDED: Final = f"SET LOCAL statement_timeout = '{SECONDS}s'"
_WITHIN: Final = "SELECT set_config('freehold.organization_id', $1::text, true)"


async def count_references(transaction: "Transaction", broken: Broken, roots: Sequence[Root]) -> StillReferenced:
    """Count what refers to the roots. Whoever calls it ends or undoes the transaction, which it leaves changed.

    Raises:
        FreeholdError, or the driver's errors: it cannot be counted.
    """
    await transaction.run(_BOUNDED)
    # Where row-level security binds this role too, it shows the rows of one organization.
    for root in roots:
        named = {column.name: column.value for column in root.key}
        organization_id = named.get("id") if root.table == "organizations" else named.get("organization_id")
        if organization_id is not None:
            await transaction.fetch(_WITHIN, [str(organization_id)])
            break
    keys = await queries.foreign_keys(transaction, own_schema=SCHEMA, own_tables=own_tables())
    count = counting(keys, broken, roots)
    rows = await transaction.fetch(count.sql, count.arguments) if count else []
    return settled(broken, [(row["name"], row["rows"]) for row in rows])
