"""P9: what a backup and a whole rehearsal cost, as ratios to the bare pg_dump and pg_restore on the same rows.

    python bench/migrations/run.py [--rows 5000000] [--rounds 5]

Makes its own server from the wheel (durable, as in production) and its own rows; contestants alternate, medians count.
"""

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import msgspec

from freehold.migrate import backup
from freehold.migrate.clients import run_client
from freehold.migrate.database import connect
from freehold.migrate.digests import digests
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.migrate.restore import load_into
from freehold.migrate.staging import staging_database
from freehold.postgres import EmbeddedServer

RESULTS = Path(__file__).with_name("results.json")
DUMP = ("--format=directory", "--jobs=2", "--compress=gzip:1")

SCHEMA = """
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, name text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers,
    reference uuid NOT NULL, status text NOT NULL, total numeric(12, 2) NOT NULL, note text,
    placed_at timestamptz NOT NULL
);
"""
CUSTOMERS = """
INSERT INTO customers (email, name, created_at)
SELECT 'customer' || n || '@example.com', 'Customer ' || md5(n::text),
    timestamptz '2024-01-01' + n * interval '7 seconds'
FROM generate_series(1, $1::bigint) n
"""
ORDERS = """
INSERT INTO orders (customer_id, reference, status, total, note, placed_at)
SELECT 1 + n * 7919 % $2::bigint, md5(n::text)::uuid, (ARRAY['new', 'paid', 'sent'])[1 + n % 3],
    (n * 31 % 5000000) / 100.0,
    repeat(md5((n + 1)::text), 1 + (n % 6)::int), timestamptz '2024-06-01' + n * interval '3 seconds'
FROM generate_series(1, $1::bigint) n
"""
MIGRATIONS = {
    "0001_phone": ("ALTER TABLE customers ADD phone text;", "ALTER TABLE customers DROP phone;", ""),
    "0002_status": (
        "ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status <> '') NOT VALID;",
        "ALTER TABLE orders DROP CONSTRAINT orders_status_check;",
        "",
    ),
    "0003_by_customer": (
        "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);",
        "DROP INDEX CONCURRENTLY orders_customer_id_idx;",
        "-- migrate: transaction=off",
    ),
}


def write_migrations(folder: Path) -> MigrationSet:
    for name, (up, down, directive) in MIGRATIONS.items():
        (folder / f"{name}.sql").write_text(f"{directive}\n-- migrate:up\n{up}\n-- migrate:down\n{down}\n", "utf-8")
    return MigrationSet.from_folder(folder)


async def generate(url: str, rows: int) -> int:
    connection = await asyncpg.connect(url)
    customers = max(1, rows // 10)
    await connection.execute(SCHEMA)
    await connection.execute(CUSTOMERS, customers)
    await connection.execute(ORDERS, rows - customers, customers)
    await connection.execute("VACUUM ANALYZE")
    size: int = await connection.fetchval("SELECT pg_database_size(current_database())")
    await connection.close()
    return size


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.monotonic()
    await work()
    return time.monotonic() - began


class Contest:
    """The contestants; each leaves the disk as it found it."""

    def __init__(self, url: str, folder: Path, migrations: MigrationSet) -> None:
        self._url, self._folder, self._migrations = url, folder, migrations
        self._major = 0

    async def prepare(self) -> None:
        async with connect(self._url) as connection:
            self._major = connection.get_server_version().major
        self._kept = await backup.create(self._url, self._folder / "kept")

    async def bare_dump(self) -> None:
        await run_client("pg_dump", self._major, self._url, *DUMP, f"--file={self._folder / 'dump'}")
        shutil.rmtree(self._folder / "dump")

    async def our_backup(self) -> None:
        taken = await backup.create(self._url, self._folder / "backups")
        shutil.rmtree(taken.folder)

    async def bare_restore(self) -> None:
        async with staging_database(self._url) as copy:
            await run_client("pg_restore", self._major, copy, "--jobs=2", self._kept.dump)

    async def our_restore(self) -> None:
        async with staging_database(self._url) as copy:
            await load_into(self._kept, copy)

    async def hashing(self) -> None:
        async with connect(self._url) as connection:
            await digests(connection)

    async def whole_rehearsal(self) -> None:
        answer = await rehearse(self._url, sets=[self._migrations], backups=self._folder / "backups", offline=True)
        if not answer.passed:
            raise SystemExit("\n".join(str(each) for each in answer.findings))
        shutil.rmtree(answer.backup)


async def run(url: str, folder: Path, rows: int, rounds: int) -> dict[str, object]:
    print(f"Making {rows} rows ...")
    size = await generate(url, rows)
    print(f"{size / 1e9:.2f} GB in the database")
    (folder / "migrations").mkdir()
    contest = Contest(url, folder, write_migrations(folder / "migrations"))
    await contest.prepare()
    works = {
        "pg_dump -Fd -j2 -Z gzip:1": contest.bare_dump,
        "backup": contest.our_backup,
        "pg_restore -j2": contest.bare_restore,
        "restore, compared": contest.our_restore,
        "hash of every row": contest.hashing,
        "whole rehearsal": contest.whole_rehearsal,
    }
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        for name, work in works.items():
            seconds[name].append(await timed(work))
        print(f"round {number + 1}: " + ", ".join(f"{name} {each[-1]:.1f} s" for name, each in seconds.items()))
    middle = {name: statistics.median(each) for name, each in seconds.items()}
    dump, restore = middle["pg_dump -Fd -j2 -Z gzip:1"], middle["pg_restore -j2"]
    ratios = {
        "backup / pg_dump (target 1.2)": middle["backup"] / dump,
        "restore, compared / pg_restore": middle["restore, compared"] / restore,
        "hash / pg_dump": middle["hash of every row"] / dump,
        "rehearsal / (pg_dump + pg_restore) (target 3)": middle["whole rehearsal"] / (dump + restore),
    }
    for name, each in seconds.items():
        print(f"{name:30} median {middle[name]:6.2f} s   from {min(each):.2f} to {max(each):.2f}")
    for name, ratio in ratios.items():
        print(f"{name:50} {ratio:.2f}")
    return {"rows": rows, "bytes": size, "seconds": seconds, "ratios": ratios}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="freehold-bench-") as name:
        folder = Path(name)
        with EmbeddedServer.start(folder / "postgres") as server:
            results = asyncio.run(run(server.url, folder, arguments.rows, arguments.rounds))
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


if __name__ == "__main__":
    main()
