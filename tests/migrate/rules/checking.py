"""Judges a script as if it were the up section of a file."""

from pathlib import Path

from freehold.migrate.check import check
from freehold.migrate.findings import Finding
from freehold.migrate.migration import Migration, Section
from freehold.migrate.splitter import split


def judged(script: str) -> list[Finding]:
    """What check says of a script; its first line is 1."""
    section = Section(tuple(split(script)))
    return check([Migration("app", "0001", "a", Path("0001_a.sql"), section, section, "")])
