"""What a file runs: its statements, and those in the bodies of DO and of functions that it both makes and calls."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from freehold.migrate.lexer import Kind, tokens
from freehold.migrate.plpgsql import BodyError, Piece, read_body
from freehold.migrate.rules.code import Code, read
from freehold.migrate.rules.functions import RUN_A_TEXT, RUN_ELSEWHERE, WATCHED
from freehold.migrate.rules.names import Name, built_in, constant, of_parts, of_relation, option
from freehold.migrate.splitter import ScriptError, Statement, split
from freehold.migrate.tree import Fields, Node, UnreadableError, refuse_unreadable, walk

_WRITES = frozenset(("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"))
_MATTERING = ("delete", "update", "merge", *WATCHED)
"""Words without which an INSERT only inserts."""


class Unseen(NamedTuple):
    """What cannot be judged: the rule that says so, the line, and why where there is more to say."""

    rule: str
    line: int
    why: str = ""


class _Routine(NamedTuple):
    """A function or procedure: where it was made, and what with."""

    name: Name
    fields: Fields
    code: Code


class Program:
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
            for code in self._read(each.sql, each.line):
                yield from self._run(code)

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

    def _run(self, code: Code) -> Iterator[Code]:
        yield code
        for node in code.nodes:
            if node.kind == "DoStmt":
                yield from self._body(node.fields.get("args", ()), code)
            elif node.kind == "FuncCall":
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
            self.unseen.append(Unseen("dynamic-sql", code.line_of(call), why))
        elif built_in(name) in RUN_A_TEXT and "args" in call:
            yield from self._text(call["args"][0], code.line_of(call), sure=code.sure)
        yield from self._enter(name, code)

    def _enter(self, name: Name, caller: Code) -> Iterator[Code]:
        """Run the functions of a name that the file makes."""
        for routine in [each for each in self._routines if _may_be(each.name, name)]:
            self._routines.remove(routine)  # once is enough, and a function may call itself
            made, standard = routine.code._replace(sure=caller.sure), routine.fields.get("sql_body")
            if standard is None:
                yield from self._body(routine.fields.get("options", ()), made)
            else:  # BEGIN ATOMIC ... END, or RETURN
                yield from self._run(made._replace(nodes=(Node("Body", standard), *walk(standard))))

    def _body(self, options: Iterable[Fields], code: Code) -> Iterator[Code]:
        written = option(options, "as")
        if written is None:
            return
        named = option(options, "language")
        language = named["arg"]["String"]["sval"] if named else "plpgsql"
        text, line = _text_of(written), _line_of_body(code, written)
        if language == "plpgsql":
            yield from self._plpgsql(text, line, sure=code.sure)
        elif language == "sql":
            yield from self._sql(text, line, sure=code.sure)
        else:
            self.unseen.append(Unseen("other-language", line, f"is not judged: it is written in {language}"))

    def _sql(self, body: str, line: int, *, sure: bool) -> Iterator[Code]:
        try:
            statements = split(body, first_line=line)
        except ScriptError as error:
            self.unseen.append(Unseen("syntax-error", error.line, str(error)))
            return
        for statement in statements:
            for code in self._read(statement.sql, statement.line, sure=sure):
                yield from self._run(code)

    def _plpgsql(self, body: str, line: int, *, sure: bool) -> Iterator[Code]:
        try:
            pieces = read_body(body)
        except BodyError as error:
            self.unseen.append(Unseen("syntax-error", line + error.line - 1, str(error)))
            return
        for piece in pieces:
            yield from self._piece(piece, line + piece.line - 1, sure=sure and piece.sure)

    def _piece(self, piece: Piece, line: int, *, sure: bool) -> Iterator[Code]:
        text = piece.sql if piece.kind == "statement" else f"SELECT {piece.sql}"
        for code in self._read(text, line, sure=sure):
            self._note(code)
            yield from self._run(code)
            if piece.kind == "dynamic":
                values = code.node.fields.get("targetList", [{}])
                yield from self._text(values[0].get("ResTarget", {}).get("val", {}), line, sure=sure)

    def _text(self, expression: Fields, line: int, *, sure: bool) -> Iterator[Code]:
        """Run the statements in a text, if it is written there."""
        text = constant(expression)
        if text is None:
            self.unseen.append(Unseen("dynamic-sql", line))
            return
        for code in self._read(text, line, sure=sure):
            self._note(code)
            yield from self._run(code)

    def _read(self, text: str, line: int, *, sure: bool = True) -> list[Code]:
        try:
            return read(text, line, sure=sure)
        except UnreadableError as error:
            self._unreadable(text, line, error)
            return []

    def _try(self, statement: Statement) -> None:
        try:
            refuse_unreadable(statement.sql)
        except UnreadableError as error:
            self._unreadable(statement.sql, statement.line, error)

    def _unreadable(self, text: str, line: int, error: UnreadableError) -> None:
        line += text.count("\n", 0, max(0, error.position - 1))
        self.unseen.append(Unseen("syntax-error", line, str(error)))


def _may_be(one: Name, other: Name) -> bool:
    return one.name == other.name and (one.schema == other.schema or not one.schema or not other.schema)


def _text_of(written: Fields) -> str:
    argument = written["arg"]
    first = argument["List"]["items"][0] if "List" in argument else argument
    return str(first["String"].get("sval", ""))


def _line_of_body(code: Code, written: Fields) -> int:
    """The line on which a body begins, which is a string somewhere behind the word AS (or DO)."""
    start = len(code.text.encode()[: written.get("location", 0)].decode())
    quote = next((token.start for token in tokens(code.text[start:]) if token.kind is Kind.STRING), 0)
    return code.line + code.text.count("\n", 0, start + quote)
