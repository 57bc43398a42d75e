"""Constraints of the audit log. The application cannot break them: what they check is made by its own statement."""

from freehold.errors import Conflict, check_means


class ChainForked(Conflict):
    """Two events took one place in a chain. It does not happen: each waits for the one before it."""

    code = "chain_forked"
    title = "The audit log was written at two places at once: try again"
    constraints = ("audit_events_chain_id_sequence_key", "audit_heads_pkey")


check_means(
    "audit_events_action_check", pointer="/action", code="invalid_action", detail="must be of the form noun.verb"
)
check_means("audit_events_details_check", pointer="/details", code="invalid_details", detail="must be an object")
check_means("audit_events_ip_check", pointer="/ip", code="invalid_hash", detail="must have a salt and a digest")
for table in ("audit_events", "audit_heads"):
    check_means(f"{table}_sequence_check", pointer="/sequence", code="invalid_count", detail="must be 1 or more")
    check_means(f"{table}_hash_check", pointer="/hash", code="invalid_hash", detail="must be a SHA-256 hash")
