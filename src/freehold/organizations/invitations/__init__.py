"""Invite people to an organization by mail."""
