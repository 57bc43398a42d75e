"""Suspend a user, who can do nothing until they are resumed, and keeps what is theirs."""
