"""A migration of another tool as one or more of this engine's: each runs in one transaction or is one statement."""

from typing import NamedTuple

from freehold.migrate.concurrently import without_concurrently
from freehold.migrate.frameworks import control
from freehold.migrate.frameworks.chunks import Chunk
from freehold.migrate.frameworks.names import dropped_indexes, made_index, names, undone_index, used_index
from freehold.migrate.frameworks.original import Original
from freehold.migrate.frameworks.ways import Grouping, Way, read_way
from freehold.migrate.migration import Problem
from freehold.migrate.splitter import split


class Part(NamedTuple):
    """What becomes one file: statements up and down; either may be empty."""

    up: list[Chunk]
    down: list[Chunk]


class Parted(NamedTuple):
    """All files of one migration.

    Attributes:
        parts: in order.
        remarks: comments that belong to no statement.
        no_way_back: why there is none; empty if there is one.
        notes: what was done to it.
        problems: what cannot be imported, with file and line; then the rest does not count.
    """

    parts: list[Part]
    remarks: str
    no_way_back: str
    notes: list[str]
    problems: list[Problem]


def parted(original: Original) -> Parted:
    """Cut a migration where this engine has to."""
    up = read_way(original.up)
    down = read_way(original.down) if original.down else Way([], "", [], [])
    grouping = Grouping(original.up)
    grouping.read(up.chunks)
    notes = [*original.notes, *up.notes, *(f"way back: {note}" for note in down.notes), *grouping.notes]
    no_way_back = ""
    if original.down is None:
        no_way_back = original.no_way_back
    elif up.chunks and not down.chunks:
        no_way_back = "its way back holds no statement"
    if len(grouping.groups) > 1:
        notes.append(f"split into {len(grouping.groups)}: what runs outside of a transaction is alone in its file")
    parts = [Part(grouping.groups[0], down.chunks)]
    if len(grouping.groups) > 1:
        parts = [Part(*each) for each in zip(grouping.groups, _shared_out(grouping.groups, down.chunks), strict=True)]
    parts = [part._replace(down=_together(part.down, notes)) for part in parts]
    remarks = "\n".join(filter(None, (up.remarks, down.remarks)))
    return Parted(parts, remarks, no_way_back, notes, [*up.problems, *down.problems, *grouping.problems])


def _shared_out(groups: list[list[Chunk]], downs: list[Chunk]) -> list[list[Chunk]]:
    """The way back of each group: a statement goes to the group that first names what it takes back."""
    first: dict[str, int] = {}
    indexes: dict[str, int] = {}
    for place, group in enumerate(groups):
        for chunk in group:
            if index := made_index(chunk.statement):
                indexes[index] = place
            for name in names(chunk.statement):
                first.setdefault(name, place)
    shared: list[list[Chunk]] = [[] for _ in groups]
    place = len(groups) - 1
    for chunk in (each for down in downs for each in _singly(down)):
        dropped = [indexes[each.name] for each in dropped_indexes(chunk.statement) if each.name in indexes]
        named = [first[name] for name in names(chunk.statement) if name in first]
        place = max(dropped or named, default=place)
        shared[place].append(chunk)
    makers = {name: groups[place][0] for name, place in indexes.items()}
    if not downs:
        return shared
    return [[*back, *_completed(group, back, makers)] for group, back in zip(groups, shared, strict=True)]


def _completed(group: list[Chunk], back: list[Chunk], indexes: dict[str, Chunk]) -> list[Chunk]:
    """What a way back lacks when it stands alone: the index that is there no more, or still is."""
    if not back and (drop := undone_index(group[0].statement)):
        return [Chunk(statement, runs_alone=True) for statement in split(drop)]
    gone = [name for chunk in group if (name := used_index(chunk.statement)) in indexes]
    if not back or not gone:
        return []
    # An index that a constraint took over goes with it, and the file before made it.
    again = [without_concurrently(indexes[name].statement) for name in gone]
    return [Chunk(statement) for sql in again for statement in split(sql)]


def _singly(chunk: Chunk) -> list[Chunk]:
    """``DROP INDEX a, b`` as a statement for each index; anything else as it is."""
    drops = dropped_indexes(chunk.statement)
    if len(drops) < 2:  # noqa: PLR2004 - one is single already
        return [chunk]
    first, *others = [statement for drop in drops for statement in split(drop.sql, first_line=chunk.statement.line)]
    return [chunk._replace(statement=first), *(Chunk(each, runs_alone=chunk.runs_alone) for each in others)]


def _together(downs: list[Chunk], notes: list[str]) -> list[Chunk]:
    """A way back that runs in one transaction, unless it is one statement."""
    if len(downs) > 1 and any(chunk.runs_alone for chunk in downs):
        downs = [chunk for chunk in downs if not control.is_limit(chunk.statement)]
    if len(downs) == 1 or not any(chunk.runs_alone for chunk in downs):
        return downs
    kept: list[Chunk] = []
    for chunk in downs:
        if chunk.statement.begins("VACUUM"):
            notes.append(f"way back: taken out: VACUUM (line {chunk.statement.line})")
        elif chunk.statement.refuses_transaction:
            (statement,) = split(without_concurrently(chunk.statement), first_line=chunk.statement.line)
            notes.append(f"way back: without CONCURRENTLY (line {chunk.statement.line}), so that it is one transaction")
            kept.append(chunk._replace(statement=statement, runs_alone=False))
        else:
            kept.append(chunk._replace(runs_alone=False))
    return kept
