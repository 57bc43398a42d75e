"""What a way down loses, found by comparing, and whether the file says so."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from freehold.migrate import large_objects
from freehold.migrate.digests import Digests, SequenceFacts, TableDigest
from freehold.migrate.migration import Migration


class Loss(NamedTuple):
    """Something that is not as it was.

    Attributes:
        table: quoted and qualified; also a sequence, or the large objects.
        column: empty for the rows as such.
        how: in words.
        part_of: for a sequence that went along with its table or column, how ``lossy:`` names those.
    """

    table: str
    column: str
    how: str
    part_of: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """As ``lossy:`` names it."""
        return f"{_short(self.table)}.{self.column}" if self.column else _short(self.table)


def lost_data(before: Digests, after: Digests) -> list[Loss]:
    """Compare every table with how it was; a column is named where the digests know columns."""
    losses: list[Loss] = []
    for name in before.differing_tables(after):
        was, now = before.of(name), after.of(name)
        if was is not None and now is not None:
            losses += _lost_in_table(name, was, now)
        elif was is not None and was.rows:
            losses.append(Loss(name, "", f"the table with its {was.rows} rows is gone"))
        elif now is not None and now.rows:
            losses.append(Loss(name, "", f"a table with {now.rows} rows was not there before"))
    return [*losses, *_gone_back(before, after, losses)]


def _gone_back(before: Digests, after: Digests, losses: list[Loss]) -> Iterator[Loss]:
    """Sequences that will hand out again what they have handed out; having moved on is harmless."""
    for name, was in before.sequences.items():
        now, facts = after.sequences.get(name), before.facts.get(name, SequenceFacts(descending=False))
        direction = -1 if facts.descending else 1
        if now is None or (now[0] - was[0]) * direction + now[1] - was[1] >= 0:
            continue
        emptied = (after.of(facts.table) or TableDigest(0, "")).rows == 0
        along = emptied or any(loss.table == facts.table and loss.column in ("", facts.column) for loss in losses)
        whole = (_short(facts.table), f"{_short(facts.table)}.{facts.column}") if facts.table and along else ()
        yield Loss(
            name, "", f"the sequence went back from {was[0]} to {now[0] if now[0] != was[0] else 'before it'}", whole
        )


def _lost_in_table(name: str, was: TableDigest, now: TableDigest) -> list[Loss]:
    if was.rows != now.rows:
        things = "objects" if name == large_objects.NAME else "rows"
        return [Loss(name, "", f"had {was.rows} {things} and has {now.rows}")]
    if name == large_objects.NAME:
        return [Loss(name, "", "large objects have other contents")]
    renamed = {values for column, values in now.columns.items() if column not in was.columns}
    changed = [
        column
        for column, values in was.columns.items()
        if values != now.columns.get(column) and (values[0] or column in now.columns) and values not in renamed
    ]
    if not changed and was.columns.keys() != now.columns.keys():
        return []  # every old value is there, beside columns that down forgot: the schema says so
    if not changed:
        return [Loss(name, "", "its rows have other values")]
    return [Loss(name, column, _how(was.columns[column][0], now.columns.get(column, (0, ""))[0])) for column in changed]


def _how(was: int, now: int) -> str:
    return f"had {was} values and has {now}" if was != now else f"some of its {was} values are not what they were"


def undeclared(migration: Migration, losses: list[Loss]) -> list[Loss]:
    """The losses that no ``lossy:`` line and no ``irreversible:`` of the file admits."""
    if migration.irreversible:
        return []
    return [loss for loss in losses if not any(_covers(lossy.target, loss) for lossy in migration.lossy)]


def untrue(migration: Migration, losses: list[Loss]) -> list[str]:
    """Declarations that no loss bears out."""
    return [lossy.target for lossy in migration.lossy if not any(_covers(lossy.target, loss) for loss in losses)]


def _covers(target: str, loss: Loss) -> bool:
    short = target.removeprefix("public.")
    whole = _short(loss.table)
    return short in (loss.target, whole, *loss.part_of) or (not loss.column and short.startswith(f"{whole}."))


def _short(table: str) -> str:
    return table.removeprefix("public.")


def shown(text: str | None) -> str:
    """A value in words that fit into a line."""
    if text is None:
        return "NULL"
    return repr(text) if len(text) <= 40 else f"{text[:37]!r}... ({len(text)} characters)"  # noqa: PLR2004


def same(one: str | None, other: str | None) -> bool:
    """Whether two texts are of the same value: a number may have more zeros."""
    if one == other:
        return True
    try:
        return one is not None and other is not None and Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
