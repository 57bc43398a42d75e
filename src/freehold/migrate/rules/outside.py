"""Rules on what may stand inside a transaction, and what must stand outside."""

from collections.abc import Iterator

from freehold.migrate.migration import Section
from freehold.migrate.splitter import Statement


def judge(section: Section) -> Iterator[tuple[str, Statement]]:
    """Give the rules that the statements of a section break."""
    for statement in section.statements:
        if section.transaction and statement.sql[:6].upper() == "INSERT":
            continue  # of which there may be many
        outside = statement.refuses_transaction
        if outside and section.transaction:
            yield "needs-no-transaction", statement
        elif _without_a_name(statement):
            yield "unnamed-index", statement
        elif not section.transaction and section.backfill is None and not (outside or statement.begins("ANALYZE")):
            yield "not-resumable", statement


def _without_a_name(statement: Statement) -> bool:
    if not statement.begins("CREATE"):
        return False
    words = [word for word in statement.words if not word.is_word("UNIQUE")][:4]
    return len(words) == 4 and all(  # noqa: PLR2004 - as many as are compared
        word.is_word(keyword) for word, keyword in zip(words, ("CREATE", "INDEX", "CONCURRENTLY", "ON"), strict=True)
    )
