"""Where the rows of Freehold's tables are on Citus.

What belongs to one organization is spread by it. What many organizations share, and what every request asks, is on
every server (a reference table). All else stays on the coordinator.
"""

from typing import Final

SPREAD: Final = {
    "projects": "organization_id",
    "invitations": "organization_id",
    "audit_heads": "chain_id",
    "audit_events": "chain_id",
}
"""Spread by a column; rows with the same value of it are on one server, whichever of these tables they are in."""

EVERYWHERE: Final = (
    *("users", "organizations", "roles", "organization_members", "slugs", "owner_offers"),
    *("email_verifications", "password_resets", "email_undos", "used_tokens"),
)
"""On every server, in the order in which foreign keys lead from one to another."""
