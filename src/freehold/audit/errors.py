"""Constraints of the audit log. The application cannot break them: what they check is made by its own statement."""

from typing import Final

from freehold.base.errors import Conflict, Meaning, failing


class ChainForked(Conflict):
    """Two events took one place in a chain. It does not happen: each waits for the one before it."""

    code = "chain_forked"
    title = "Two requests wrote to the audit log at the same time: try again"
    constraints = ("audit_events_chain_id_sequence_key", "audit_heads_pkey")


MEANINGS: Final[dict[str, Meaning]] = {
    "audit_events_sequence_check": failing("/sequence", "invalid_count", "must be 1 or more"),
    "audit_events_hash_check": failing("/hash", "invalid_hash", "must be a SHA-256 hash"),
    "audit_heads_sequence_check": failing("/sequence", "invalid_count", "must be 1 or more"),
    "audit_heads_hash_check": failing("/hash", "invalid_hash", "must be a SHA-256 hash"),
    "audit_events_action_check": failing("/action", "invalid_action", "must be of the form noun.verb"),
    "audit_events_details_check": failing("/details", "invalid_details", "must be an object"),
    "audit_events_ip_check": failing("/ip", "invalid_hash", "must have a salt and a digest"),
}
