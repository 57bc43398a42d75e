"""What is known of a database from the files before: read only when a rule asks."""

from collections.abc import Iterator, Sequence

from freehold.migrate.migration import Migration
from freehold.migrate.rules.code import Code
from freehold.migrate.rules.made import Names, created, paths
from freehold.migrate.rules.names import Name, of_objects, of_parts, of_relation
from freehold.migrate.rules.program import Program
from freehold.migrate.splitter import Statement
from freehold.migrate.tree import Fields, Node

ANYTHING = "*"
"""Stands for the columns of a check that nobody has seen, but that was validated."""


class Known:
    """Tables, checks and domains that earlier files made, and those of the file that is being read."""

    def __init__(self, earlier: Sequence[Migration] = ()) -> None:
        self._unread = list(earlier)
        self._tables = Names()
        self._partitioned: set[Name] = set()
        self._domains: set[Name] = set()
        self._checks: dict[tuple[Name, str], frozenset[str]] = {}
        self._valid: set[tuple[Name, str]] = set()

    def later(self, migration: Migration) -> None:
        """Go on to the next file: this one was judged, and what it made is there."""
        self._unread.append(migration)

    def there(self, name: Name) -> bool:
        """Whether an earlier file made a relation of that name."""
        self._catch_up()
        return name in self._tables

    def partitioned(self, table: Name) -> bool:
        """Whether it is the parent of partitions, which has no rows of its own."""
        self._catch_up()
        return table in self._partitioned

    def constrained(self, domain: Name) -> bool:
        """Whether it is a domain with a constraint."""
        self._catch_up()
        return domain in self._domains

    def checked(self, table: Name, column: str = "") -> bool:
        """Whether a validated check of the table shows that a column has no NULL; without a column: any check."""
        self._catch_up()
        return any(
            on == table and (not column or column in self._checks[on, name] or ANYTHING in self._checks[on, name])
            for on, name in self._valid
        )

    def read(self, code: Code, names: Names) -> None:
        """Take note of a statement; ``names`` resolves what it names."""
        for node in code.nodes if code.node.kind == "AlterTableStmt" else code.nodes[:1]:
            self._read(node, code.node, names)

    def _read(self, node: Node, whole: Node, names: Names) -> None:
        fields = node.fields
        if node.kind == "CreateStmt":
            table = names.resolve(of_relation(fields["relation"]))
            if "partspec" in fields:
                self._partitioned.add(table)
            for constraint in _constraints(fields):
                self._add(table, constraint)
        elif node.kind == "CreateDomainStmt" and any(
            each["Constraint"]["contype"] in ("CONSTR_CHECK", "CONSTR_NOTNULL")
            for each in fields.get("constraints", ())
        ):
            self._domains.add(names.resolve(of_parts(fields["domainname"])))
        elif node.kind == "AlterDomainStmt" and fields.get("subtype") in ("C", "O"):
            self._domains.add(names.resolve(of_parts(fields["typeName"])))
        elif node.kind == "AlterTableCmd":
            self._alter(fields, names.resolve(of_relation(whole.fields["relation"])))

    def _alter(self, command: Fields, table: Name) -> None:
        subtype = command["subtype"]
        if subtype == "AT_AddConstraint":
            self._add(table, command["def"]["Constraint"])
        elif subtype == "AT_ValidateConstraint":
            self._checks.setdefault((table, command["name"]), frozenset((ANYTHING,)))
            self._valid.add((table, command["name"]))
        elif subtype == "AT_DropConstraint":
            self._valid.discard((table, command["name"]))

    def _add(self, table: Name, constraint: Fields) -> None:
        if constraint["contype"] != "CONSTR_CHECK":
            return
        key = table, constraint.get("conname", f"{len(self._checks)} without a name")
        self._checks[key] = frozenset(_not_null(constraint.get("raw_expr", {})))
        if constraint.get("initially_valid"):
            self._valid.add(key)

    def _catch_up(self) -> None:
        while self._unread:
            migration = self._unread.pop(0)
            names = Names()
            for code in Program([each for each in migration.up.statements if _defines(each)]):
                for path in paths(code):
                    names.search(path)
                self._remember(code, names)
                self.read(code, names)

    def _remember(self, code: Code, names: Names) -> None:
        fields = code.node.fields
        for relation, _ in created(code.node):
            if relation.get("relpersistence") != "t":
                self._tables.add(names.resolve(of_relation(relation)))
        if code.node.kind == "DropStmt":
            for name in of_objects(fields):
                self._tables.discard(names.resolve(name))
        elif code.node.kind == "RenameStmt" and "relation" in fields and "subname" not in fields:
            old = names.resolve(of_relation(fields["relation"]))
            self._tables.discard(old)
            self._tables.add(Name(old.schema, fields["newname"]))


def _defines(statement: Statement) -> bool:
    """Whether a statement may define something; rows, of which there may be many, do not."""
    return not any(map(statement.begins, ("INSERT", "UPDATE", "DELETE", "MERGE", "COMMENT", "GRANT")))


def _constraints(table: Fields) -> Iterator[Fields]:
    for element in table.get("tableElts", ()):
        if "Constraint" in element:
            yield element["Constraint"]
        for each in element.get("ColumnDef", {}).get("constraints", ()):
            yield each["Constraint"]


def _not_null(expression: Fields) -> Iterator[str]:
    """The columns of which a condition says that they have no NULL."""
    match expression:
        case {"BoolExpr": {"boolop": "AND_EXPR", "args": parts}}:
            for part in parts:
                yield from _not_null(part)
        case {"NullTest": {"nulltesttype": "IS_NOT_NULL", "arg": {"ColumnRef": {"fields": [*_, {"String": name}]}}}}:
            yield name.get("sval", "")
