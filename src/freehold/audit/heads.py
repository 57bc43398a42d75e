"""Heads of audit chains that are kept elsewhere: whether the chains still go through them, and how they are kept."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from freehold.audit import queries
from freehold.audit.types import AuditHead
from freehold.data.sql import Executor

COMMAND_SECONDS: Final = 60.0
"""How long a command may take that keeps the heads."""


async def broken_heads(db: Executor, heads: Sequence[AuditHead]) -> list[AuditHead]:
    """Give those of the heads that the chains no longer go through: somebody changed or cut them."""
    places = await queries.broken_heads(
        db,
        chain_ids=[head.chain_id for head in heads],
        sequences=[head.sequence for head in heads],
        hashes=[bytes.fromhex(head.hash) for head in heads],
    )
    return [heads[place - 1] for place in places]


def read_heads(file: Path) -> list[AuditHead]:
    """Read what ``write_heads`` wrote; a file that is not there has none.

    Raises:
        ValueError: a line is no head; the message names it.
    """
    found = []
    for number, line in enumerate(file.read_text("utf-8").splitlines() if file.exists() else (), 1):
        try:
            found.append(AuditHead.read(line))
        except ValueError:
            raise ValueError(
                f"Line {number} of {file} is not CHAIN:SEQ:HASH, as 'freehold audit heads' prints it"
            ) from None
    return found


def write_heads(file: Path, heads: Sequence[AuditHead]) -> None:
    """Put the heads into a file, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    beside = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.writelines(f"{head}\n" for head in heads)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)


def hand_heads(command: str, heads: Sequence[AuditHead]) -> int:
    """Give the heads to a shell command, a line each, and its exit status.

    Raises:
        subprocess.TimeoutExpired: it took longer than a minute.
    """
    lines = "".join(f"{head}\n" for head in heads)
    return subprocess.run(command, shell=True, input=lines, text=True, check=False, timeout=COMMAND_SECONDS).returncode  # noqa: S602 - the operator's own
