"""Files that are generated, kept in the repository for review, and compared by a test."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def compare(path: Path, text: str, *, command: str) -> None:
    """Compare a file with what it should hold; under the command, which sets FREEHOLD_RENEW, write it."""
    if os.environ.get("FREEHOLD_RENEW"):
        path.write_text(text, encoding="utf-8")
    current = path.read_text(encoding="utf-8") if path.exists() else ""
    assert current == text, (
        f"{path.relative_to(REPOSITORY)} is not what it should be: run '{command}' and look at the difference"
    )
