"""Confirm an e-mail address."""
