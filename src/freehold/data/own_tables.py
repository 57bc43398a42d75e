"""Which tables and views of a database are Freehold's own."""

import re
from functools import cache
from importlib.resources import files
from typing import Final

SCHEMA: Final = "public"
"""Where they are."""


@cache
def own_tables() -> tuple[str, ...]:
    """Name the application's tables, as the migrations of this version make them."""
    return _named("(?:UNLOGGED )?TABLE")


@cache
def own_views() -> tuple[str, ...]:
    """Name the application's views."""
    return _named("VIEW")


def is_own(schema: str | None, table: str | None) -> bool:
    """Say whether a table is one of Freehold's."""
    return schema == SCHEMA and table in own_tables()


def _named(kind: str) -> tuple[str, ...]:
    snapshot = (files("freehold") / "migrations" / "schema.sql").read_text(encoding="utf-8")
    return tuple(re.findall(rf"^{kind} {SCHEMA}\.(\w+)", snapshot, re.MULTILINE))
