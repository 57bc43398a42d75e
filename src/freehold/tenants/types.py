"""What the catalog says of tables that belong to organizations, and of what reads them."""

import msgspec

SETTING = "freehold.organization_id"
"""The setting that a policy compares with."""


class TenantRole(msgspec.Struct, frozen=True, kw_only=True):
    """The role for statements in an organization, and what this session may do with it."""

    is_there: bool
    escapes: bool
    may_take: bool
    may_make: bool
    owns: tuple[str, ...]
    reads: tuple[str, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table with a column for the organization. Names are as they are; ``quoted`` is as SQL needs it."""

    schema: str
    name: str
    quoted: str
    type: str
    may_be_null: bool
    is_secured: bool
    is_forced: bool
    has_index: bool
    has_key: bool
    is_granted: bool


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy of a table."""

    table: str
    name: str
    is_permissive: bool
    is_for_all: bool
    shows: str | None
    accepts: str | None

    @property
    def binds(self) -> bool:
        """Whether it compares with the organization of the transaction, in whatever it says."""
        conditions = [each for each in (self.shows, self.accepts) if each is not None]
        return bool(conditions) and all(SETTING in each for each in conditions)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A view that reads a secured table with its owner's rights, or that keeps its rows."""

    name: str
    table: str
    owner: str
    is_materialized: bool
    escapes: bool


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """A function that runs with its owner's rights and names a secured table."""

    name: str
    table: str
    owner: str
    escapes: bool


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign key of a table that is not Freehold's."""

    name: str
    table: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    deletes: str
    requires: bool
    has_index: bool
    is_tenants: bool
    parent_is_freeholds: bool
    parent_is_tenants: bool


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A table that is to be protected, with what a migration for it needs to know."""

    schema: str
    name: str
    quoted: str
    kind: str
    type: str | None
    may_be_null: bool
    is_secured: bool
    is_forced: bool
    has_policy: bool
    has_index: bool
    is_granted: bool
    may_use_schema: bool
    key: tuple[str, ...]
    sequences: tuple[str, ...]


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign key of it, and whether one with the organization could stand beside it, and does not."""

    name: str
    column: str
    parent: str
    parent_column: str
    deletes: str
    is_to_organizations: bool
    can_be_composite: bool
