"""Imported migrations as files of this engine."""

import re

from freehold.migrate.frameworks.chunks import Chunk
from freehold.migrate.frameworks.parts import Part, Parted

_NOTHING = {
    "up": "-- The original does nothing here.\nSELECT 1;\n",
    "down": "-- There is nothing to take back.\nSELECT 1;\n",
}


def rendered(parted: Parted, origin: str) -> list[str]:
    """Write the files of one migration.

    Args:
        parted: what goes into them.
        origin: the tool and how it calls the migration.
    """
    count = len(parted.parts)
    return [
        _file(part, parted, f"{origin} ({number} of {count})" if count > 1 else origin, last=number == count)
        for number, part in enumerate(parted.parts, 1)
    ]


def _file(part: Part, parted: Parted, origin: str, *, last: bool) -> str:
    head = [f"-- migrate: imported: {_line(origin)}"]
    if parted.no_way_back:
        head.append(f"-- migrate: irreversible: {_line(parted.no_way_back)}")
    if last and parted.remarks:
        head.append(parted.remarks)
    up = _section("up", part.up)
    down = _section("down", part.down, empty=bool(parted.no_way_back))
    return "\n".join([*head, "-- migrate:up", up, "-- migrate:down", down]).rstrip("\n") + "\n"


def _section(way: str, chunks: list[Chunk], *, empty: bool = False) -> str:
    if not chunks:
        return "" if empty else _NOTHING[way]
    alone = len(chunks) == 1 and chunks[0].runs_alone
    text = "".join(chunk.text for chunk in chunks).lstrip("\n")
    return "-- migrate: transaction=off\n" * alone + text


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
