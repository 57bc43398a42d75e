"""What your own program pays to ask who somebody is and what they may: beside the check that the HTTP API makes itself.

    .venv/bin/python -m bench.checks [--rounds 7] [--seconds 3] [--keep]

It starts a PostgreSQL of its own, with 128 people who each have an organization and ask at the same time, in one
process. The four take turns: `platform.authenticate`, the same with `platform.access`, and what a request of the API
does for each. With --keep the figures are written to `bench/figures/checks.json` and into the documentation.
"""

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import uvloop

from bench.contest import alternate
from bench.figures import FOLDER, Figure, ratios
from bench.machine import describe
from bench.report import PAGE, ROOT
from freehold import NewOrganization, NewSession, NewUser, Platform, Settings, migrate
from freehold.access import Action
from freehold.access.scope import scope_of
from freehold.credentials import authenticated
from freehold.data.context import Context
from freehold.postgres import EmbeddedServer

PASSWORD = "Lovelace1"  # noqa: S105 - of invented people
PEOPLE = 128
SETTINGS = Settings(rate_limits="off", pool_size=5)
IP, AGENT, REQUEST = "192.0.2.1", "bench", "request"
MARKS = re.compile(r"(?<=^<!-- checks: begin -->\n).*?(?=^<!-- checks: end -->$)", re.DOTALL | re.MULTILINE)

SESSION, BOTH = "platform.authenticate", "platform.authenticate + access"
API_SESSION, API_BOTH = "the API's check of P1 (who asks)", "the API's check of P2 (who asks, and may they)"


class Person(NamedTuple):
    """Somebody who asks."""

    token: str
    organization: str


Check = Callable[[Platform, Person], Awaitable[object]]


async def _authenticate(platform: Platform, person: Person) -> object:
    return await platform.authenticate(person.token, ip=IP, user_agent=AGENT, request_id=REQUEST)


async def _authenticate_and_access(platform: Platform, person: Person) -> object:
    mine = await platform.authenticate(
        person.token, ip=IP, user_agent=AGENT, request_id=REQUEST, organization=person.organization
    )
    return await mine.access(person.organization, "project.read")


async def _context(platform: Platform, person: Person, organization: str | None = None) -> Context:
    """Make the context of a request as `freehold.serve.door` does."""
    stranger = msgspec.structs.replace(
        platform.context,
        db=platform.context.db,
        actor=None,
        request_id=REQUEST,
        ip=IP,
        user_agent=AGENT,
        redirects=True,
    )
    return await authenticated(stranger, person.token, organization)


async def _context_and_scope(platform: Platform, person: Person) -> object:
    context = await _context(platform, person, person.organization)
    return await scope_of(context, person.organization, action=Action.PROJECT_READ, outsiders=True, changes=False)


CHECKS: dict[str, Check] = {
    SESSION: _authenticate,
    API_SESSION: _context,
    BOTH: _authenticate_and_access,
    API_BOTH: _context_and_scope,
}


async def people(platform: Platform) -> list[Person]:
    """Make people who are signed in, with an organization each."""
    made = []
    for number in range(PEOPLE):
        name = f"person{number}"
        user = await platform.users.create(NewUser(username=name, email=f"{name}@example.com", password=PASSWORD))
        mine = platform.acting_as(user.id)
        organization = await mine.organizations.create(NewOrganization(name=name, slug=f"of-{name}"))
        made.append(
            Person((await platform.sessions.create(NewSession(login=name, password=PASSWORD))).token, organization.slug)
        )
    return made


async def measure(platform: Platform, asking: list[Person], check: Check, seconds: float) -> float:
    """Have everybody ask again and again; gives checks per second."""
    ends = time.perf_counter() + seconds

    async def ask(person: Person) -> int:
        count = 0
        while time.perf_counter() < ends:
            await check(platform, person)
            count += 1
        return count

    began = time.perf_counter()
    done = sum(await asyncio.gather(*map(ask, asking)))
    return done / (time.perf_counter() - began)


def compare(url: str, rounds: int, seconds: float) -> list[Figure]:
    """Let the checks take turns."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(migrate.apply(url, sets=[migrate.builtin()]))
        opening = Platform.open(url, settings=SETTINGS)
        platform = runner.run(opening.__aenter__())
        try:
            asking = runner.run(people(platform))

            def once(check: Check, number: int) -> float:
                del number
                return runner.run(measure(platform, asking, check, seconds))

            for check in CHECKS.values():  # until every statement is prepared
                runner.run(measure(platform, asking, check, 1))
            measures = {name: partial(once, check) for name, check in CHECKS.items()}
            found = alternate("checks in process; 128 at the same time", measures, rounds=rounds)
        finally:
            runner.run(opening.__aexit__(None, None, None))
    pairs = ((SESSION, API_SESSION), (BOTH, API_BOTH), (BOTH, API_SESSION))
    return [
        Figure(target="P1", work=ours, against=theirs, values=ratios(found[ours], found[theirs]), at_least=0.9)
        for ours, theirs in pairs
    ]


def keep(figures: list[Figure], conditions: str, root: Path = ROOT) -> None:
    """Write the figures for the whole table, and those of this script into the documentation.

    Raises:
        SystemExit: the page has no place for them.
    """
    (FOLDER / "checks.json").write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")
    rows = [f"| {each.work} | {each.against} | {each.wanted} | {each.measured} | {each.verdict} |" for each in figures]
    head = ["| in process | against | target | measured: median (from, to) | |", "| --- | --- | --- | --- | --- |"]
    table = "\n".join([*head, *rows, "", conditions, ""])
    text, places = MARKS.subn(lambda _: table, (root / PAGE).read_text("utf-8"))
    if places != 1:
        sys.exit(f"{PAGE} should have <!-- checks: begin --> and <!-- checks: end --> once, in lines of their own")
    (root / PAGE).write_text(text, "utf-8")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--keep", action="store_true", help="write the figures into the documentation")
    options = parser.parse_args()
    machine = "; ".join(f"{name} {value}" for name, value in describe().items())
    with (
        tempfile.TemporaryDirectory(prefix="fh-", ignore_cleanup_errors=True) as folder,
        EmbeddedServer.start(Path(folder) / "data") as server,
    ):
        figures = compare(server.url, options.rounds, options.seconds)
    for each in figures:
        print(f"{each.work} / {each.against}: {each.measured}, {each.wanted}: {each.verdict}")
    if options.keep:
        taken = f"{options.rounds} rounds of {options.seconds:g} s in turns, {PEOPLE} at the same time in one process"
        keep(figures, f"{taken}. Machine: {machine}.")


if __name__ == "__main__":
    main()
