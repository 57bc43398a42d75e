"""Roles that organizations make for themselves, beside owner, admin and member."""
