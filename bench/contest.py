"""Lets contestants take turns: A B C, A B C, ..., so that what else the machine does meets all of them."""

import time
from collections.abc import Callable, Mapping

Measure = Callable[[int], float]
"""Measures once; the argument is the number of the round."""


def alternate(title: str, measures: Mapping[str, Measure], *, rounds: int, unit: str = "/s") -> dict[str, list[float]]:
    """Measure each contestant in each round."""
    began = time.monotonic()
    print(f"\n{title}", flush=True)
    found: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure(number))
        latest = ", ".join(f"{name} {values[-1]:,.4g} {unit}" for name, values in found.items())
        print(f"  round {number + 1}: {latest}", flush=True)
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
    return found
