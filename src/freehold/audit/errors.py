"""Constraints of the audit log. The application cannot break them: it takes actions from an enumeration."""

from freehold.errors import check_means

check_means(
    "audit_events_action_check", pointer="/action", code="invalid_action", detail="must be of the form noun.verb"
)
check_means("audit_events_details_check", pointer="/details", code="invalid_details", detail="must be an object")
