"""Brings millions of rows in and out by the real commands, beside PostgreSQL's own COPY of the same rows.

    python -m bench.transfer                 1M users, 100k organizations, 3M memberships, 5M projects
    python -m bench.transfer --last users    the users alone, which P5 is about
    python -m bench.transfer --scale 0.05    a twentieth of it, only told

Of each kind: the raw COPY (binary, into the same table with its constraints and indexes) and the import, in turns;
then the export. At the end the rows are exported from a database that they were imported into, and the two exports
compared byte by byte. At full scale, ``bench/figures/transfer.json`` is written for the bench's table.
"""

import argparse
import asyncio
import filecmp
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

from bench import data
from bench.figures import FOLDER, Figure, ratios
from freehold import migrate
from freehold.postgres import EmbeddedServer

COUNTS = {"users": 1_000_000, "organizations": 100_000, "members": 3_000_000, "projects": 5_000_000}
TABLES = {name: name for name in COUNTS} | {"members": "organization_members"}
PROGRAM = "from freehold.cli import main; main()"
KEPT = FOLDER / "transfer.json"
BYTES = 1024  # of a KiB, in which a process's memory is told


class Ran(NamedTuple):
    """What a command took."""

    seconds: float
    memory_mb: float


def run(url: str, *arguments: str | Path) -> Ran:
    """Run `freehold` on a database.

    Raises:
        SystemExit: it failed.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)], env={**os.environ, "FREEHOLD_DATABASE_URL": url}
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"freehold {' '.join(map(str, arguments))} has failed")
    return Ran(time.perf_counter() - began, usage.ru_maxrss * BYTES / 1_000_000)


class Bench:
    """A server with databases to fill, and a folder with the files."""

    def __init__(self, server: EmbeddedServer, folder: Path, scale: float) -> None:
        self.server = server
        self.folder = folder
        self.counts = {kind: round(count * scale) for kind, count in COUNTS.items()}

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.server.admin_url)._replace(path=f"/{name}"))

    async def database(self, name: str, template: str = "template1") -> str:
        """Make a database, anew if need be."""
        admin = await asyncpg.connect(self.server.admin_url)
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        await admin.close()
        return self.url(name)

    def file(self, kind: str) -> Path:
        """Write the rows of a kind, or find them written."""
        path = self.folder / f"{kind}.ndjson"
        if not path.exists():
            with path.open("w", encoding="utf-8") as file:
                file.writelines(
                    data.lines(
                        kind,
                        self.counts[kind],
                        users=self.counts["users"],
                        organizations=self.counts["organizations"],
                    )
                )
        return path

    async def dump(self, url: str, kind: str) -> Path:
        """Write a table by binary COPY."""
        path = self.folder / f"{kind}.copy"
        connection = await asyncpg.connect(url)
        await connection.copy_from_table(TABLES[kind], output=path, format="binary")
        await connection.close()
        return path

    async def raw(self, url: str, kind: str, path: Path) -> float:
        """Load a table by binary COPY; tells the seconds."""
        connection = await asyncpg.connect(url)
        began = time.perf_counter()
        if kind == "organizations":  # their owners must be members at the end of the transaction
            await connection.execute("SET session_replication_role = replica")
        await connection.copy_to_table(TABLES[kind], source=path, format="binary")
        seconds = time.perf_counter() - began
        await connection.close()
        return seconds

    async def compare(self, kind: str, base: str, rounds: int) -> dict[str, Any]:
        """Import a kind on a clone of a database that has what it needs, and COPY it, in turns.

        The database that it was imported into is the base of the next kind, and stays as ``{kind}_done``.
        """
        path = self.file(kind)
        done = f"{kind}_done"
        seconds: dict[str, list[float]] = {"copy": [], "import": []}
        memory: list[float] = []
        dumped = None
        for turn in range(rounds):
            ran = run(await self.database(done, base), "import", kind, path)
            seconds["import"].append(ran.seconds)
            memory.append(ran.memory_mb)
            dumped = dumped or await self.dump(self.url(done), kind)
            raw = await self.database("raw", base)
            if kind == "members":
                await self._forget_owners(raw)
            seconds["copy"].append(await self.raw(raw, kind, dumped))
            print(f"  {kind}, turn {turn + 1}: {ran.seconds:.1f} s, COPY {seconds['copy'][-1]:.1f} s", flush=True)
        exported = self.folder / f"{kind}.first"
        out = run(self.url(done), "export", kind, exported, "--with-password-hashes")
        return {
            "rows": self.counts[kind],
            "import_seconds": [round(each, 2) for each in seconds["import"]],
            "copy_seconds": [round(each, 2) for each in seconds["copy"]],
            "ratios": [round(each, 3) for each in ratios(seconds["copy"], seconds["import"])],
            "rows_per_second": round(self.counts[kind] / statistics.median(seconds["import"])),
            "import_memory_mb": [round(each) for each in memory],
            "export_seconds": round(out.seconds, 2),
            "export_memory_mb": round(out.memory_mb),
            "export_is_the_imported_file": filecmp.cmp(path, exported, shallow=False),
        }

    async def _forget_owners(self, url: str) -> None:
        """COPY brings the owners' memberships, too, which an import has brought with the organizations."""
        connection = await asyncpg.connect(url)
        await connection.execute("SET session_replication_role = replica; DELETE FROM organization_members")
        await connection.close()

    async def second_export_is_the_first(self, kinds: Iterable[str]) -> dict[str, bool]:
        """Import the exports into an empty database and export them from there."""
        url = await self.database("again", "migrated")
        same = {}
        for kind in kinds:
            first, second = self.folder / f"{kind}.first", self.folder / f"{kind}.second"
            run(url, "import", kind, first)
            run(url, "export", kind, second, "--with-password-hashes")
            same[kind] = filecmp.cmp(first, second, shallow=False)
        return same


def figures(results: dict[str, Any]) -> list[Figure]:
    """Give the figures of P5: of each kind how an import compares with COPY, and of all of them the memory."""
    kinds = {kind: results[kind] for kind in COUNTS if kind in results}
    return [
        *(
            Figure(
                target="P5",
                work=f"import {result['rows']:,} {kind}",
                against="COPY",
                values=result["ratios"],
                at_least=0.4,
            )
            for kind, result in kinds.items()
        ),
        Figure(
            target="P5",
            work="memory of an import",
            against="-",
            values=[float(most) for result in kinds.values() for most in result["import_memory_mb"]],
            at_most=200,
            unit="MB",
        ),
    ]


async def measure(bench: Bench, rounds: int, last: str) -> dict[str, Any]:
    await migrate.apply(await bench.database("migrated"), sets=[migrate.builtin()])
    results: dict[str, Any] = {}
    base = "migrated"
    for kind in COUNTS:
        results[kind] = await bench.compare(kind, base, rounds)
        base = f"{kind}_done"
        if kind == last:
            break
    results["second_export_is_the_first"] = await bench.second_export_is_the_first([*results])
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--last", choices=[*COUNTS], help="stop after this kind")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="for the files and the server; by default a temporary one")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="fh-", dir=given.folder) as folder,
        EmbeddedServer.start(Path(folder) / "data") as server,
    ):
        results = asyncio.run(measure(Bench(server, Path(folder), given.scale), given.rounds, given.last))
    print(json.dumps(results, indent=2))
    if given.scale == 1:
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(figures(results)), indent=1) + b"\n")


if __name__ == "__main__":
    main()
