"""Reading one migration file, with a line and a remedy for everything that is wrong in it."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from freehold.migrate import directives
from freehold.migrate.directives import Directive
from freehold.migrate.lexer import Kind, UnterminatedError, tokens
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
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FilesError([Problem(path, 0, f"it is not UTF-8 (byte {error.start}): save it as UTF-8")]) from None
    return _Reader(path, text).read(set_name, match["version"], match["name"])


class _Reader:
    """Reads one file, collecting every problem before it gives up."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
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
        reasons = [directive for directive in found if directive.name == "irreversible"]
        for reason in reasons:
            if not reason.value:
                self._problem(reason.line, "the reason is missing; write: -- migrate: irreversible: why")
        if not up.statements:
            self._problem(up.line, "the up section is empty: write the change below '-- migrate:up'")
        if not down.statements and not reasons:
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
            irreversible=reasons[0].value if reasons else None,
            lossy=self._values(found, "lossy", directives.lossy),
            ignores=self._values(found, "lint-ignore", directives.ignore),
            depends=self._values(found, "depends", directives.depends),
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
            for token in tokens(self._text):
                try:
                    directive = directives.read(token)
                except ValueError as error:
                    self._problem(self._line(token.start), str(error))
                else:
                    if directive is not None:
                        line = self._line(token.start)
                        found.append(directive._replace(line=line, start=token.start, end=token.end))
        except UnterminatedError as error:
            raise FilesError([Problem(self._path, self._line(error.offset), str(error))]) from None
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
        statements = self._statements(self._text[opens.end : end], opens.line)
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
        )
        self._refuse_bad_statements(section)
        return section

    def _statements(self, script: str, first_line: int) -> list[Statement]:
        try:
            return split(script, first_line=first_line)
        except ScriptError as error:
            raise FilesError([*self._problems, Problem(self._path, error.line, str(error))]) from None

    def _refuse_bad_statements(self, section: Section) -> None:
        alone = not section.transaction or section.backfill is not None
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
            if _reads_standard_input(statement):
                message = "COPY ... FROM STDIN has its rows in a psql script, not here: write INSERT ... VALUES"
                self._problem(statement.line, message)

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
    first = statement.words[0]
    if first.is_word("ROLLBACK"):
        return not any(word.is_word("TO") for word in statement.words)
    return first.is_word("BEGIN", "COMMIT", "END", "ABORT") or any(
        statement.begins(*words) for words in (("START", "TRANSACTION"), ("PREPARE", "TRANSACTION"))
    )


def _reads_standard_input(statement: Statement) -> bool:
    return statement.begins("COPY") and any(
        first.is_word("FROM") and second.is_word("STDIN") for first, second in pairwise(statement.words)
    )
