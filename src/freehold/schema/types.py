"""A data model as plain structs, whatever database it comes from."""

import msgspec


class Column(msgspec.Struct, frozen=True):
    """A column, with its type as PostgreSQL writes it."""

    name: str
    type: str
    not_null: bool
    default: str | None = None
    about: str | None = None
    primary: bool = False
    unique: bool = False
    foreign: bool = False


class Constraint(msgspec.Struct, frozen=True):
    """A primary key (p), unique (u), check (c), foreign key (f) or exclusion (x), with its definition."""

    name: str
    kind: str
    columns: list[str]
    definition: str
    about: str | None = None
    target: str | None = None
    target_columns: list[str] = []


class Index(msgspec.Struct, frozen=True):
    """An index with its definition."""

    name: str
    definition: str


class Table(msgspec.Struct, frozen=True):
    """A table; `name` includes the schema unless that is the only one."""

    name: str
    about: str | None
    columns: list[Column]
    constraints: list[Constraint]
    indexes: list[Index]


class Relationship(msgspec.Struct, frozen=True):
    """A foreign key: many (or, if `single`, at most one) of `child` refer to one of `parent`."""

    child: str
    parent: str
    columns: list[str]
    parent_columns: list[str]
    optional: bool
    single: bool


class Query(msgspec.Struct, frozen=True):
    """A query pattern, with its plan and the time it took on this database; None for a document of no database."""

    title: str
    sql: str
    plan: list[str]
    milliseconds: float | None


class Migration(msgspec.Struct, frozen=True):
    """An applied migration."""

    version: str
    name: str


class Model(msgspec.Struct, frozen=True):
    """All of it. `migrations` is None where Freehold's migrations were never used."""

    tables: list[Table]
    relationships: list[Relationship]
    queries: list[Query] = []
    migrations: list[Migration] | None = None
