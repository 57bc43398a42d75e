"""The environment of what tests start."""

import os

from freehold.postgres.binaries import SETTING


def settings() -> list[str]:
    """Name the variables by which Freehold is set, but for where PostgreSQL's programs are: the run was told that."""
    return [name for name in os.environ if name.startswith("FREEHOLD_") and name != SETTING]


def without_settings(*others: str) -> dict[str, str]:
    """Give this process's environment without Freehold's settings and without what begins with any of the others."""
    ours = settings()
    return {name: value for name, value in os.environ.items() if name not in ours and not name.startswith(others)}
