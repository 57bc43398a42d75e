"""How long a failed sign-in takes, by whose it is: 100 of each, taken in turns, as ratios to a login that nobody has.

    .venv/bin/python -m bench.sign_in_times postgresql://superuser@host/empty_database

Each failure costs the same work (``freehold.passwords.work``); this shows what a clock makes of it.
"""

import argparse
import asyncio
import statistics
import time
from typing import Final

import asyncpg
import bcrypt

from freehold import NewSession, NewSuspension, NewUser, Platform
from freehold.base.settings import Settings
from freehold.migrate import apply, builtin
from freehold.sessions.errors import WrongCredentials

SAMPLES: Final = 100
UNKNOWN: Final = "nobody_at_all"
TODAYS: Final = ("confirmed", "unconfirmed", "suspended")
"""Users with a hash of today's."""
HASHES: Final = {
    "bcrypt_4": bcrypt.hashpw(b"x", b"$2b$04$" + b"." * 22).decode(),
    "bcrypt_10": bcrypt.hashpw(b"x", b"$2b$10$" + b"." * 22).decode(),
    "django_720000": f"pbkdf2_sha256$720000$abcdefgh${'A' * 43}=",
    "django_1000": f"pbkdf2_sha256$1000$abcdefgh${'A' * 43}=",
    "werkzeug_scrypt": f"scrypt:32768:8:1$abcdefgh${'0' * 128}",
    "crypt_5000": f"$6$abcdefgh${'.' * 86}",
    "ssha": f"{{SSHA}}{'A' * 32}",
    "no_password": "!",
}
"""Of other systems, dear and cheap."""


async def _fail(platform: Platform, login: str) -> float:
    began = time.perf_counter()
    try:
        await platform.sessions.create(NewSession(login=login, password="Wrong1234"))  # noqa: S106 - wrong on purpose
    except WrongCredentials:
        return time.perf_counter() - began
    raise AssertionError(login)


async def _measure(url: str) -> None:
    await apply(url, sets=[builtin()])
    connection = await asyncpg.connect(url)
    async with Platform.open(url, settings=Settings(rate_limits="off")) as platform:
        for name in TODAYS:
            new = NewUser(username=name, email=f"{name}@example.com", password="Lovelace1x")  # noqa: S106 - invented
            user = await platform.users.create(new)
            if name != "unconfirmed":
                await platform.users.mark_verified(user.id)
            if name == "suspended":
                await platform.users.suspend(user.id, NewSuspension(reason="Measured"))
        for name, stored in HASHES.items():
            await connection.execute(
                "INSERT INTO users (username, email, password_hash) VALUES ($1::text, $1::text || '@example.com', $2)",
                name,
                stored,
            )
        taken: dict[str, list[float]] = {login: [] for login in (UNKNOWN, *TODAYS, *HASHES)}
        for login in taken:
            await _fail(platform, login)
        for number in range(SAMPLES):
            await connection.execute("DELETE FROM sign_in_budgets")  # the first failure, which does most, each time
            for login, seconds in taken.items():
                seconds.append(await _fail(platform, login))
            print(f"\r{number + 1} of {SAMPLES}", end="", flush=True)
    await connection.close()
    unit = statistics.median(taken[UNKNOWN])
    print(f"\n{UNKNOWN}: {unit * 1000:.0f} ms (median of {SAMPLES})")
    for login, seconds in taken.items():
        low, middle, high = (value / unit for value in statistics.quantiles(seconds, n=4))
        print(f"{login:>16}: {middle:5.2f} x (quartiles {low:.2f} to {high:.2f})")


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m bench.sign_in_times", description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="an empty database, and the superuser's rights in it")
    asyncio.run(_measure(parser.parse_args().url))


if __name__ == "__main__":
    main()
