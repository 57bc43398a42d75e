"""One way of a migration as it can be run here: without its own transactions, in groups that run together."""

import re
from typing import NamedTuple

from freehold.migrate.frameworks import control
from freehold.migrate.frameworks.chunks import Chunk, chunked, comments
from freehold.migrate.frameworks.original import Script
from freehold.migrate.migration import Problem
from freehold.migrate.splitter import ScriptError, Statement

_COPY = re.compile(r"^[ \t]*COPY\b[^;]*?\bFROM\s+STDIN\b", re.MULTILINE | re.IGNORECASE)
_ROWS = "COPY ... FROM STDIN has its rows in the script, where only psql finds them: write INSERT ... VALUES"


class Way(NamedTuple):
    """The statements of one way.

    Attributes:
        chunks: in order.
        remarks: comments that belong to no statement.
        notes: what was taken out.
        problems: what cannot be imported.
    """

    chunks: list[Chunk]
    remarks: str
    notes: list[str]
    problems: list[Problem]


def read_way(script: Script) -> Way:
    """Read a script's statements, and take BEGIN and COMMIT out."""
    try:
        chunks, rest = chunked(script)
    except ScriptError as error:
        return Way([], "", [], [_unsplit(script, error)])
    way = Way([], "", [], [])
    taken_out: list[Statement] = []
    waiting = ""
    for chunk in chunks:
        statement = chunk.statement
        if control.begins_transaction(statement) or control.commits(statement):
            taken_out.append(statement)
            waiting += chunk.above + chunk.behind.lstrip(" \t")
            continue
        if message := _in_the_way(statement):
            way.problems.append(Problem(script.path, statement.line, message))
        alone = control.runs_alone(statement, transaction=script.transaction)
        way.chunks.append(chunk._replace(above=waiting + chunk.above, runs_alone=alone))
        waiting = ""
    if taken_out:
        way.notes.append(f"taken out: {_places(taken_out)}")
    return way._replace(remarks=comments(waiting + rest))


class Grouping:
    """Puts statements into groups: alone what must be, and a cut behind what has to be committed first."""

    def __init__(self, script: Script) -> None:
        self.groups: list[list[Chunk]] = []
        self.notes: list[str] = []
        self.problems: list[Problem] = []
        self._script = script
        self._group: list[Chunk] = []
        self._settings: dict[str, Chunk] = {}

    def read(self, chunks: list[Chunk]) -> None:
        """Group the statements of a way up."""
        if any(chunk.runs_alone for chunk in chunks):
            chunks = self._without_limits(chunks)
        for index, chunk in enumerate(chunks):
            if chunk.runs_alone:
                self._refuse_settings(chunk)
                self._finish()
                self.groups.append([chunk])
                continue
            self._group = self._group or list(self._settings.values())
            self._group.append(chunk)
            self._remember(chunk)
            label = control.added_label(chunk.statement)
            if label and any(label in each.statement.sql for each in chunks[index + 1 :]):
                self._finish()  # PostgreSQL lets a new label be used after a commit only
        self._finish()
        self.groups = self.groups or [chunks]

    def _finish(self) -> None:
        if any(not control.is_setting(chunk.statement) for chunk in self._group):
            self.groups.append(self._group)
        self._group = []

    def _without_limits(self, chunks: list[Chunk]) -> list[Chunk]:
        """Leave settings out that this engine makes itself: what runs alone has no room for them."""
        if limits := [chunk.statement for chunk in chunks if control.is_limit(chunk.statement)]:
            self.notes.append(f"taken out: {_places(limits)}")
        return [chunk for chunk in chunks if not control.is_limit(chunk.statement)]

    def _remember(self, chunk: Chunk) -> None:
        """Keep a setting of the session for the groups behind."""
        statement = chunk.statement
        if not control.is_setting(statement) or statement.begins("SET", "LOCAL"):
            return
        name = control.setting(statement)
        if statement.begins("RESET", "ALL"):
            self._settings.clear()
        elif statement.begins("RESET") or statement.words[-1].is_word("DEFAULT"):
            self._settings.pop(name, None)
        else:
            self._settings[name] = chunk._replace(above="")

    def _refuse_settings(self, chunk: Chunk) -> None:
        for setting in self._settings.values():
            message = (
                f"does not reach line {chunk.statement.line}, which runs outside of a transaction and is alone in its "
                "file: write what it means into that statement, such as the schema before the name"
            )
            self.problems.append(Problem(self._script.path, setting.statement.line, f"this SET {message}"))


def _unsplit(script: Script, error: ScriptError) -> Problem:
    """Name the cause: rows of a COPY in the script may look like anything."""
    copy = _COPY.search(script.text)
    line = script.line + script.text.count("\n", 0, copy.start()) if copy else 0
    return Problem(script.path, line, _ROWS) if 0 < line <= error.line else Problem(script.path, error.line, str(error))


def _in_the_way(statement: Statement) -> str:
    if control.reads_standard_input(statement):
        return _ROWS
    if control.cannot_be_taken_out(statement):
        return f"{statement.words[0].text.upper()} cannot be imported: write this migration without it"
    return ""


def _places(statements: list[Statement]) -> str:
    return ", ".join(f"{' '.join(word.text for word in each.words[:2])} (line {each.line})" for each in statements)
