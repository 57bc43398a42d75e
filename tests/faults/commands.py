"""Runs commands of Freehold, and kills them at a random moment of their work."""

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Final

from tests.cli.processes import PROGRAM
from tests.environment import without_settings

BOUND_SECONDS: Final = 120
_took: dict[str, float] = {}
"""How long a command takes that is let be; learned from the first."""


async def command(*arguments: str | Path, told: str = "", kills: bool = False) -> tuple[int, str]:
    """Run `freehold` with arguments; gives its exit status and what it said, in both of its streams.

    One that is to be killed is killed at a random moment of the time that the last of its kind took.
    """
    began, kind = time.monotonic(), " ".join(map(str, arguments[:2]))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, *map(str, arguments)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=without_settings(),
        start_new_session=True,
    )
    answer = asyncio.ensure_future(process.communicate(told.encode()))
    moment = random.uniform(0, _took.get(kind, 4)) if kills else BOUND_SECONDS  # noqa: S311 - any moment will do
    await asyncio.wait([answer], timeout=moment)
    if not answer.done():
        os.killpg(process.pid, signal.SIGKILL)
    said, _ = await answer
    assert process.returncode is not None
    if process.returncode == 0:
        _took[kind] = time.monotonic() - began
    return process.returncode, said.decode()


async def done(*arguments: str | Path, told: str = "") -> str:
    """Run one that has to work."""
    status, said = await command(*arguments, told=told)
    assert status == 0, f"freehold {' '.join(map(str, arguments[:2]))} ended with {status}: {said[-1000:]}"
    return said
