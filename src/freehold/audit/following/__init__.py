"""Following the audit log: every event once, in the order in which events become visible."""
