"""Migrations that reach beyond their database, and some that only look as if they did."""

from pathlib import Path


def texts(name: str, **names: str) -> list[str]:
    """The texts of a file, which empty lines separate, without its heading; words in capitals are replaced."""
    _, *found = Path(__file__).with_name(f"{name}.sql").read_text("utf-8").strip().split("\n\n")
    for word, value in names.items():
        found = [each.replace(word, value) for each in found]
    return found
