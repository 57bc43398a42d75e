"""What a file runs: its statements, and those in the bodies of DO and of functions that it both makes and calls."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from freehold.migrate.rules.bodies import Bodies, Unseen, unreadable
from freehold.migrate.rules.code import Code, read
from freehold.migrate.rules.functions import RUN_A_TEXT, RUN_ELSEWHERE, WATCHED
from freehold.migrate.rules.names import Name, built_in, constant, of_parts, of_relation
from freehold.migrate.splitter import Statement
from freehold.migrate.tree import Fields, Node, UnreadableError, refuse_unreadable

_WRITES = frozenset(("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"))
_MATTERING = ("delete", "update", "merge", *WATCHED)
"""Words without which an INSERT only inserts."""


class _Routine(NamedTuple):
    """A function or procedure: where it was made, and what with."""

    name: Name
    fields: Fields
    code: Code


class Program(Bodies):
    """The statements of a section, in the order in which they run.

    Attributes:
        definitions: the statements that create something.
        unseen: what cannot be judged; complete when all statements were taken.
    """

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.unseen: list[Unseen] = []
        self.definitions: list[Code] = []
        self._statements = statements
        self._routines: list[_Routine] = []
        self._fired: list[tuple[Name, Name]] = []  # tables, and the functions that their triggers call
        for each in statements:
            if each.sql[:6].upper() == "CREATE":
                self._define(each)

    def __iter__(self) -> Iterator[Code]:
        for each in self._statements:
            if self._only_inserts(each):
                self._try(each)
                continue
            for code in self.read(each.sql, each.line):
                yield from self.run(code)

    def _define(self, statement: Statement) -> None:
        try:
            made = read(statement.sql, statement.line)
        except UnreadableError:
            return  # that is said when its turn comes
        self.definitions += made
        for code in made:
            self._note(code)

    def _only_inserts(self, statement: Statement) -> bool:
        """Whether it is one of the many INSERTs that a file of data consists of, and nothing else runs with it."""
        if self._fired or statement.sql[:6].upper() != "INSERT":
            return False
        text = statement.sql.lower()
        return not any(word in text for word in (*_MATTERING, *(each.name.name.lower() for each in self._routines)))

    def _note(self, code: Code) -> None:
        fields = code.node.fields
        if code.node.kind == "CreateFunctionStmt":
            self._routines.append(_Routine(of_parts(fields["funcname"]), fields, code))

    def set_off(self, node: Node, code: Code) -> Iterator[Code]:
        """Run the functions of the file that a part of a statement calls, by triggers too."""
        if node.kind == "FuncCall":
            yield from self._call(node.fields, code)
        elif node.kind == "CallStmt":
            yield from self._call(node.fields["funccall"], code)
        elif node.kind in _WRITES:
            table = of_relation(node.fields["relation"])
            for function in [function for on, function in self._fired if _may_be(on, table)]:
                yield from self._enter(function, code)
        elif node.kind == "CreateTrigStmt":
            self._fired.append((of_relation(node.fields["relation"]), of_parts(node.fields["funcname"])))

    def _call(self, call: Fields, code: Code) -> Iterator[Code]:
        name = of_parts(call["funcname"])
        if name.name in RUN_ELSEWHERE:
            why = f"is not judged: {name.name} runs it on another connection"
            self.miss(Unseen("dynamic-sql", code.line_of(call), why))
        elif built_in(name) in RUN_A_TEXT and "args" in call:
            yield from self.run_text(call["args"][0], code.line_of(call), sure=code.sure)
        yield from self._enter(name, code)

    def _enter(self, name: Name, caller: Code) -> Iterator[Code]:
        """Run the functions of a name that the file makes."""
        for routine in [each for each in self._routines if _may_be(each.name, name)]:
            self._routines.remove(routine)  # once is enough, and a function may call itself
            yield from self.run_function(routine.fields, routine.code._replace(sure=caller.sure))

    def run_inside(self, text: str, line: int, *, sure: bool) -> Iterator[Code]:
        """Run the statements of a body, which may make functions."""
        for code in self.read(text, line, sure=sure):
            self._note(code)
            yield from self.run(code)

    def run_text(self, expression: Fields, line: int, *, sure: bool) -> Iterator[Code]:
        """Run the statements in a text, if it is written there."""
        text = constant(expression)
        if text is None:
            self.miss(Unseen("dynamic-sql", line))
        else:
            yield from self.run_inside(text, line, sure=sure)

    def miss(self, unseen: Unseen) -> None:
        """Keep what cannot be judged."""
        self.unseen.append(unseen)

    def _try(self, statement: Statement) -> None:
        try:
            refuse_unreadable(statement.sql)
        except UnreadableError as error:
            self.miss(unreadable(statement.sql, statement.line, error))


def _may_be(one: Name, other: Name) -> bool:
    return one.name == other.name and (one.schema == other.schema or not one.schema or not other.schema)
