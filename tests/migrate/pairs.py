"""Pairs of up and down with the verdict that a rehearsal must come to, and a quick way to rehearse many at once."""

import re
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import asyncpg

from freehold.migrate.boundary import Boundary
from freehold.migrate.database import connect
from freehold.migrate.digests import digests
from freehold.migrate.files import MigrationSet
from freehold.migrate.findings import Finding
from freehold.migrate.history import compare
from freehold.migrate.migration import Migration
from freehold.migrate.progress import Silent
from freehold.migrate.prove import prove

TABLE = """
CREATE TABLE {t} (id int PRIMARY KEY, v text);
INSERT INTO {t} SELECT n, 'v' || n FROM generate_series(1, 100) n;
"""
_HEAD = re.compile(r"^-- (error|notice|says|directive|needs): (.*)$", re.MULTILINE)
_PART = re.compile(r"^-- (before|up|down)$", re.MULTILINE)


class Pair(NamedTuple):
    """Up and down of one migration; ``{t}`` is the name of a table of its own, ``t(id int primary key, v text)``.

    Attributes:
        rules: the errors that must be found, by their rules, sorted.
        notices: the notices.
        words: what the findings must say.
        setup: what is there before, besides the table.
        needs: a query that fails where this cannot be tried.
    """

    name: str
    up: str
    down: str
    rules: str = ""
    notices: str = ""
    words: str = ""
    setup: str = ""
    directives: tuple[str, ...] = ()
    needs: str = "SELECT 1"

    @property
    def expected(self) -> tuple[str, str, str]:
        return self.rules, self.notices, self.words


class Verdict(NamedTuple):
    """What a rehearsal said of one pair: as `Pair.expected`, and in full."""

    came: tuple[str, str, str]
    findings: list[str]


def read(path: Path) -> list[Pair]:
    """Read the pairs of a file, whose form ``verdicts/README.md`` describes."""
    return _pairs(path.read_text("utf-8"))


def read_stories(path: Path) -> dict[str, list[Pair]]:
    """Read stories of several files that follow each other; there is a table ``one`` like the others."""
    stories = path.read_text("utf-8").split("-- story: ")[1:]
    return {name: _pairs(TABLE.replace("{t}", "one"), text) for name, _, text in (s.partition("\n") for s in stories)}


def _pairs(*texts: str) -> list[Pair]:
    *before, text = texts
    pairs: list[Pair] = []
    for each in text.split("-- pair: ")[1:]:
        name, _, body = each.partition("\n")
        head, *parts = _PART.split(body)
        sections = dict(zip(parts[::2], parts[1::2], strict=True))
        lines: dict[str, list[str]] = {}
        for key, value in _HEAD.findall(head):
            lines.setdefault(key, []).append(value)
        error, notice, says, needs = (" ".join(lines.get(key, [])) for key in ("error", "notice", "says", "needs"))
        setup = "".join([*([] if pairs else before), sections.get("before", "")])
        pairs.append(
            Pair(
                name,
                sections["up"],
                sections.get("down", ""),
                error,
                notice,
                says,
                setup,
                tuple(lines.get("directive", [])),
                needs or "SELECT 1",
            )
        )
    return pairs


async def verdicts(database_url: str, pairs: Sequence[Pair]) -> dict[str, Verdict]:
    """Rehearse pairs one after the other on one database, which is changed; what cannot be tried there is left out."""
    connection = await asyncpg.connect(database_url)
    tried: dict[str, Pair] = {}
    for pair in pairs:
        with suppress(asyncpg.PostgresError):
            await connection.execute(pair.needs)
            tried[pair.name] = pair
    for pair in tried.values():
        await connection.execute((TABLE + pair.setup).replace("{t}", pair.name))
    await connection.close()
    with tempfile.TemporaryDirectory() as folder:
        migrations = _migrations(Path(folder), list(tried.values()))
        async with connect(database_url) as connection:
            start = await digests(connection)
        proof = await prove(database_url, migrations, start, Silent(), boundary=Boundary(apart=True))
    assert len(proof.steps) == len(tried), [str(each) for each in proof.findings]
    found: dict[str, list[Finding]] = {name: [] for name in tried}
    for each in proof.findings:
        found[each.label.split("_", 1)[1]].append(each)
    return {name: _verdict(pair, found[name]) for name, pair in tried.items()}


def _migrations(folder: Path, pairs: Sequence[Pair]) -> Sequence[Migration]:
    for number, pair in enumerate(pairs, 1):
        lines = [f"-- migrate: {directive}" for directive in pair.directives]
        lines += ["-- migrate:up", pair.up, "-- migrate:down", pair.down, ""]
        path = folder / f"{number:04}_{pair.name}.sql"
        path.write_text("\n".join(lines).replace("{t}", pair.name), "utf-8")
    return compare([MigrationSet.from_folder(folder)], []).pending


def _verdict(pair: Pair, findings: Sequence[Finding]) -> Verdict:
    said = [str(each) for each in findings]
    words = pair.words if pair.words in "\n".join(said) else ""
    return Verdict((_rules(findings, "error"), _rules(findings, "notice"), words), said)


def _rules(findings: Sequence[Finding], severity: str) -> str:
    return " ".join(sorted({each.rule for each in findings if each.severity == severity}))
