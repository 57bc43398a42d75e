"""Guarded migrations for any PostgreSQL 14 to 18 database, Freehold's own among them.

The names are imported on first use: a server or command that only needs to know whether the schema is there starts
without the engine that judges and proves.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from freehold.migrate.catalog.memory import Memory
    from freehold.migrate.errors import MigrateError
    from freehold.migrate.files import MigrationSet, builtin
    from freehold.migrate.runner import Status, apply, down, status
    from freehold.migrate.snapshot import dump_schema
else:
    _HOMES = {
        "Memory": "catalog.memory",
        "MigrateError": "errors",
        "MigrationSet": "files",
        "Status": "runner",
        "apply": "runner",
        "builtin": "files",
        "down": "runner",
        "dump_schema": "snapshot",
        "status": "runner",
    }

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            return getattr(import_module(f"freehold.migrate.{_HOMES[name]}"), name)
        raise AttributeError(f"module 'freehold.migrate' has no attribute '{name}'")


__all__ = ["Memory", "MigrateError", "MigrationSet", "Status", "apply", "builtin", "down", "dump_schema", "status"]
