"""Writes the migration that protects a table: policies, keys and index, up and down, as the guard wants them."""

from pathlib import Path
from typing import Final, Literal, NamedTuple

from freehold.base.errors import Conflict, Missing
from freehold.data.db import Database
from freehold.data.own_tables import own_tables
from freehold.migrate.new import create
from freehold.tenants import queries
from freehold.tenants.role import quoted
from freehold.tenants.types import SETTING, Reference, Subject

OnDelete = Literal["cascade", "restrict"]
_MOST_CHARACTERS: Final = 63
_DELETES: Final = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_SMALL: Final = "the table was empty when this was written"
_PARTITIONED: Final = "PostgreSQL has no other way for a partitioned table"
_RULES: Final = {
    "index": ("require-concurrent-index-creation",),
    "keys": ("constraint-missing-not-valid", "adding-foreign-key-constraint"),
}


class NoSuchTable(Missing):
    """There is no such table of a program's own."""

    code = "no_such_table"
    title = "There is no such table"


class CannotProtect(Conflict):
    """The table cannot be protected as it is."""

    code = "cannot_protect"
    title = "This table cannot be protected as it is"


class Written(NamedTuple):
    """What was written, and what is left to do by hand."""

    files: list[Path]
    notes: list[str]


class Part(NamedTuple):
    """Statements of a migration, with what undoes them."""

    up: list[str]
    down: list[str]


class Key(NamedTuple):
    """A foreign key that is added."""

    name: str
    definition: str


async def protect(db: Database, table: str, *, column: str, role: str, on_delete: OnDelete, folder: Path) -> Written:
    """Write the migration files that protect a table; a table that is protected needs none.

    A table with rows gets up to three files, so that nobody waits for any of them: one builds the index, one adds
    policies and keys, one checks the keys on the rows. An empty table gets one.

    Args:
        db: the database, where the table is.
        table: its name, with its schema if that is not on the search path.
        column: with the organization's id.
        role: the role for tenants, which gets rights on the table.
        on_delete: what becomes of the rows when their organization is removed, if no key says so yet.
        folder: of the migrations.

    Raises:
        NoSuchTable: ``no_such_table``.
        CannotProtect: ``cannot_protect``: it is a view, or the column is missing or of another type.
    """
    found = await queries.subject(db, table=table, column=column, role=role, own_tables=own_tables())
    if found is None:
        raise NoSuchTable(f"There is no table '{table}' besides Freehold's own: create it first")
    if found.kind not in {"r", "p"}:
        raise CannotProtect(f"{table} is no table: protect the tables that it reads")
    if found.type != "uuid":
        has = "has no such column" if found.type is None else f"is of type {found.type}"
        raise CannotProtect(f"The column '{column}' of {table} must be a uuid, the id of an organization, and it {has}")
    references = await queries.references_of(db, table=table, column=column)
    rows = await db.fetch(f"SELECT FROM {found.quoted} LIMIT 1", [])
    work = _Work(found, references, column=quoted(column), role=quoted(role), on_delete=on_delete)
    return _write(work, folder, is_empty=not rows)


class _Work:
    """What is to be done with a table."""

    def __init__(
        self, table: Subject, references: list[Reference], *, column: str, role: str, on_delete: OnDelete
    ) -> None:
        self.table = table
        self.column = column.strip('"') if column.strip('"').isidentifier() else column
        self.role = role
        self.keys, self.notes = self._keys(references, on_delete)
        if table.may_be_null:
            self.notes.append(
                f"{self.column} may be NULL, and rows without an organization are nobody's: make it NOT NULL "
                "(docs/how-to/large-table-migration.md)"
            )

    def name(self, *words: str) -> str:
        """Make the name of something that belongs to the table."""
        name = "_".join((self.table.name, *words))
        return quoted(name[:_MOST_CHARACTERS]) if not name.isidentifier() or name != name.lower() else name[:63]

    def index(self, how: str) -> Part | None:
        """Build the index that the policy is looked up by; with the primary key, so that others can refer to both."""
        if self.table.has_index:
            return None
        key = [column for column in self.table.key if column != self.column]
        unique, columns, end = ("UNIQUE ", [self.column, *key], "key") if key else ("", [self.column], "idx")
        name = self.name("organization", end)
        schema = "" if self.table.schema == "public" else f"{quoted(self.table.schema)}."
        return Part(
            [f"CREATE {unique}INDEX {how}{name} ON {self.table.quoted} ({', '.join(columns)});"],
            [f"DROP INDEX {how}{schema}{name};"],
        )

    def _keys(self, references: list[Reference], on_delete: OnDelete) -> tuple[list[Key], list[str]]:
        keys, notes = list[Key](), list[str]()
        if not any(each.is_to_organizations and each.column == self.column for each in references):
            deletes = on_delete.upper()
            keys.append(
                Key(
                    self.name("organization_fkey"),
                    f"FOREIGN KEY ({self.column}) REFERENCES organizations (id) ON DELETE {deletes}",
                )
            )
        for each in references:
            if each.is_to_organizations or not each.can_be_composite:
                continue
            if each.deletes in {"n", "d"}:
                notes.append(
                    f"{each.name} cannot be repeated with the organization, since ON DELETE {_DELETES[each.deletes]} "
                    f"would clear {self.column} too: a row can refer to another organization's row of {each.parent}"
                )
                continue
            pair = f"FOREIGN KEY ({self.column}, {each.column}) REFERENCES {each.parent}"
            keys.append(
                Key(
                    self.name(each.column.strip('"'), "organization_fkey"),
                    f"{pair} ({self.column}, {each.parent_column}) ON DELETE {_DELETES[each.deletes]}",
                )
            )
        return keys, notes

    def security(self, *, not_valid: bool) -> Part:
        """Add keys, policies and rights."""
        table, quoted_table = self.table, self.table.quoted
        up, down = list[str](), list[str]()
        for key in self.keys:
            end = " NOT VALID" if not_valid else ""
            up.append(f"ALTER TABLE {quoted_table} ADD CONSTRAINT {key.name}\n    {key.definition}{end};")
            down.insert(0, f"ALTER TABLE {quoted_table} DROP CONSTRAINT {key.name};")
        if not table.has_policy:
            name = self.name("organization")
            up.append(
                f"CREATE POLICY {name} ON {quoted_table} USING (\n"
                f"    {self.column} = (SELECT nullif(current_setting('{SETTING}', true), '')::uuid)\n);"
            )
            down.insert(0, f"DROP POLICY {name} ON {quoted_table};")
        if not table.is_secured:
            up.append(f"ALTER TABLE {quoted_table} ENABLE ROW LEVEL SECURITY;")
            down.insert(0, f"ALTER TABLE {quoted_table} DISABLE ROW LEVEL SECURITY;")
        if not table.is_forced:
            up.append(f"ALTER TABLE {quoted_table} FORCE ROW LEVEL SECURITY;")
            down.insert(0, f"ALTER TABLE {quoted_table} NO FORCE ROW LEVEL SECURITY;")
        if not table.may_use_schema:
            up.append(f"GRANT USAGE ON SCHEMA {quoted(table.schema)} TO {self.role};")
            down.insert(0, f"REVOKE USAGE ON SCHEMA {quoted(table.schema)} FROM {self.role};")
        if not table.is_granted:
            up.append(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted_table} TO {self.role};")
            down.insert(0, f"REVOKE ALL ON {quoted_table} FROM {self.role};")
            if table.sequences:
                names = ", ".join(table.sequences)
                up.append(f"GRANT USAGE ON SEQUENCE {names} TO {self.role};")
                down.insert(0, f"REVOKE ALL ON SEQUENCE {names} FROM {self.role};")
        return Part(up, down)

    def validation(self) -> Part | None:
        """Check the keys on the rows that are there."""
        if not self.keys:
            return None
        table = self.table.quoted
        again = [line for key in self.keys for line in self._unchecked(key)]
        return Part([f"ALTER TABLE {table} VALIDATE CONSTRAINT {key.name};" for key in self.keys], again)

    def _unchecked(self, key: Key) -> list[str]:
        """Make the key again as it was before it was checked."""
        table = self.table.quoted
        return [
            f"ALTER TABLE {table} DROP CONSTRAINT {key.name};",
            f"ALTER TABLE {table} ADD CONSTRAINT {key.name}\n    {key.definition} NOT VALID;",
        ]


def _write(work: _Work, folder: Path, *, is_empty: bool) -> Written:
    name, files = work.table.name, list[Path]()
    says = f"organizations see their own rows of {work.table.quoted} alone."
    if is_empty or work.table.kind == "p":
        index, security = work.index(""), work.security(not_valid=False)
        if index or security.up:
            ignored = [
                f"-- migrate: lint-ignore: {rule} {_SMALL if is_empty else _PARTITIONED}"
                for part, rules in _RULES.items()
                if (index if part == "index" else work.keys)
                for rule in rules
            ]
            up = [*(index.up if index else ()), *security.up]
            down = [*security.down, *(index.down if index else ())]
            files.append(_file(folder, f"protect_{name}", f"Protect: {says}", Part(up, down), ignored))
        return Written(files, work.notes)
    if index := work.index("CONCURRENTLY "):
        about = f"An index for the policy of {work.table.quoted}, built while the application runs."
        files.append(_file(folder, f"index_{name}_by_organization", about, index, is_alone=True))
    security = work.security(not_valid=True)
    if security.up:
        files.append(_file(folder, f"protect_{name}", f"Protect: {says}", security))
    if validation := work.validation():
        files.append(_file(folder, f"validate_{name}", f"Check the keys of {work.table.quoted}.", validation))
    return Written(files, work.notes)


def _file(
    folder: Path, name: str, about: str, part: Part, ignored: list[str] | None = None, *, is_alone: bool = False
) -> Path:
    path = create(folder, "".join(each if each.isalnum() else "_" for each in name.lower()))
    head = [f"-- {about}", *(["-- migrate: transaction=off"] if is_alone else []), "-- migrate:up", *(ignored or [])]
    down = ["-- migrate:down", *part.down] if part.down else ["-- migrate:down"]
    path.write_text("\n".join([*head, "", *part.up, "", *down, ""]), encoding="utf-8")
    return path
