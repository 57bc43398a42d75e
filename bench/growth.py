"""How many servers an installation needs, by its users and what they ask: computed from what was measured.

    python -m bench.growth [--users 1000000,10000000] [--requests 10,30,100] [--peak 3] [--writes 0.1] ...

It starts nothing and measures nothing. It reads ``bench/results.json``, and MEASURED below for what that lacks, and
prints a table with its assumptions. With --keep, the table and the text go into ``docs/explanation/growing.md``.
"""

import argparse
import json
import math
import re
import statistics
from pathlib import Path
from typing import Final, NamedTuple

from bench.report import ROOT

PAGE: Final = "docs/explanation/growing.md"
RESULTS: Final = Path(__file__).with_name("results.json")
MARKS: Final = re.compile(r"(?<=^<!-- growth: begin -->\n).*?(?=^<!-- growth: end -->$)", re.DOTALL | re.MULTILINE)
SECONDS_OF_A_DAY: Final = 86_400
CORES: Final = 2
"""Of the machine of results.json; database, servers and load shared them."""


class Number(NamedTuple):
    """A number that results.json does not have, and where it was measured."""

    value: float
    source: str


MEASURED: Final = {
    "P1 api": Number(195, "microseconds of a worker; docs/explanation/performance.md, with 128 connections"),
    "P1 database": Number(39, "microseconds of PostgreSQL; the same"),
    "P3 api": Number(684, "microseconds of a worker; the same"),
    "P3 database": Number(604, "microseconds of PostgreSQL; the same"),
    "left on the primary": Number(0.42, "of a list's time with 1 replica; make bench-replicas, in growing.md"),
    "P1 on Citus": Number(0.56, "of the rate over HTTP, the lower end; growing.md, stage 4"),
    "P2 on Citus": Number(0.38, "of the rate over HTTP, the lower end; growing.md, stage 4"),
    "write on Citus": Number(0.42, "of the rate in the database; growing.md, stage 4"),
    "directory writes": Number(500, "per second for a whole cluster, the lower end; growing.md, stage 4"),
    "bytes of a user": Number(420, "with indexes; growing.md, stage 1"),
    "bytes of a membership": Number(270, "with indexes; growing.md, stage 1"),
    "bytes of a project": Number(290, "with indexes; growing.md, stage 1"),
}
REPLAY: Final = 0.5
"""Of a write's time on the primary; assumed."""
FEWEST_NODES: Final = 2
"""So that one can be upgraded while the other serves."""


class Use(NamedTuple):
    """What users ask, and what the servers are.

    Attributes:
        users: how many there are.
        requests: of each of them in a day.
        peak: how many times the average the busiest hour is.
        writes: their share of the requests.
        directory: the share of the writes that change users, organizations, members or roles.
        sign_ins: of each user in a day, with a password.
        memberships: of each user.
        projects: for each user.
        api_cores: of a node of the API.
        database_cores: of a database server.
        busy: how much of its cores a server may use at the peak.
        terabytes: what one database server holds.
    """

    users: int = 1_000_000
    requests: float = 10
    peak: float = 3
    writes: float = 0.1
    directory: float = 0.1
    sign_ins: float = 0.1
    memberships: float = 3
    projects: float = 10
    api_cores: int = 8
    database_cores: int = 32
    busy: float = 0.6
    terabytes: float = 4


class Costs(NamedTuple):
    """Processor seconds of one request: on a node of the API, and in PostgreSQL."""

    api: float
    database: float


class Need(NamedTuple):
    """What a use needs.

    Attributes:
        per_second: requests at the peak, sign-ins apart.
        gigabytes: of users, memberships and projects.
        api_nodes: how many.
        replicas: of the primary; 0 on a cluster.
        workers: of a cluster; 0 without one.
        directory_writes: per second, at the peak.
        limits: what no more servers help against, in words.
    """

    per_second: float
    gigabytes: float
    api_nodes: int
    replicas: int
    workers: int
    directory_writes: float
    limits: tuple[str, ...] = ()

    @property
    def database(self) -> str:
        if self.workers:
            return f"1 coordinator, {_plural(self.workers, 'worker')}"
        return f"1 primary, {_plural(self.replicas, 'replica')}" if self.replicas else "1 server"


def costs(results: Path = RESULTS) -> dict[str, Costs]:
    """Take the cost of each kind of request from what was measured."""
    contests = json.loads(results.read_text("utf-8"))["contests"]
    of = {name: number.value / 1e6 for name, number in MEASURED.items() if name.endswith((" api", " database"))}
    write = Costs(of["P3 api"], of["P3 database"])
    whole = CORES / statistics.median(contests["P2"]["Freehold"])
    in_database = whole * write.database / (write.api + write.database)
    return {
        "P1": Costs(of["P1 api"], of["P1 database"]),
        "P2": Costs(whole - in_database, in_database),
        "write": write,
        "sign-in": Costs(CORES / statistics.median(contests["P4"]["Freehold"]), write.database),
    }


def need(use: Use, cost: dict[str, Costs]) -> Need:
    """Compute the servers that a use needs at its peak."""
    a_day = use.users * use.peak / SECONDS_OF_A_DAY
    per_second, sign_ins = a_day * use.requests, a_day * use.sign_ins
    writes = per_second * use.writes
    reads = (per_second - writes) / 2  # of each of the two kinds
    rates = {"P1": reads, "P2": reads, "write": writes, "sign-in": sign_ins}
    api = sum(rate * cost[kind].api for kind, rate in rates.items())
    reading = reads * (cost["P1"].database + cost["P2"].database)
    writing = writes * cost["write"].database + sign_ins * cost["sign-in"].database
    one = use.database_cores * use.busy
    of_user = (
        MEASURED["bytes of a user"].value
        + use.memberships * MEASURED["bytes of a membership"].value
        + use.projects * MEASURED["bytes of a project"].value
    )
    found = Need(
        per_second=per_second,
        gigabytes=use.users * of_user / 1e9,
        api_nodes=max(FEWEST_NODES, math.ceil(api / (use.api_cores * use.busy))),
        replicas=0,
        workers=0,
        directory_writes=writes * use.directory,
    )
    fits = found.gigabytes <= use.terabytes * 1000
    if fits and reading + writing <= one:
        return found
    left = MEASURED["left on the primary"].value
    replayed = writing * REPLAY
    if fits and reading * left + writing <= one and replayed < one:
        return found._replace(replicas=math.ceil(reading * (1 - left) / (one - replayed)))
    return _on_citus(found, use, rates, cost)


def _on_citus(found: Need, use: Use, rates: dict[str, float], cost: dict[str, Costs]) -> Need:
    one = use.database_cores * use.busy
    # What is on every server, or on the coordinator alone, costs the coordinator all of it; what is spread costs the
    # worker what plain PostgreSQL costs, and the coordinator what makes the whole slower.
    coordinator = rates["sign-in"] * cost["sign-in"].database
    coordinator += rates["P1"] * (cost["P1"].database + _more(sum(cost["P1"]), "P1 on Citus"))
    coordinator += rates["P2"] * _more(sum(cost["P2"]), "P2 on Citus")
    coordinator += rates["write"] * _more(cost["write"].database, "write on Citus")
    workers = rates["P2"] * cost["P2"].database + rates["write"] * cost["write"].database
    limits = []
    if coordinator > one:
        limits.append(f"the coordinator ({coordinator / one:.1f} x what it carries)")
    most = MEASURED["directory writes"].value
    if found.directory_writes > most:
        limits.append(f"directory writes ({found.directory_writes / most:.1f} x)")
    count = max(2, math.ceil(workers / one), math.ceil(found.gigabytes / (use.terabytes * 1000)))
    return found._replace(workers=count, limits=tuple(limits))


def _more(seconds: float, ratio: str) -> float:
    return seconds * (1 / MEASURED[ratio].value - 1)


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def table(uses: list[Use], cost: dict[str, Costs]) -> str:
    """Write a row for each use."""
    head = (
        *("users", "requests per user and day", "requests/s at the peak", "data", "API nodes", "database"),
        *("directory writes/s", "what more servers do not help"),
    )
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    for use in uses:
        found = need(use, cost)
        cells = (
            f"{use.users:,}",
            f"{use.requests:g}",
            f"{found.per_second:,.0f}",
            f"{found.gigabytes:,.0f} GB",
            f"{found.api_nodes:,}",
            found.database,
            f"{found.directory_writes:,.0f}",
            "; ".join(found.limits) or "-",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def assumptions(use: Use, cost: dict[str, Costs]) -> str:
    """Say what the table rests on."""
    api = ", ".join(f"{kind} {each.api * 1e6:,.0f}" for kind, each in cost.items())
    database = ", ".join(f"{kind} {each.database * 1e6:,.0f}" for kind, each in cost.items())
    lines = (
        (
            f"The busiest hour has {use.peak:g} times the average. {use.writes:.0%} of the requests write, as creating "
            "a project does (P3); the others are half users with their organizations (P1), half lists of projects (P2)."
        ),
        f"{use.directory:.0%} of the writes change users, organizations, members or roles: the directory.",
        (
            f"A user signs in with a password {use.sign_ins:g} times a day, has {use.memberships:g} memberships and "
            f"{use.projects:g} projects. The audit log and your own tables are not counted."
        ),
        (
            f"An API node has {use.api_cores} cores, a database server {use.database_cores} and {use.terabytes:g} TB; "
            f"at the peak they use {use.busy:.0%} of their cores. There are at least {FEWEST_NODES} API nodes, so that "
            "one can be upgraded. Your cores are as fast as those of the measurements, and cost grows in proportion."
        ),
        (
            f"Microseconds of an API node for a request: {api}. Of PostgreSQL: {database}. "
            "How P2's time divides between the two was not measured: it is taken to divide as P3's. "
            "What a sign-in costs an API node is argon2id; in PostgreSQL it is taken to cost what a P3 does."
        ),
        (
            f"With replicas, {MEASURED['left on the primary'].value:.0%} of the reads' time stays on the primary; "
            f"replaying a write is taken to cost a replica {REPLAY:.0%} of what it cost the primary."
        ),
        (
            "On Citus, all requests go through the coordinator. What makes them slower than on plain PostgreSQL is all "
            f"taken to be its work (the lower end of the measured ratios: P1 {MEASURED['P1 on Citus'].value}, "
            f"P2 {MEASURED['P2 on Citus'].value}, writes {MEASURED['write on Citus'].value}). A cluster has at least "
            f"2 workers, and changes the directory at most {MEASURED['directory writes'].value:g} times a second."
        ),
    )
    return "\n".join(f"- {line}" for line in lines)


def page(uses: list[Use], cost: dict[str, Costs]) -> str:
    """Write the table and what it rests on."""
    return f"{table(uses, cost)}\n\nIt assumes:\n\n{assumptions(uses[0], cost)}\n"


def uses_of(users: list[int], requests: list[float], rest: Use) -> list[Use]:
    """Combine each number of users with each number of requests."""
    return [rest._replace(users=many, requests=each) for many in users for each in requests]


USERS: Final = (1_000_000, 10_000_000, 100_000_000)
REQUESTS: Final = (10.0, 30.0, 100.0)


def in_page(text: str) -> str:
    """Put the table of the defaults into the text of the page.

    Raises:
        SystemExit: the page has no place for it.
    """
    made = page(uses_of(list(USERS), list(REQUESTS), Use()), costs())
    changed, places = MARKS.subn(lambda _: made, text)
    if places != 1:
        raise SystemExit(f"{PAGE} should have <!-- growth: begin --> and <!-- growth: end --> once, each in a line")
    return changed


_HELP: Final = {
    "peak": (float, "how many times the average the busiest hour is"),
    "writes": (float, "the share of requests that write, 0 to 1"),
    "directory": (float, "the share of writes that change users, organizations, members or roles, 0 to 1"),
    "sign_ins": (float, "of each user in a day, with a password"),
    "memberships": (float, "of each user"),
    "projects": (float, "for each user"),
    "api_cores": (int, "of an API node"),
    "database_cores": (int, "of a database server"),
    "busy": (float, "how much of its cores a server may use at the peak, above 0 to 1"),
    "terabytes": (float, "what one database server holds"),
}
_SHARES: Final = ("writes", "directory")
_ABOVE_ZERO: Final = ("peak", "api_cores", "database_cores", "busy", "terabytes")


def main(arguments: list[str] | None = None) -> None:
    """Compute, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__.splitlines()[0])
    parser.add_argument("--users", default=",".join(map(str, USERS)), help="how many, with commas between")
    parser.add_argument("--requests", default=",".join(f"{each:g}" for each in REQUESTS), help="per user and day")
    for name, (kind, text) in _HELP.items():
        default = Use._field_defaults[name]
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=kind, default=default, help=f"{text} ({default})".replace("%", "%%")
        )
    parser.add_argument("--keep", action="store_true", help="write the table of the defaults into the documentation")
    options = vars(parser.parse_args(arguments))
    if options.pop("keep"):
        file = ROOT / PAGE
        file.write_text(in_page(file.read_text("utf-8")), "utf-8")
        return
    try:
        users = [int(each) for each in options.pop("users").split(",")]
        requests = [float(each) for each in options.pop("requests").split(",")]
    except ValueError:
        parser.error("--users and --requests take numbers with commas between: 1000000,10000000")
    for name, value in [
        *options.items(),
        *(("users", each) for each in users),
        *(("requests", each) for each in requests),
    ]:
        most = 1 if name in (*_SHARES, "busy") else math.inf
        if not 0 <= value <= most or not math.isfinite(value) or (value == 0 and name in _ABOVE_ZERO):
            parser.error(f"--{name.replace('_', '-')} cannot be {value:g}: {_HELP.get(name, (0, 'from 0'))[1]}")
    print(page(uses_of(users, requests, Use(**options)), costs()), end="")


if __name__ == "__main__":
    main()
