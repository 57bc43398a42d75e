"""What the model says in words: relationships, rules, examples."""

import json
from typing import Any, Final

from freehold.schema.prose import sentence
from freehold.schema.types import Column, Constraint, Model, Relationship, Table

NULLS: Final = "A rule about a value holds where the value is there: a CHECK lets NULL pass."
MIGRATION_RULES: Final = (
    "Create a migration file: `freehold migrate new NAME`.",
    "Include both up and down migrations: `freehold migrate check` refuses a file without.",
    "Test in a staging environment: `freehold migrate rehearse` runs both ways on a copy.",
    "Back up production data before applying: `freehold migrate up` makes a backup first.",
)
_EXAMPLES: Final[tuple[tuple[str, Any], ...]] = (
    ("uuid", "uuid"),
    ("bool", True),
    ("json", {}),
    ("timestamp", "timestamp"),
    ("date", "date"),
    ("smallint", 1),
    ("integer", 1),
    ("bigint", 1),
    ("numeric", 1.5),
    ("double", 1.5),
    ("real", 1.5),
)


def relation(related: Relationship) -> str:
    """Say a foreign key, from both sides."""
    many = "at most one" if related.single else "many"
    one = "at most one" if related.optional else "one"
    return (
        f"A row of {related.parent} has {many} in {related.child}; a row of {related.child} belongs to {one} in "
        f"{related.parent} ({', '.join(related.columns)})"
    )


def many_to_many(model: Model) -> list[str]:
    """Name the tables whose primary key is made of foreign keys to two tables."""
    parents: dict[str, list[Relationship]] = {}
    for each in model.relationships:
        parents.setdefault(each.child, []).append(each)
    said = []
    for table in model.tables:
        key = {each.name for each in table.columns if each.primary}
        both = sorted({each.parent for each in parents.get(table.name, ()) if set(each.columns) < key})
        if len(both) == len(("one", "other")):
            said.append(f"Many {both[0]} to many {both[1]}, by {table.name} (many-to-many)")
    return said


def limits(column: Column) -> str:
    """Say a column's constraints as the tables of the document do."""
    told = ["PRIMARY KEY"] if column.primary else []
    told += ["UNIQUE"] if column.unique and not column.primary else []
    told += ["NOT NULL"] if column.not_null and not column.primary else []
    told += ["FOREIGN KEY"] if column.foreign else []
    told += [f"DEFAULT {column.default}"] if column.default else []
    return ", ".join(told)


def example(table: Table) -> str:
    """Show a row as JSON, with types where the values would be."""
    return json.dumps({each.name: _value(each.type) for each in table.columns}, indent=2, ensure_ascii=False)


def _value(type_: str) -> Any:
    if type_.endswith("[]"):
        return [_value(type_[:-2])]
    return next((value for start, value in _EXAMPLES if type_.startswith(start)), "string")


def rule(constraint: Constraint, table: Table) -> str:
    """Say a CHECK as people read it: its comment, else its condition in words; empty where the SQL stands alone."""
    types = {each.name: each.type for each in table.columns}
    return constraint.about or sentence(constraint.definition, types) or ""
