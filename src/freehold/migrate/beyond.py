"""Migrations that reach beyond their database, found before a rehearsal runs anything.

What is hidden from this is caught on the copy: what changes the catalogs that a server's databases share is seen before
its commit (`boundary`), and functions that act elsewhere fail there (`cutoff`).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from freehold.migrate.catalog import SchemaObject
from freehold.migrate.findings import Finding, finding
from freehold.migrate.lexer import Kind
from freehold.migrate.migration import Migration, Section
from freehold.migrate.reach import CATALOGS, REMEDIES, SAME_SERVER, SERVER_FUNCTIONS, Reach, reach_of
from freehold.migrate.runs import Routines
from freehold.migrate.splitter import Statement

_OUTSIDE = frozenset(
    "IndexStmt DropStmt ReindexStmt VacuumStmt ClusterStmt AlterTableStmt AlterEnumStmt RefreshMatViewStmt".split()
)
"""What runs outside a transaction and changes its own database only."""
_UNWATCHED = Reach("server-wide", "runs outside a transaction, so what it does cannot be looked at before it is kept")

_SUSPECT = re.compile(rf"\b(copy|load|execute|dblink\w*|u&\W.*|{'|'.join(SERVER_FUNCTIONS)})\b", re.IGNORECASE)
_TRIGGER = re.compile(r"CREATE .*? EXECUTE (?:FUNCTION|PROCEDURE) [^(]+", re.DOTALL)


def judge(
    migrations: Sequence[Migration],
    *,
    apart: bool,
    elsewhere: bool = False,
    objects: Sequence[SchemaObject] = (),
    directions: Sequence[Literal["up", "down"]] = ("up", "down"),
) -> list[Finding]:
    """Find what reaches beyond its database in migrations that are about to be rehearsed.

    Args:
        migrations: in order.
        apart: they are rehearsed on a server of its own.
        elsewhere: that is what was asked for.
        objects: of the database, for what only its functions and triggers add to what is found without them.
        directions: what is rehearsed of them.
    """
    routines = _routines(objects)
    if objects and not routines:
        return []
    sections = [(each, each.up if way == "up" else each.down) for each in migrations for way in directions]
    for _, section in sections:
        for statement in section.statements:
            if statement.begins("CREATE"):
                routines.add(statement.sql)
    found: dict[tuple[str, int, str], Finding] = {}
    for migration, section in sections:
        for reach, line in _reaches(section, routines):
            if reach.rule == "other-server" or not apart:
                remedy = SAME_SERVER if elsewhere and reach.rule == "server-wide" else REMEDIES[reach.rule]
                each = finding(migration, reach.rule, f"this {reach.what}", line=line, remedy=remedy)
                found.setdefault((each.path, line, reach.what), each)
    return list(found.values())


def _reaches(section: Section, routines: Routines) -> Iterator[tuple[Reach, int]]:
    for statement in section.statements:
        if _only_writes(statement, routines):
            continue
        for number, code in enumerate(routines.runs(statement.sql, statement.line)):
            outside = not section.transaction and section.backfill is None and number == 0
            reaches = [reach for node in code.nodes if (reach := reach_of(node)) and (code.sure or not reach.undone)]
            if outside and not reaches and code.node.kind not in _OUTSIDE:
                reaches.append(_UNWATCHED)
            yield from ((reach, code.line) for reach in reaches)


def _only_writes(statement: Statement, routines: Routines) -> bool:
    """Whether it is one of the many that a file of data consists of, and none of its words sets anything else off."""
    if not statement.words[0].is_word("INSERT", "UPDATE", "DELETE", "SELECT"):
        return False
    words = (word.text.strip('"').lower() for word in statement.words if word.kind in (Kind.WORD, Kind.QUOTED_NAME))
    return not any(word in CATALOGS or word in routines or _SUSPECT.fullmatch(word) for word in words)


def _routines(objects: Sequence[SchemaObject]) -> Routines:
    """Those functions of a database that may reach beyond it, or call one that may, and the triggers that call them."""
    functions = [(_bare(each.name), each.definition) for each in objects if each.kind == "function"]
    chosen: set[str] = set()
    new = {name for name, definition in functions if _SUSPECT.search(definition)}
    while new:
        chosen |= new
        mention = re.compile(rf"\b({'|'.join(map(re.escape, new))})\b")
        new = {name for name, definition in functions if name not in chosen and mention.search(definition)}
    routines = Routines()
    for name, definition in functions:
        if name in chosen:
            routines.add(definition.partition("\n COMMENT '")[0])
    for each in objects:
        if each.kind == "trigger" and chosen and (start := _TRIGGER.match(each.definition)):
            routines.add(f"{start[0]}()")
    return routines


def _bare(name: str) -> str:
    return name.partition("(")[0].rpartition(".")[2].strip('"')
