"""Constraints of the outbox. No caller writes to it, so that breaking them would be a fault of the platform."""

from freehold.errors import check_means

check_means("mail_messages_attempts_check", pointer="/attempts", code="invalid_attempts", detail="must not be negative")
check_means(
    "mail_messages_outcome_check",
    pointer="/sent_at",
    code="invalid_outcome",
    detail="a message is either sent or given up",
)
