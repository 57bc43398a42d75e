"""What an expression looks at: the row that is changed, the same table once more, or other data."""

from collections.abc import Iterable
from typing import NamedTuple

from freehold.migrate.rules.names import Name, of_parts, of_relation
from freehold.migrate.tree import Fields, walk

_NARROWS = frozenset("limitCount limitOffset groupClause havingClause valuesLists larg".split())
"""Parts of a query, beside its condition, that leave rows out."""


class Rows(NamedTuple):
    """The rows that a condition is about.

    Attributes:
        table: their table.
        alias: how the statement calls it.
        again: aliases under which the statement reads the whole of the same table once more.
    """

    table: Name
    alias: str
    again: frozenset[str] = frozenset()

    @classmethod
    def of(cls, relation: Fields, sources: Iterable[Fields] = ()) -> "Rows":
        """The rows that a statement changes, and the sources that it joins them with."""
        table = of_relation(relation)
        again = frozenset(alias for each in sources if (alias := reads_whole(each, table)))
        return cls(table, relation.get("alias", {}).get("aliasname", table.name), again)


def column(expression: object) -> Name:
    """Table (or its alias) and name of a column; without a name if it is none."""
    match expression:
        case {"ColumnRef": {"fields": parts}}:
            return of_parts(parts)
    return Name("", "")


def refers(expression: object, rows: Rows) -> bool:
    """Whether a condition looks at the row.

    In a subquery, a name alone is one of the subquery's own columns, unless it is compared with another column.
    """
    for node in walk(_without_subqueries(expression)):
        if node.kind == "ColumnRef" and of_parts(node.fields["fields"]).schema in ("", rows.alias):
            return True
    for node in walk(expression):
        if node.kind == "ColumnRef" and of_parts(node.fields["fields"]).schema == rows.alias:
            return True
        sides = [column(node.fields.get(side)) for side in ("lexpr", "rexpr")] if node.kind == "A_Expr" else []
        if sides and all(side.name for side in sides) and any(not side.schema for side in sides):
            return True
    return False


def reads_whole(source: Fields, table: Name) -> str:
    """Under which alias a source of a join has every row of a table; empty if it has not."""
    match source:
        case {"RangeVar": relation} if of_relation(relation) == table:
            return str(relation.get("alias", {}).get("aliasname", table.name))
        case {"RangeSubselect": {"subquery": {"SelectStmt": query}, "alias": {"aliasname": alias}}}:
            if "whereClause" not in query and (inner := only_source(query)) and reads_whole(inner, table):
                return str(alias)
    return ""


def only_source(query: Fields) -> Fields | None:
    """What a query reads, if it reads one thing, and every row of it that its condition lets pass."""
    sources: list[Fields] = query.get("fromClause", [])
    return sources[0] if len(sources) == 1 and not _NARROWS & query.keys() else None


def same_row(left: object, right: object, rows: Rows) -> bool:
    """Whether two columns are the same one, of the table and of itself read once more."""
    one, other = column(left), column(right)
    return one.name == other.name != "" and {one.schema, other.schema} in [{rows.alias, each} for each in rows.again]


def bare(tree: object) -> object:
    """A tree without the places in the text, to compare."""
    if isinstance(tree, list):
        return [bare(each) for each in tree]
    if isinstance(tree, dict):
        return {key: bare(value) for key, value in tree.items() if key != "location"}
    return tree


def _without_subqueries(tree: object) -> object:
    if isinstance(tree, list):
        return [_without_subqueries(each) for each in tree]
    if isinstance(tree, dict):
        return {key: _without_subqueries(value) for key, value in tree.items() if key != "subselect"}
    return tree
