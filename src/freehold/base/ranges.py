"""Ranges of numbers in words."""


def number_range(lowest: float | None, highest: float | None, *, above: bool = False) -> str:
    """Say which numbers are allowed: ``from 1 to 64``, ``of at least 1``, ``above 0 and up to 60``."""
    if lowest is None:
        return "" if highest is None else f"of at most {highest:g}"
    if highest is None:
        return f"above {lowest:g}" if above else f"of at least {lowest:g}"
    return f"above {lowest:g} and up to {highest:g}" if above else f"from {lowest:g} to {highest:g}"
