"""What it costs to find users by the beginning of a name, as a ratio to a page without that, at a million users.

.venv/bin/python -m bench.search postgresql://superuser@host/empty_database [--users 1000000]
"""

import argparse
import asyncio
import statistics
import time
from typing import Final

import asyncpg

from bench.rows import IDS
from freehold import Platform, UsersPageRequest
from freehold.base.settings import Settings
from freehold.migrate import apply, builtin

SAMPLES: Final = 100
AT_MOST: Final = 1.5
TERMS: Final = ("u", "user_12", "user_999", "first5", "last77", "user500@", "nobody")
"""Beginnings that all have, many, a few, one and none."""
USERS: Final = """
INSERT INTO users (id, username, email, password_hash, first_name, last_name, created_at, updated_at)
SELECT pg_temp.user_id(n), 'user_' || n, 'user' || n || '@example.com', '!', 'First' || n, 'Last' || n, made, made
FROM generate_series(1, {users}) n, LATERAL (SELECT timestamptz '2024-01-01' + n * interval '97 seconds') AS t (made)
"""


async def _measure(url: str, users: int) -> None:
    await apply(url, sets=[builtin()])
    connection = await asyncpg.connect(url)
    await connection.execute(IDS + USERS.format(users=users))
    await connection.execute("VACUUM ANALYZE users")
    await connection.close()
    async with Platform.open(url, settings=Settings(rate_limits="off")) as platform:
        taken: dict[str | None, list[float]] = {term: [] for term in (None, *TERMS)}
        for round_ in range(SAMPLES + 5):
            for term, seconds in taken.items():
                began = time.perf_counter()
                await platform.users.list(UsersPageRequest(q=term))
                if round_ >= 5:
                    seconds.append(time.perf_counter() - began)
    unit = statistics.median(taken[None])
    print(f"a page of 20 of {users:,} users: {unit * 1000:.2f} ms (median of {SAMPLES})")
    for term in TERMS:
        low, middle, high = (value / unit for value in statistics.quantiles(taken[term], n=4))
        verdict = "" if middle <= AT_MOST else f", above {AT_MOST} x"
        print(f"q={term:>10}: {middle:5.2f} x (quartiles {low:.2f} to {high:.2f}){verdict}")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="an empty database, and the superuser's rights in it")
    parser.add_argument("--users", type=int, default=1_000_000, help="how many there are")
    given = parser.parse_args()
    asyncio.run(_measure(given.url, given.users))


if __name__ == "__main__":
    main()
