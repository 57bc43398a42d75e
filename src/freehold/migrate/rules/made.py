"""What a file itself has made so far: nobody else uses it yet, so that rules about others leave it alone."""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce

from freehold.migrate.rules.code import Code
from freehold.migrate.rules.names import Name, built_in, constant, of_objects, of_parts, of_relation, setting_and_value
from freehold.migrate.tree import Fields, Node

_TEMPORARY = "pg_temp"
_RELATIONS = frozenset(
    f"OBJECT_{kind}" for kind in "TABLE INDEX VIEW MATVIEW SEQUENCE FOREIGN_TABLE TYPE DOMAIN".split()
)
_ROUTINES = frozenset(f"OBJECT_{kind}" for kind in "FUNCTION PROCEDURE ROUTINE".split())

_CREATES: dict[str, tuple[str, ...]] = {
    "CreateStmt": ("relation",),
    "CreateForeignTableStmt": ("base", "relation"),
    "CreateTableAsStmt": ("into", "rel"),
    "SelectStmt": ("intoClause", "rel"),
    "ViewStmt": ("view",),
    "CreateSeqStmt": ("sequence",),
    "CompositeTypeStmt": ("typevar",),
}
"""Where each statement has the relation that it creates."""

_CREATES_TYPE = {"CreateEnumStmt": "typeName", "CreateRangeStmt": "typeName", "CreateDomainStmt": "domainname"}


class Names:
    """Relations and types by their names, as search_path resolves them; ``public`` is the path of who sets none."""

    def __init__(self) -> None:
        self._names: set[Name] = set()
        self._path = ""

    def __contains__(self, name: Name) -> bool:
        if not name.schema and Name(_TEMPORARY, name.name) in self._names:
            return True
        return self.resolve(name) in self._names

    def resolve(self, name: Name) -> Name:
        """The name with the schema in which it would be created."""
        schema = name.schema or self._path
        return Name("" if schema == "public" else schema, name.name)

    def add(self, name: Name, *, temporary: bool = False) -> None:
        """Note one; the name ``*`` is the schema itself."""
        self._names.add(Name(_TEMPORARY, name.name) if temporary else self.resolve(name))

    def discard(self, name: Name) -> None:
        """Forget one."""
        temporary = Name(_TEMPORARY, name.name)
        self._names.discard(temporary if not name.schema and temporary in self._names else self.resolve(name))

    def move(self, old: Name, new: Name) -> None:
        """Follow one to its new name, and forget what had that name."""
        known = old in self
        self.discard(old)
        if known:
            self.add(new)
        else:
            self.discard(new)

    def search(self, path: Iterable[str]) -> None:
        """Take note of search_path: what has no schema is looked for in its first one."""
        self._path = next((schema for schema in path if schema not in ("$user", "pg_catalog", _TEMPORARY)), "")


class Made(Names):
    """What the statements read so far have made.

    Args:
        there: whether ``CREATE ... IF NOT EXISTS`` may find something of that name.
    """

    def __init__(self, there: Callable[[Name], bool]) -> None:
        super().__init__()
        self._there = there
        self._gone: set[Name] = set()
        self._routines: set[Name] = set()

    def __contains__(self, name: Name) -> bool:
        return super().__contains__(name) or super().__contains__(Name(self.resolve(name).schema, "*"))

    def routine(self, name: Name) -> bool:
        """Whether a function or procedure of that name was made."""
        return self.resolve(name) in self._routines

    def read(self, code: Code) -> None:
        """Take note of what a statement makes, renames and drops."""
        node = code.node
        for relation, is_new in created(node):
            temporary = relation.get("relpersistence") == "t" or relation.get("schemaname") == _TEMPORARY
            name = of_relation(relation)
            if temporary or (code.sure and (is_new or self.resolve(name) in self._gone or not self._there(name))):
                self.add(name, temporary=temporary)
        for path in paths(code):
            self.search(path)
        if code.sure:
            self._follow(node)

    def _follow(self, node: Node) -> None:
        fields = node.fields
        if node.kind == "DropStmt" and fields.get("removeType") in _RELATIONS:
            for name in of_objects(fields):
                self._gone.add(self.resolve(name))
                self.discard(name)
        elif node.kind == "RenameStmt" and "relation" in fields and "subname" not in fields:
            old = of_relation(fields["relation"])
            self._gone.add(self.resolve(old))
            self.move(old, Name(old.schema, fields["newname"]))
        elif node.kind == "AlterObjectSchemaStmt" and "relation" in fields:
            old = of_relation(fields["relation"])
            self._gone.add(self.resolve(old))
            self.move(old, Name(fields["newschema"], old.name))
        elif node.kind == "CreateFunctionStmt" and not fields.get("replace"):
            self._routines.add(self.resolve(of_parts(fields["funcname"])))


def created(node: Node) -> Iterator[tuple[Fields, bool]]:
    """What a statement creates, as relations; and whether there was surely none before."""
    fields = node.fields
    while "larg" in fields:  # of a UNION, the first SELECT has the INTO
        fields = fields["larg"]
    if path := _CREATES.get(node.kind):
        relation = reduce(lambda at, key: at.get(key, {}), path, fields)
        maker = fields.get("base", fields)
        if relation:
            yield relation, not maker.get("if_not_exists") and not maker.get("replace")
    elif key := _CREATES_TYPE.get(node.kind):
        name = of_parts(fields[key])
        yield {"schemaname": name.schema, "relname": name.name}, True
    elif node.kind == "IndexStmt" and "idxname" in fields:
        yield {**fields["relation"], "relname": fields["idxname"]}, not fields.get("if_not_exists")
    elif node.kind == "CreateSchemaStmt":
        schema = fields.get("schemaname") or fields["authrole"].get("rolename", "$user")
        yield {"schemaname": schema, "relname": "*"}, not fields.get("if_not_exists")


def paths(code: Code) -> Iterator[list[str]]:
    """What a statement sets search_path to."""
    for node in code.nodes:
        if node.kind == "VariableSetStmt" and node.fields.get("name") == "search_path":
            yield [constant(each) or "" for each in node.fields.get("args", ())]
        elif node.kind == "FuncCall" and built_in(of_parts(node.fields["funcname"])) == "set_config":
            setting, value = setting_and_value(node.fields)
            if setting == "search_path" and value is not None:
                yield [part.strip().strip('"') for part in value.split(",")]
