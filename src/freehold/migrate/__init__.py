"""Guarded migrations for any PostgreSQL 14 to 18 database, Freehold's own among them."""
