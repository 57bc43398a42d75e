"""How a database differs from what migration files make of an empty one, in words, and what is left out of that."""

from collections.abc import Sequence

from freehold.migrate.catalog import SchemaObject
from freehold.migrate.fingerprint import Difference, differences

BOOKKEEPING = frozenset(
    (
        *("alembic_version", "django_migrations", "__diesel_schema_migrations", "flyway_schema_history"),
        *("goose_db_version", "schema_migrations", "schema_version", "_sqlx_migrations"),
    )
)
"""Tables in which other tools keep what they have applied."""
_TABLES = ("table", "view")


def unlikeness(made: Sequence[SchemaObject], live: Sequence[SchemaObject]) -> tuple[list[str], list[str]]:
    """Compare what the files make with what is there.

    A table that only one of them has is one difference, with all that belongs to it.

    Returns:
        How they differ, and what was not compared.
    """
    journals = _journals(made, live)
    theirs, versions = _at_versions_of(made, _without(live, journals))
    lonely = _tables(made) ^ _tables(theirs)
    rest = {each.identity for each in _without((*made, *theirs), lonely)}
    whole = {f"{kind} {name}" for kind in _TABLES for name in lonely}
    found = [_words(each) for each in differences(made, theirs) if each.identity in rest | whole]
    aside = [f"table {name}, in which another tool keeps what it has applied" for name in sorted(journals)]
    return found, [*aside, *(f"the version of extension {name}, which files seldom say" for name in versions)]


def _journals(made: Sequence[SchemaObject], live: Sequence[SchemaObject]) -> set[str]:
    """Tables of other tools' own, unless the files make them."""
    return {
        each.name for each in live if each.kind == "table" and each.name.rpartition(".")[2].strip('"') in BOOKKEEPING
    } - _tables(made)


def _at_versions_of(made: Sequence[SchemaObject], live: Sequence[SchemaObject]) -> tuple[list[SchemaObject], list[str]]:
    """The same schema with the files' versions of extensions, and the names of those that have another."""
    ours = {(each.identity, each.definition): each for each in made if each.kind == "extension"}
    same = [ours.get((each.identity, each.definition), each) for each in live]
    return same, [each.name for each, other in zip(live, same, strict=True) if each.here != other.here]


def _tables(objects: Sequence[SchemaObject]) -> set[str]:
    return {each.name for each in objects if each.kind in _TABLES}


def _without(objects: Sequence[SchemaObject], tables: set[str]) -> list[SchemaObject]:
    """All but some tables and views and what belongs to them."""
    owned = tuple(f" OWNED BY {name}." for name in tables)
    return [
        each
        for each in objects
        if each.parent not in tables
        and not (each.kind in _TABLES and each.name in tables)
        and not (each.kind == "sequence" and any(owner in each.definition for owner in owned))
    ]


def _words(difference: Difference) -> str:
    match difference.change:
        case "added":
            return f"only the database has {difference.identity}: {difference.after}"
        case "removed":
            return f"only the files make {difference.identity}: {difference.before}"
        case _:
            return f"{difference.identity} is {difference.after!r}, and the files make {difference.before!r}"
