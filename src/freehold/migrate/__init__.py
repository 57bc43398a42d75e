"""Guarded migrations for any PostgreSQL 14 to 18 database, Freehold's own among them."""

from freehold.migrate.errors import MigrateError
from freehold.migrate.files import MigrationSet, builtin
from freehold.migrate.runner import Status, apply, down, status
from freehold.migrate.snapshot import dump_schema

__all__ = ["MigrateError", "MigrationSet", "Status", "apply", "builtin", "down", "dump_schema", "status"]
