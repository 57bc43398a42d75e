"""The tutorial is true: its files are written, its commands run, its questions answered, its answers compared."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4

import asyncpg
import pytest
from tests.cli.processes import DEADLINE_SECONDS, PROGRAM
from tests.contract.test_readme import fits, steps
from tests.environment import without_settings

from freehold.postgres import client_binary
from freehold.postgres.client import client_connection, server_major

PAGE = (Path(__file__).parents[2] / "docs" / "tutorials" / "first-guarded-migration.md").read_text("utf-8")
NAMES = (r"\b\d{14}(?=_longer_names)", r"\b\d{8}T\d{6}Z-[0-9a-f]{6}\b")
"""The migration's version and the backup: other ones each time, and used in later commands."""
CHANGING = {
    r"(?<=_before_)\d{14}_[0-9a-f]{6}\b": "STAMP",
    r"\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC": "TIME",
    r"\b\d+\.\d\d s\b": "SECONDS",
    r"(?<=\[y/N\]: )y\n": "",
    r"(?im)^not compared: column option pg_attver\.?\n": "",  # PostgreSQL 15.20 alone has it
}


class Diner:
    """Who works through the tutorial: a folder, an environment, and what the page's examples are really called."""

    def __init__(self, folder: Path, environment: dict[str, str], database: str) -> None:
        self._folder, self._environment = folder, environment
        self._real = {"diner": database}

    def do(self, command: str) -> str:
        """Run a command as the page has it, with yes to every question; gives its answer."""
        for example, real in self._real.items():
            command = command.replace(example, real)
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self._environment[name] = value
            return ""
        return subprocess.run(
            ["sh", "-c", command],
            cwd=self._folder,
            env=self._environment,
            input="y\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        ).stdout

    def agrees(self, shown: str, answer: str) -> bool:
        """Compare an answer with the page's, and learn from both what the page's examples really are."""
        for name in NAMES:
            if (example := re.search(name, shown)) and (actual := re.search(name, answer)):
                self._real[example[0]] = actual[0]
        for example_text, real in self._real.items():
            answer = answer.replace(real, example_text)
        return fits(normal(shown), normal(answer))

    def write(self, text: str) -> None:
        """Fill in the one migration file."""
        (file,) = (self._folder / "changes").iterdir()
        file.write_text(text, "utf-8")


@pytest.fixture
def diner(admin_url: str, tmp_path: Path) -> Iterator[Diner]:
    parts = urlsplit(admin_url)
    query = dict(parse_qsl(parts.query))
    programs = client_binary("psql", server_major(client_connection(admin_url))).parent
    freehold = tmp_path / "bin" / "freehold"
    freehold.parent.mkdir()
    freehold.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{PROGRAM}" "$@"\n')
    freehold.chmod(0o755)
    environment = without_settings("PG")
    environment |= {
        "PATH": f"{freehold.parent}:{programs}:{os.environ['PATH']}",
        "PGHOST": query.get("host") or parts.hostname or "localhost",
        "PGPORT": query.get("port") or str(parts.port or 5432),
        "PGUSER": unquote(parts.username or query.get("user", "postgres")),
        "PGPASSWORD": unquote(parts.password or query.get("password", "")),
    }
    database = f"diner_{uuid4().hex[:12]}"
    yield Diner(tmp_path, environment, database)
    asyncio.run(drop_all(admin_url, database))


async def drop_all(url: str, database: str) -> None:
    statement = (
        "SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database WHERE starts_with(datname, $1)"
    )
    connection = await asyncpg.connect(url)
    for (drop,) in await connection.fetch(statement, database):
        await connection.execute(drop)
    await connection.close()


def normal(text: str) -> str:
    for pattern, word in CHANGING.items():
        text = re.sub(pattern, word, text)
    # A page shows what a terminal does: a heading, and columns; in a pipe there are tabs and no heading.
    return re.sub(r"\t| {2,}", "  ", re.sub(r"(?m)^set  version .*\n", "", text))


@pytest.mark.usefixtures("client_programs")
def test_tutorial_is_true(diner: Diner) -> None:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert {language for language, _ in blocks} == {"console", "sql"}
    for language, text in blocks:
        if language == "sql":
            diner.write(text)
            continue
        for command, shown in steps(text):
            answer = diner.do(command)
            assert diner.agrees(shown, answer), f"{command}\nanswered\n{answer}not\n{shown}"
