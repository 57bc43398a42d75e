"""Constraints of the audit log. The application cannot break them: what they check is made by its own statement."""

from freehold.errors import Conflict, check_means


class ChainForked(Conflict):
    """Two events took one place in a chain. It does not happen: each waits for the one before it."""

    code = "chain_forked"
    title = "The audit log was written at two places at once: try again"
    constraints = ("audit_events_chain_id_sequence_key", "audit_heads_pkey")


for table, column, detail in (
    ("audit_events", "action", "must be of the form noun.verb"),
    ("audit_events", "details", "must be an object"),
    ("audit_events", "sequence", "must be 1 or more"),
    ("audit_events", "hash", "must be a SHA-256 hash"),
    ("audit_events", "ip", "must have a salt and a digest"),
    ("audit_heads", "sequence", "must be 1 or more"),
    ("audit_heads", "hash", "must be a SHA-256 hash"),
):
    check_means(f"{table}_{column}_check", pointer=f"/{column}", code=f"invalid_{column}", detail=detail)
