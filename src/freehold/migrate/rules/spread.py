"""Rules on tables that a directive puts on a Citus cluster: what Citus refuses, or does other than PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from freehold.migrate.citus.layout import EVERYWHERE, SPREAD
from freehold.migrate.directives import Distribute
from freehold.migrate.findings import Finding, finding
from freehold.migrate.migration import Migration
from freehold.migrate.rules.catalogue import RULES
from freehold.migrate.rules.code import Code
from freehold.migrate.rules.made import Names, paths
from freehold.migrate.rules.names import Name, built_in, of_objects, of_parts, of_relation
from freehold.migrate.rules.program import Program
from freehold.migrate.tree import Fields, Node, walk

_KEYS: Final = {"CONSTR_PRIMARY": "pkey", "CONSTR_UNIQUE": "key", "CONSTR_EXCLUSION": "excl", "CONSTR_FOREIGN": "fkey"}
_NULLS: Final = ("n", "d")
"""ON DELETE or UPDATE SET NULL, and SET DEFAULT."""
_VOLATILE: Final = frozenset(
    "clock_timestamp timeofday random gen_random_uuid uuidv4 uuidv7 uuid_generate_v4 nextval setval".split()
)


class _Key(NamedTuple):
    """A key that a table has: unique, or to another table."""

    table: Name
    name: str
    kind: str
    columns: tuple[str, ...]
    migration: Migration
    line: int
    parent: Name = Name("", "")
    on_delete: str = "a"
    on_update: str = "a"


class _Spot(NamedTuple):
    """Something else that a table has, or that is done to it, which matters if the table is placed in a way."""

    rule: str
    table: Name
    name: str
    migration: Migration
    line: int
    column: str = ""
    kinds: tuple[str, ...] = ("distributed", "reference")
    why: str = ""
    lasts: bool = True


class Spread:
    """What files say of the tables that they place, read in order."""

    def __init__(self) -> None:
        self._placed: dict[Name, Distribute] = {}
        for name in EVERYWHERE:
            self._placed[Name("", name)] = Distribute(name, "reference")
        for name, column in SPREAD.items():
            self._placed[Name("", name)] = Distribute(name, "distributed", column)
        self._own: set[Name] = set()
        self._keys: list[_Key] = []
        self._spots: list[_Spot] = []

    @staticmethod
    def is_used(migrations: Iterable[Migration]) -> bool:
        """Whether any file places a table: without that, there is nothing to judge."""
        return any(each.up.distributes for each in migrations)

    def judge(self, migration: Migration) -> list[Finding]:
        """Read a file, and judge what is wrong because of it."""
        names = Names()
        for code in Program(migration.up.statements):
            for path in paths(code):
                names.search(path)
            self._read(code, names, migration)
        now = {_named(each): each for each in migration.up.distributes}
        self._placed |= now
        self._own |= set(now)
        found = [*self._of_keys(migration, now), *self._of_spots(migration, now)]
        self._spots = [each for each in self._spots if each.lasts]
        return list(dict.fromkeys(found))

    def _of_spots(self, migration: Migration, now: dict[Name, Distribute]) -> Iterator[Finding]:
        for spot in self._spots:
            placed = self._placed.get(spot.table)
            if placed is None or placed.kind not in spot.kinds or not self._is_judged(spot, migration, now):
                continue
            if not spot.column or spot.column == placed.column:
                yield _found(migration, spot, now, spot.rule, spot.why)

    def _of_keys(self, migration: Migration, now: dict[Name, Distribute]) -> Iterator[Finding]:
        for key in self._keys:
            if not self._own or not (self._is_judged(key, migration, now) or key.parent in now):
                continue
            placed = self._placed.get(key.table, Distribute(key.table.name, "local"))
            if key.kind != "CONSTR_FOREIGN":
                if placed.kind == "distributed" and placed.column not in key.columns:
                    yield _found(migration, key, now, "citus-unique")
            elif why := _wrong_with(key, placed, self._placed.get(key.parent)):
                yield _found(migration, key, now, "citus-foreign-key", why)

    def _is_judged(self, each: _Key | _Spot, migration: Migration, now: dict[Name, Distribute]) -> bool:
        return each.migration is migration or each.table in now

    def _read(self, code: Code, names: Names, migration: Migration) -> None:
        for node in code.nodes if code.node.kind != "CreateStmt" else code.nodes[:1]:
            line = code.line_of(node.fields if node is not code.node else None)
            _Reader(self._keys, self._spots, names, migration, line).read(node, code)
        fields = code.node.fields
        if code.node.kind == "DropStmt":
            self._drop(fields, names)

    def _drop(self, fields: Fields, names: Names) -> None:
        kind = fields["removeType"]
        for name in of_objects(fields):
            table = names.resolve(name)
            if kind == "OBJECT_TABLE":
                self._keys[:] = [each for each in self._keys if each.table != table]
                self._spots[:] = [each for each in self._spots if each.table != table]
                self._placed.pop(table, None)
            elif kind == "OBJECT_INDEX":
                self._keys[:] = [each for each in self._keys if each.name != name.name]
            elif kind == "OBJECT_TRIGGER":  # its name stands behind that of its table
                self._spots[:] = [
                    each for each in self._spots if each.rule != "citus-trigger" or each.name != name.name
                ]


class _Reader(NamedTuple):
    """Reads one statement."""

    keys: list[_Key]
    spots: list[_Spot]
    names: Names
    migration: Migration
    line: int

    def read(self, node: Node, code: Code) -> None:
        """Note what it makes, and what it does to rows."""
        fields = node.fields
        match node.kind:
            case "CreateStmt":
                self._table(fields)
            case "AlterTableStmt":
                self._alter(fields, code)
            case "IndexStmt" if fields.get("unique"):
                columns = tuple(each["IndexElem"].get("name", "") for each in fields["indexParams"])
                self._key(self._of(fields["relation"]), fields.get("idxname", ""), "CONSTR_UNIQUE", columns)
            case "CreateTrigStmt":
                self._spot("citus-trigger", self._of(fields["relation"]), fields["trigname"])
            case "UpdateStmt":
                self._update(fields)
            case "DeleteStmt":
                self._volatile(fields["relation"], fields.get("whereClause"))
            case "MergeStmt":
                self._spot("citus-write", self._of(fields["relation"]), kinds=("reference",), why=_MERGE, lasts=False)

    def _of(self, relation: Fields) -> Name:
        return self.names.resolve(of_relation(relation))

    def _spot(self, rule: str, table: Name, name: str = "", **more: Any) -> None:
        self.spots.append(_Spot(rule, table, name, self.migration, self.line)._replace(**more))

    def _key(self, table: Name, name: str, kind: str, columns: Sequence[str], **more: Any) -> None:
        if not name:
            middle = "" if kind == "CONSTR_PRIMARY" else "_".join(columns) + "_"
            name = f"{table.name}_{middle}{_KEYS[kind]}"
        self.keys.append(_Key(table, name, kind, tuple(columns), self.migration, self.line)._replace(**more))

    def _table(self, fields: Fields) -> None:
        table = self._of(fields["relation"])
        if fields["relation"].get("relpersistence") == "t":
            self._spot("citus-table", table, why="a temporary table cannot be placed")
        if "inhRelations" in fields and "partbound" not in fields:
            self._spot("citus-table", table, why="a table that inherits from another cannot be placed")
        if "partspec" in fields:
            why = "a partitioned table cannot be on every server"
            self._spot("citus-table", table, kinds=("reference",), why=why)
        for element in fields.get("tableElts", ()):
            if "Constraint" in element:
                self._constraint(table, element["Constraint"])
            if "ColumnDef" in element:
                self._column(table, element["ColumnDef"])

    def _column(self, table: Name, column: Fields) -> None:
        for each in column.get("constraints", ()):
            constraint = each["Constraint"]
            self._constraint(table, constraint, column["colname"])
            if constraint["contype"] == "CONSTR_GENERATED":
                why = "a generated column cannot be the one by which rows are spread"
                self._spot("citus-column", table, column=column["colname"], why=why)

    def _constraint(self, table: Name, fields: Fields, column: str = "") -> None:
        kind = fields["contype"]
        if kind not in _KEYS or "indexname" in fields:  # the index itself was judged
            return
        more: dict[str, Any] = {}
        if kind == "CONSTR_FOREIGN":
            columns = _strings(fields.get("fk_attrs", ())) or (column,)
            more = {
                "parent": self._of(fields["pktable"]),
                "on_delete": fields.get("fk_del_action", "a"),
                "on_update": fields.get("fk_upd_action", "a"),
            }
        elif kind == "CONSTR_EXCLUSION":
            columns = tuple(_excluded(fields))
        else:
            columns = _strings(fields.get("keys", ())) or (column,)
        self._key(table, fields.get("conname", ""), kind, columns, **more)

    def _alter(self, fields: Fields, code: Code) -> None:
        table = self._of(fields["relation"])
        commands = [each["AlterTableCmd"] for each in fields["cmds"]]
        adds = [each for each in commands if each["subtype"] == "AT_AddConstraint"]
        if adds and len(commands) > 1:
            self._spot("citus-alter", table, lasts=False, why=_OTHERS)
        for command in commands:
            self._replace(line=code.line_of(command)).command(table, command)

    def command(self, table: Name, command: Fields) -> None:
        """Read one command of ALTER TABLE."""
        subtype, name = command["subtype"], command.get("name", "")
        if subtype == "AT_AddConstraint":
            self._constraint(table, command["def"]["Constraint"])
        elif subtype == "AT_AddColumn":
            column = command["def"]["ColumnDef"]
            self._column(table, column)
            if any(each["Constraint"]["contype"] == "CONSTR_CHECK" for each in column.get("constraints", ())):
                self._spot("citus-alter", table, lasts=False, why=_WITH_CHECK)
        elif subtype == "AT_DropConstraint":
            self.keys[:] = [each for each in self.keys if (each.table, each.name) != (table, name)]
        elif subtype == "AT_DropColumn":
            self._spot(
                "citus-column", table, column=name, lasts=False, why="rows are spread by it: it cannot be dropped"
            )
        elif subtype == "AT_AlterColumnType":
            why = "rows are spread by it: it keeps its type"
            self._spot("citus-column", table, column=name, lasts=False, why=why)

    def _update(self, fields: Fields) -> None:
        table, targets = self._of(fields["relation"]), [each["ResTarget"] for each in fields["targetList"]]
        for target in targets:
            same = target.get("val", {}).get("ColumnRef", {}).get("fields")
            if same is None or of_parts(same).name != target["name"]:
                why = "rows are spread by it: Citus does not move a row to another server"
                self._spot("citus-column", table, column=target["name"], kinds=("distributed",), lasts=False, why=why)
        self._volatile(fields["relation"], [*targets, fields.get("whereClause")])

    def _volatile(self, relation: Fields, inside: object) -> None:
        for node in walk(inside):
            if node.kind == "FuncCall" and (called := built_in(of_parts(node.fields["funcname"]))) in _VOLATILE:
                why = f"{called}() gives another value on each server, so Citus refuses it in UPDATE and DELETE"
                self._spot("citus-write", self._of(relation), lasts=False, why=why)


_MERGE: Final = "Citus has no MERGE into a table that is on every server"
_OTHERS: Final = "Citus refuses ADD CONSTRAINT beside other commands in one ALTER TABLE"
_WITH_CHECK: Final = "Citus refuses ADD COLUMN with a CHECK in one command"


def _named(placed: Distribute) -> Name:
    schema, _, name = placed.table.rpartition(".")
    return Name(schema, name)


def _strings(parts: Iterable[Fields]) -> tuple[str, ...]:
    return tuple(part["String"].get("sval", "") for part in parts)


def _excluded(constraint: Fields) -> Iterator[str]:
    """The columns that an exclusion constraint compares with `=`: with any other, rows of two servers may clash."""
    for pair in constraint.get("exclusions", ()):
        element, operator = pair["List"]["items"]
        if of_parts(operator["List"]["items"]).name == "=":
            yield element["IndexElem"].get("name", "")


def _wrong_with(key: _Key, placed: Distribute, parent: Distribute | None) -> str:
    """Why Citus cannot hold a foreign key; empty if it can."""
    to = key.parent.name
    if key.parent == key.table:
        parent = placed
    kind = parent.kind if parent else "local"
    if placed.kind == "distributed":
        if kind == "local":
            return f"{to} is on the coordinator alone, and {key.table.name} is spread"
        holds = placed.column in key.columns
        if kind == "distributed" and not holds:
            return f"{to} is spread, too: the key must hold {placed.column}, by which both are"
        if holds and (key.on_delete in _NULLS or key.on_update in (*_NULLS, "c")):
            return f"it would change {placed.column}, by which rows are spread"
    elif kind == "distributed":
        where = "on every server" if placed.kind == "reference" else "on the coordinator alone"
        return f"{to} is spread, and {key.table.name} is {where}"
    elif placed.kind == "reference" and kind == "local" and {key.on_delete, key.on_update} - {"a", "r"}:
        return f"{to} is on the coordinator alone: from a table on every server, the key cannot change rows"
    return ""


def _found(migration: Migration, each: _Key | _Spot, now: dict[Name, Distribute], name: str, why: str = "") -> Finding:
    line = each.line
    if each.migration is not migration:  # from an earlier file: it is this file's directive that does not fit
        placed = now.get(each.table) or now.get(getattr(each, "parent", each.table))
        line = placed.line if placed else 1
        why = f"{why or RULES[name].why} ({each.name or each.table.name}, {each.migration.label})"
    rule = RULES[name]
    return finding(migration, rule.name, why or rule.why, line=line, remedy=rule.remedy, severity=rule.severity)
