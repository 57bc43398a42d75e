"""Reads the databases of other systems as if they were files."""

from freehold.transfer.systems.rows import SYSTEMS, Rows, SystemName, kinds_in

__all__ = ["SYSTEMS", "Rows", "SystemName", "kinds_in"]
