"""Reading one migration file, with a line and a remedy for everything that is wrong in it."""

import re
from bisect import bisect_left
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from freehold.migrate import directives
from freehold.migrate.directives import Directive, Distribute
from freehold.migrate.lexer import Kind, Piece, Token, UnterminatedError, pieces, tokens
from freehold.migrate.migration import FilesError, Migration, Problem, Section, checksum
from freehold.migrate.splitter import ScriptError, Statement, split

_FILE_NAME = re.compile(r"(?P<version>\d{4}|\d{14})_(?P<name>[a-z0-9_]+)\.sql")

_Parsed = TypeVar("_Parsed")


def read_migration(path: Path, set_name: str = "app") -> Migration:
    """Read one migration file.

    Raises:
        FilesError: it is not well formed; every problem has its line and says what to write instead.
    """
    match = _FILE_NAME.fullmatch(path.name)
    if match is None:
        message = "rename it to NNNN_what.sql or YYYYMMDDHHMMSS_what.sql (lower case letters, digits, underscores)"
        raise FilesError([Problem(path, 0, message)])
    try:
        text = path.read_bytes().decode("utf-8-sig")  # not as text: a CR inside a literal is a part of it
    except OSError as error:
        raise FilesError([Problem(path, 0, f"it cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise FilesError([Problem(path, 0, f"it is not UTF-8 (byte {error.start}): save it as UTF-8")]) from None
    if "\0" in text:
        line = 1 + text.count("\n", 0, text.index("\0"))
        raise FilesError([Problem(path, line, "there is a NUL character, which PostgreSQL takes nowhere: remove it")])
    return _Reader(path, text).read(set_name, match["version"], match["name"])


class _Reader:
    """Reads one file, collecting every problem before it gives up."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._pieces: list[Piece] = []
        self._problems: list[Problem] = []

    def read(self, set_name: str, version: str, name: str) -> Migration:
        found = self._directives()
        places = [directive for directive in found if directive.name in ("up", "down")]
        if [place.name for place in places] != ["up", "down"]:
            message = "needs exactly one line '-- migrate:up' and, after it, exactly one line '-- migrate:down'"
            raise FilesError([*self._problems, Problem(self._path, places[-1].line if places else 0, message)])
        self._refuse_code_before(places[0])
        up = self._section(found, places[0], places[1])
        down = self._section(found, places[1], None)
        irreversible, out_of_order = self._reason(found, "irreversible"), self._reason(found, "out-of-order")
        if not up.statements:
            self._problem(up.line, "the up section is empty: write the change below '-- migrate:up'")
        if not down.statements and irreversible is None:
            message = (
                "the down section is empty: write the way back, or why there is none: -- migrate: irreversible: why"
            )
            self._problem(down.line, message)
        migration = Migration(
            set_name=set_name,
            version=version,
            name=name,
            path=self._path,
            up=up,
            down=down,
            checksum=checksum(up, down),
            irreversible=irreversible,
            lossy=self._values(found, "lossy", directives.lossy),
            ignores=self._values(found, "lint-ignore", directives.ignore),
            depends=self._values(found, "depends", directives.depends),
            out_of_order=out_of_order,
            imported=next((directive.value for directive in found if directive.name == "imported"), ""),
        )
        if self._problems:
            raise FilesError(sorted(self._problems, key=lambda problem: problem.line))
        return migration

    def _problem(self, line: int, message: str) -> None:
        self._problems.append(Problem(self._path, line, message))

    def _line(self, offset: int) -> int:
        return 1 + self._text.count("\n", 0, offset)

    def _directives(self) -> list[Directive]:
        found: list[Directive] = []
        try:
            self._pieces += pieces(self._text)
        except UnterminatedError as error:
            raise FilesError([Problem(self._path, self._line(error.offset), str(error))]) from None
        for kind, start, end in self._pieces:
            if kind is Kind.COMMENT:
                try:
                    directive = directives.read(Token(kind, self._text[start:end], start))
                except ValueError as error:
                    self._problem(self._line(start), str(error))
                else:
                    if directive is not None:
                        found.append(directive._replace(line=self._line(start), start=start, end=end))
        return found

    def _refuse_code_before(self, up: Directive) -> None:
        for token in tokens(self._text[: up.start]):
            if token.kind not in (Kind.SPACE, Kind.COMMENT):
                self._problem(self._line(token.start), "there is SQL above '-- migrate:up': move it below")
                return

    def _section(self, found: list[Directive], opens: Directive, closes: Directive | None) -> Section:
        """The section between two markers; directives above the first marker hold for both sections."""
        first_marker = next(directive.start for directive in found if directive.name == "up")
        end = closes.start if closes else len(self._text)
        own = [d for d in found if d.start < first_marker or opens.start < d.start < end]
        statements = self._statements(opens.end, end, opens.line)
        transactions = [directive for directive in own if directive.name == "transaction"]
        for directive in transactions:
            if directive.value != "off":
                self._problem(directive.line, "the only choice is: -- migrate: transaction=off")
        backfills = self._values(
            [d for d in own if d.start > first_marker or opens.name == "up"], "backfill", directives.backfill
        )
        section = Section(
            tuple(statements),
            not _outside(transactions, opens, statements),
            backfills[0] if backfills else None,
            opens.line,
            self._distributes([d for d in own if d.start > first_marker or opens.name == "up"]),
        )
        self._refuse_bad_statements(section)
        return section

    def _statements(self, start: int, end: int, first_line: int) -> list[Statement]:
        low, high = (bisect_left(self._pieces, offset, key=lambda piece: piece[1]) for offset in (start, end))
        inside = ((kind, begins - start, ends - start) for kind, begins, ends in self._pieces[low:high])
        try:
            return split(self._text[start:end], first_line=first_line, given=inside)
        except ScriptError as error:
            raise FilesError([*self._problems, Problem(self._path, error.line, str(error))]) from None

    def _distributes(self, own: list[Directive]) -> tuple[Distribute, ...]:
        found: dict[str, Distribute] = {}
        for directive in own:
            for each in self._values([directive], "distribute", directives.distribute):
                if each.table in found:
                    self._problem(directive.line, f"{each.table} is distributed twice: leave one of the two lines")
                found[each.table] = each._replace(line=directive.line)
        return tuple(found.values())

    def _refuse_bad_statements(self, section: Section) -> None:
        alone = not section.transaction or section.backfill is not None
        if alone and section.distributes:
            self._problem(
                section.distributes[0].line,
                "a table is distributed in the transaction of its section, and this section has none: move this line "
                "to a migration of its own",
            )
        if alone and len(section.statements) > 1:
            kind = "backfill" if section.backfill else "transaction=off"
            self._problem(
                section.statements[1].line,
                f"a section with {kind} holds exactly one statement, so that a failure leaves nothing half done: "
                "move this one to a migration of its own",
            )
        if section.backfill and section.statements and "$1" not in section.statements[0].sql:
            key = section.backfill.key
            message = f"a backfill's statement must be bounded by its batch: WHERE {key} BETWEEN $1 AND $2"
            self._problem(section.statements[0].line, message)
        for statement in section.statements:
            if _controls_transaction(statement):
                message = "the engine opens and ends the transaction itself: remove this statement"
                self._problem(statement.line, message)
            if message := _reads_otherwise(statement):
                self._problem(statement.line, message)
            if _reads_standard_input(statement):
                message = "COPY ... FROM STDIN has its rows in a psql script, not here: write INSERT ... VALUES"
                self._problem(statement.line, message)

    def _reason(self, found: list[Directive], name: str) -> str | None:
        """The reason that a directive gives; None without it."""
        reasons = [directive for directive in found if directive.name == name]
        for directive in reasons:
            if not directive.value:
                self._problem(directive.line, f"the reason is missing; write: -- migrate: {name}: why")
        return reasons[0].value if reasons else None

    def _values(self, found: list[Directive], name: str, read: Callable[[str], _Parsed]) -> tuple[_Parsed, ...]:
        values: list[_Parsed] = []
        for directive in found:
            if directive.name == name:
                try:
                    values.append(read(directive.value))
                except ValueError as error:
                    self._problem(directive.line, str(error))
        return tuple(values)


def _outside(transactions: list[Directive], opens: Directive, statements: list[Statement]) -> bool:
    """Whether a section runs outside a transaction: said inside it, or above both and needed."""
    return any(each.start > opens.start for each in transactions) or (
        bool(transactions) and (opens.name == "up" or any(each.refuses_transaction for each in statements))
    )


def _controls_transaction(statement: Statement) -> bool:
    if statement.verb == "ROLLBACK":
        return not any(word.is_word("TO") for word in statement.words)
    return statement.verb in ("BEGIN", "COMMIT", "END", "ABORT") or any(
        statement.begins(*words) for words in (("START", "TRANSACTION"), ("PREPARE", "TRANSACTION"))
    )


def _reads_otherwise(statement: Statement) -> str:
    """Why what comes after a SET would not be read as it was here; empty if it would."""
    if statement.verb != "SET":
        return ""
    words = [word.text.strip("'").lower() for word in statement.words]
    if "standard_conforming_strings" in words and words[-1] not in ("on", "true", "yes", "1", "default"):
        return "this file is read with standard_conforming_strings on: remove this, and write E'...' for backslashes"
    if ("client_encoding" in words or words[1] == "names") and words[-1] not in ("utf8", "utf-8", "unicode", "default"):
        return "this file is UTF-8, and is sent as such: remove this"
    return ""


def _reads_standard_input(statement: Statement) -> bool:
    return statement.begins("COPY") and any(
        first.is_word("FROM") and second.is_word("STDIN") for first, second in pairwise(statement.words)
    )
