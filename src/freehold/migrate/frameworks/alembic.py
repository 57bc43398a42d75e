"""Alembic: what ``alembic upgrade --sql`` and ``alembic downgrade --sql`` print, cut at each ``-- Running`` line."""

import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

from freehold.migrate.frameworks.original import Original, Script
from freehold.migrate.frameworks.source import Source

_STEP = re.compile(
    r"^-- Running (?P<way>upgrade|downgrade) (?P<before>[^\n]*?) ?-> ?(?P<after>[^\s,]*(?:, [^\s,]+)*)[^\n]*$",
    re.MULTILINE,
)
_OWN = re.compile(
    r"^(?:CREATE TABLE|DROP TABLE|INSERT INTO|UPDATE|DELETE FROM) (?:\S+\.)?\"?alembic_version\"?\b[^;]*;",
    re.MULTILINE,
)


class _Step(NamedTuple):
    """One step: which revision it goes up to or down from, and those on the other side of it."""

    way: str
    revision: str
    others: list[str]
    script: Script


def read(source: Source) -> list[Original]:
    """Read every step up, in the order printed, each with its step down."""
    ups: dict[str, _Step] = {}
    downs: dict[str, Script] = {}
    for path in source.files("*.sql"):
        steps = _steps(source, path)
        if not steps:
            source.leave_out(path, "it is not what 'alembic upgrade --sql' or 'alembic downgrade --sql' prints")
        for step in steps:
            if step.way == "downgrade":
                downs[step.revision] = step.script
            elif step.revision in ups:
                source.problem(path, step.script.line, f"a second upgrade to {step.revision}")
            else:
                ups[step.revision] = step
    for revision in downs.keys() - ups.keys():
        source.problem(downs[revision].path, downs[revision].line, f"there is no upgrade to {revision}")
    reason = "there is no downgrade from it in what 'alembic downgrade --sql' printed"
    return [
        Original(f"{up.script.path.name} {up.revision}", "", _name(source, up.revision), up.script, down, reason)
        for up, down in ((ups[revision], downs.get(revision)) for revision in _order(ups))
    ]


def _order(ups: dict[str, _Step]) -> list[str]:
    """As printed; several files in the order in which the revisions follow each other."""
    places = {revision: place for place, revision in enumerate(ups)}
    if all(places.get(before, -1) < places[each.revision] for each in ups.values() for before in each.others):
        return list(ups)
    sorter = TopologicalSorter({each.revision: [name for name in each.others if name in ups] for each in ups.values()})
    return list(sorter.static_order())


def _steps(source: Source, path: Path) -> list[_Step]:
    """Cut at the lines that begin a step; what stands above the first one belongs to it."""
    text = _OWN.sub(lambda match: "\n" * match[0].count("\n"), source.text(path).replace("\r\n", "\n"))
    found = list(_STEP.finditer(text))
    ends = [*(each.start() for each in found), len(text)][1:]
    steps: list[_Step] = []
    for match, end in zip(found, ends, strict=True):
        above = "" if steps else text[: match.start()]
        line = 1 if above else 1 + text.count("\n", 0, match.start())
        script = Script(above + text[match.end() : end], path, line)
        before, after = match["before"].split(", "), match["after"].split(", ")
        here, there = (after, before) if match["way"] == "upgrade" else (before, after)
        steps.append(_Step(match["way"], here[0], there, script))
    return steps


def _name(source: Source, revision: str) -> str:
    """The words in the name of the revision's program if it lies somewhere in the folder, else the revision."""
    program = re.compile(rf"(?:.*[-_])?{re.escape(revision)}_(.+)\.py")
    return next(
        (match[1] for path in source.files("*.py", deep=True) if (match := program.fullmatch(path.name))), revision
    )
