"""Migrations of Django: they come after Freehold's."""
