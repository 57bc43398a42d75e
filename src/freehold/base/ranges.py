"""Ranges of numbers in words."""


def number_range(lowest: float | None, highest: float | None, *, above: bool = False) -> str:
    """Say which numbers are allowed: ``from 1 to 64``, ``from 1 up``, ``above 0 and up to 60``."""
    low, high = (None if number is None else _plain(number) for number in (lowest, highest))
    if low is None:
        return f"up to {high}" if high else ""
    if above:
        return f"above {low} and up to {high}" if high else f"above {low}"
    return f"from {low} to {high}" if high else f"from {low} up"


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
