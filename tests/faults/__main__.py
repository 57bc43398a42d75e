"""`make proof`: every fault twenty times, with progress, and the figures into the documentation.

FAULTS=word makes those alone whose name has the word (a regular expression), TIMES=3 each three times; with fewer than
twenty, nothing is written.
"""

import asyncio
import logging
import os
import re
import sys
import time
from typing import Final

from tests.faults.report import keep, write
from tests.faults.trying import FAULTS, Figures, Sites, attempt

TIMES: Final = 20


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


async def prove(times: int, chosen: str) -> list[Figures]:
    found = []
    faults = [each for each in FAULTS if re.search(chosen, each.name)]
    async with Sites() as sites:
        for number, fault in enumerate(faults, 1):
            began, head = time.monotonic(), f"[{number}/{len(faults)}] {fault.name}"

            def progress(done: int, head: str = head) -> None:
                if sys.stdout.isatty():
                    say(f"\r{head}: {done} of {times} ")

            figures = await attempt(fault, sites, times, progress)
            found.append(figures)
            if times >= TIMES:
                keep(figures)
            said = (
                f"skipped: {figures.skipped}"
                if figures.skipped
                else (
                    f"{figures.repetitions} times, {figures.acknowledged} acknowledged, {figures.lost} lost, "
                    f"{figures.doubled} doubled, longest outage {figures.longest_outage_seconds} s"
                )
            )
            say(f"{chr(13) if sys.stdout.isatty() else ''}{head}: {said} ({time.monotonic() - began:.0f} s)\n")
            for line in figures.broken:
                say(f"    {line}\n")
    return found


def main() -> int:
    logging.basicConfig(level=logging.ERROR)
    times, chosen = int(os.environ.get("TIMES", TIMES)), os.environ.get("FAULTS", "")
    found = asyncio.run(prove(times, chosen))
    if times >= TIMES:
        write([each.name for each in FAULTS])
    wrong = [each.fault for each in found if each.broken or each.lost or each.doubled or each.untrue]
    if wrong:
        say(f"Broken under: {'; '.join(wrong)}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
