"""What runs inside a statement: the bodies of DO and of functions, and texts that are run."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from freehold.migrate.lexer import Kind, tokens
from freehold.migrate.plpgsql import BodyError, Piece, read_body
from freehold.migrate.rules.code import Code, read
from freehold.migrate.rules.names import option
from freehold.migrate.splitter import ScriptError, split
from freehold.migrate.tree import Fields, Node, UnreadableError, walk


class Unseen(NamedTuple):
    """What cannot be judged: the rule that says so, the line, and why where there is more to say."""

    rule: str
    line: int
    why: str = ""


class Bodies(ABC):
    """Goes from a statement to what it runs. Which functions it calls, and what a text is, others decide."""

    @abstractmethod
    def set_off(self, node: Node, code: Code) -> Iterator[Code]:
        """Run what a part of a statement calls."""

    @abstractmethod
    def run_text(self, expression: Fields, line: int, *, sure: bool) -> Iterator[Code]:
        """Run the statements in the text that an expression makes."""

    @abstractmethod
    def miss(self, unseen: Unseen) -> None:
        """Hear of what cannot be read."""

    def run(self, code: Code) -> Iterator[Code]:
        """Give a statement, then everything that it runs."""
        yield code
        for node in code.nodes:
            if node.kind == "DoStmt":
                yield from self._body(node.fields.get("args", ()), code)
            else:
                yield from self.set_off(node, code)

    def run_function(self, fields: Fields, made: Code) -> Iterator[Code]:
        """Run a function or procedure; ``made`` is what made it."""
        standard = fields.get("sql_body")
        if standard is None:
            yield from self._body(fields.get("options", ()), made)
        else:  # BEGIN ATOMIC ... END, or RETURN
            yield from self.run(made._replace(nodes=(Node("Body", standard), *walk(standard))))

    def run_inside(self, text: str, line: int, *, sure: bool) -> Iterator[Code]:
        """Run the statements of a body."""
        for code in self.read(text, line, sure=sure):
            yield from self.run(code)

    def read(self, text: str, line: int, *, sure: bool = True) -> list[Code]:
        """Parse statements; nothing if they cannot be read."""
        try:
            return read(text, line, sure=sure)
        except UnreadableError as error:
            self.miss(unreadable(text, line, error))
            return []

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
            self.miss(Unseen("other-language", line, f"is not judged: it is written in {language}"))

    def _sql(self, body: str, line: int, *, sure: bool) -> Iterator[Code]:
        try:
            statements = split(body, first_line=line)
        except ScriptError as error:
            self.miss(Unseen("syntax-error", error.line, str(error)))
            return
        for statement in statements:
            yield from self.run_inside(statement.sql, statement.line, sure=sure)

    def _plpgsql(self, body: str, line: int, *, sure: bool) -> Iterator[Code]:
        try:
            pieces = read_body(body)
        except BodyError as error:
            self.miss(Unseen("syntax-error", line + error.line - 1, str(error)))
            return
        for piece in pieces:
            yield from self._piece(piece, line + piece.line - 1, sure=sure and piece.sure)

    def _piece(self, piece: Piece, line: int, *, sure: bool) -> Iterator[Code]:
        if piece.kind == "statement":
            yield from self.run_inside(piece.sql, line, sure=sure)
            return
        for code in self.read(f"SELECT {piece.sql}", line, sure=sure):
            yield from self.run(code)
            if piece.kind == "dynamic":
                values = code.node.fields.get("targetList", [{}])
                yield from self.run_text(values[0].get("ResTarget", {}).get("val", {}), line, sure=sure)


def unreadable(text: str, line: int, error: UnreadableError) -> Unseen:
    """What is said of a text that begins on a line and does not parse."""
    return Unseen("syntax-error", line + text.count("\n", 0, max(0, error.position - 1)), str(error))


def _text_of(written: Fields) -> str:
    argument = written["arg"]
    first = argument["List"]["items"][0] if "List" in argument else argument
    return str(first["String"].get("sval", ""))


def _line_of_body(code: Code, written: Fields) -> int:
    """The line on which a body begins, which is a string somewhere behind the word AS (or DO)."""
    start = len(code.text.encode()[: written.get("location", 0)].decode())
    quote = next((token.start for token in tokens(code.text[start:]) if token.kind is Kind.STRING), 0)
    return code.line + code.text.count("\n", 0, start + quote)
