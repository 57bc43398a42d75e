"""Deleting an organization: first for a while, then for good."""
