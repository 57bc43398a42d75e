"""Files that are generated, kept in the repository for review, and compared by a test."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def compare(path: Path, text: str) -> None:
    """Compare a file with what it should hold; under ``make renew``, which sets RENEW, write it.

    A test that calls this has the marker ``renews``.
    """
    if os.environ.get("RENEW"):
        path.write_text(text, encoding="utf-8")
    current = path.read_text(encoding="utf-8") if path.exists() else ""
    assert current == text, (
        f"{path.relative_to(REPOSITORY)} is not what it should be: run 'make renew' and look at the difference"
    )
