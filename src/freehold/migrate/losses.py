"""What a way down loses, found by comparing, and whether the file says so."""

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from freehold.migrate.digests import Digests, TableDigest
from freehold.migrate.invent import Written
from freehold.migrate.migration import Migration


class Loss(NamedTuple):
    """Something that is not as it was.

    Attributes:
        table: quoted and qualified.
        column: empty for the rows as such.
        how: in words.
    """

    table: str
    column: str
    how: str

    @property
    def target(self) -> str:
        """As ``lossy:`` names it."""
        return f"{_short(self.table)}.{self.column}" if self.column else _short(self.table)


def lost_data(before: Digests, after: Digests) -> list[Loss]:
    """Compare every table with how it was; a column is named where the digests know columns."""
    losses: list[Loss] = []
    for name in before.differing_tables(after):
        was, now = before.tables.get(name), after.tables.get(name)
        if was is not None and now is not None:
            losses += _lost_in_table(name, was, now)
        elif was is not None and was.rows:
            losses.append(Loss(name, "", f"the table with its {was.rows} rows is gone"))
        elif now is not None and now.rows:
            losses.append(Loss(name, "", f"a table with {now.rows} rows was not there before"))
    for name, (was_at, _) in before.sequences.items():
        now_at = after.sequences.get(name)
        if now_at is not None and now_at[0] < was_at:  # having moved on is harmless, going back is not
            losses.append(Loss(name, "", f"the sequence went back from {was_at} to {now_at[0]}"))
    return losses


def _lost_in_table(name: str, was: TableDigest, now: TableDigest) -> list[Loss]:
    if was.rows != now.rows:
        return [Loss(name, "", f"had {was.rows} rows and has {now.rows}")]
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


def lost_writes(
    written: Written, rows_before: int, rows_after: int, now: dict[tuple[str, ...], dict[str, str | None]]
) -> list[Loss]:
    """Compare rows written after up with what is left of them after down; columns that only up has do not count."""
    losses: list[Loss] = []
    if rows_after < rows_before + written.total:
        missing = rows_before + written.total - rows_after
        losses.append(Loss(written.table, "", f"{missing} of {written.total} rows written after up are gone"))
    seen: set[str] = set()
    for key, text in written.rows.items():
        for column, value in now.get(key, {}).items():
            if column in text and column not in seen and not _same(text[column], value):
                seen.add(column)
                how = f"{_shown(text[column])}, written after up, became {_shown(value)}"
                losses.append(Loss(written.table, column, how))
    return losses


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
    return short in (loss.target, _short(loss.table)) or (
        not loss.column and short.startswith(f"{_short(loss.table)}.")
    )


def _short(table: str) -> str:
    return table.removeprefix("public.")


def _shown(text: str | None) -> str:
    if text is None:
        return "NULL"
    return repr(text) if len(text) <= 40 else f"{text[:37]!r}... ({len(text)} characters)"  # noqa: PLR2004


def _same(one: str | None, other: str | None) -> bool:
    if one == other:
        return True
    try:
        return one is not None and other is not None and Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False
