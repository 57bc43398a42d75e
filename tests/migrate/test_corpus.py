"""Histories in the manner of five tools go all the way: imported, checked, applied, rehearsed, back, and up again.

What comes of them is compared with what psql makes of the original files.
"""

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.migrate.conftest import sql
from tests.migrate.histories import CORPUS, HISTORIES, History

from freehold.migrate import gate, runner
from freehold.migrate.catalog import SchemaObject, read_schema
from freehold.migrate.commands import migrate
from freehold.migrate.database import connect
from freehold.migrate.digests import Digests, digests
from freehold.migrate.files import MigrationSet
from freehold.migrate.fingerprint import differences, misgranted
from freehold.migrate.rehearse import rehearse
from freehold.postgres import client_binary
from freehold.postgres.client import client_connection, server_major

Make = Callable[..., str]


class Site:
    """A history, imported, and an empty database."""

    def __init__(self, name: str, url: str, folder: Path) -> None:
        self.history, self.name, self.url, self.folder = HISTORIES[name], name, url, folder / "migrations"
        self.backups = folder / "backups"
        values = [f"--set={key}={value}" for key, value in self.history.values.items()]
        command = ["import", "--from", self.history.framework, str(CORPUS / name), "--to", str(self.folder), *values]
        imported = CliRunner().invoke(migrate, [*command, "--json"])
        assert imported.exit_code == 0, imported.output
        self.answer = json.loads(imported.stdout)
        self.all = MigrationSet.from_folder(self.folder)

    def run(self, command: str, *arguments: str, url: str = "") -> Result:
        environment = {"FREEHOLD_DATABASE_URL": url or self.url, "FREEHOLD_BACKUPS_DIR": str(self.backups)}
        return CliRunner(env=environment).invoke(
            migrate, [command, "--no-builtin", "--dir", str(self.folder), *arguments]
        )

    def first(self, number: int) -> list[MigrationSet]:
        return [self.all._replace(migrations=self.all.migrations[:number])]

    def schema(self) -> list[SchemaObject]:
        return asyncio.run(read_schema(self.url))

    def is_wall(self, index: int) -> bool:
        return bool(self.all.migrations[index].irreversible)


@pytest.fixture(params=HISTORIES)
def site(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Site:
    return Site(request.param, database_url, tmp_path)


def psql(url: str, scripts: Sequence[str]) -> None:
    """Run scripts as psql does, each by itself."""
    client = client_connection(url)
    program = str(client_binary("psql", server_major(client)))
    for script in scripts:
        command = [program, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={client.url}", "--file=-"]
        environment = {**os.environ, "PGPASSWORD": client.password or ""}
        answer = subprocess.run(command, input=script.encode(), env=environment, capture_output=True, check=False)
        assert answer.returncode == 0, answer.stderr.decode()


def rows(url: str) -> Digests:
    async def read() -> Digests:
        async with connect(url) as connection:
            return await digests(connection)

    return asyncio.run(read())


def as_psql_made_it(history: History, name: str, make: Make) -> str:
    url = make()
    psql(url, history.scripts(CORPUS / name))
    return url


def same(one: Sequence[SchemaObject], other: Sequence[SchemaObject]) -> bool:
    found = [*differences(one, other), *misgranted(one, other)]
    assert found == []
    return True


@pytest.mark.usefixtures("client_programs")
def test_applied_it_is_what_psql_makes_of_the_originals(site: Site, make_database: Make) -> None:
    checked = site.run("check")
    assert checked.exit_code == 0, checked.output
    applied = site.run("apply")
    assert applied.exit_code == 0, applied.output
    made = as_psql_made_it(site.history, site.name, make_database)
    assert same(asyncio.run(read_schema(made)), site.schema())
    assert rows(made) == rows(site.url)
    assert site.run("verify").exit_code == 0


@pytest.mark.usefixtures("client_programs")
def test_database_that_psql_made_is_adopted_and_goes_back(site: Site, make_database: Make) -> None:
    url = as_psql_made_it(site.history, site.name, make_database)
    asyncio.run(sql(url, "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean)"))
    adopted = site.run("adopt", url=url)
    assert adopted.exit_code == 0, adopted.output
    assert f"{len(site.all.migrations)} recorded as applied: the schema is what the files make." in adopted.stdout
    assert json.loads(site.run("status", "--json", url=url).stdout)["pending"] == []
    asyncio.run(runner.apply(site.url, sets=site.first(len(site.all.migrations))))
    last_wall = max((index for index in range(len(site.all.migrations)) if site.is_wall(index)), default=-1)
    target = site.all.migrations[last_wall].version if last_wall >= 0 else "0"
    for each in (url, site.url):
        asyncio.run(runner.down(each, sets=[site.all], to=target))
    asyncio.run(sql(url, "DROP TABLE schema_migrations"))
    assert same(asyncio.run(read_schema(url)), site.schema())
    assert rows(url) == rows(site.url)


@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.long)])
def test_every_way_back_leads_where_it_came_from_and_up_again(site: Site, stride: int) -> None:
    """Up in strides, down again to each of the places passed, and up once more, with schema and rows compared."""
    total = len(site.all.migrations)
    stops = [0, *range(stride, total, stride), total]
    passed = {}
    for stop in stops:
        asyncio.run(runner.apply(site.url, sets=site.first(stop)))
        passed[stop] = (site.schema(), rows(site.url))
    reached = total
    for stop in reversed(stops[:-1]):
        if any(site.is_wall(index) for index in range(stop, reached)):
            break
        asyncio.run(runner.down(site.url, sets=[site.all], to=site.all.migrations[stop - 1].version if stop else "0"))
        assert same(passed[stop][0], site.schema())
        assert rows(site.url).tables == passed[stop][1].tables
        reached = stop
    assert reached < total or site.is_wall(total - 1)
    asyncio.run(runner.apply(site.url, sets=[site.all]))
    assert same(passed[total][0], site.schema())
    assert rows(site.url).tables == passed[total][1].tables


@pytest.mark.parametrize("places", [(5, 7), pytest.param((1, 3, 6, 9, 12, 99), marks=pytest.mark.long)])
def test_it_is_rehearsed_in_slices_and_nothing_untrue_is_found(
    site: Site, places: Sequence[int], make_database: Make
) -> None:
    """Apply the first files, rehearse the next ones on a copy, apply them with that evidence, and go on."""
    first, *rest = dict.fromkeys(min(place, len(site.all.migrations)) for place in places)
    asyncio.run(runner.apply(site.url, sets=site.first(first)))
    for place in rest:
        answer = asyncio.run(rehearse(site.url, sets=site.first(place), backups=site.backups, offline=True))
        found = {(each.label.partition("_")[2], each.rule) for each in answer.findings if each.severity == "error"}
        assert found <= site.history.findings
        unsafe = "" if answer.passed else "the findings are true, and this is history"
        asyncio.run(gate.apply_proved(site.url, sets=site.first(place), unsafe=unsafe, offline=True))
    if rest[-1] == len(site.all.migrations):
        made = as_psql_made_it(site.history, site.name, make_database)
        assert same(asyncio.run(read_schema(made)), site.schema())
        assert rows(made) == rows(site.url)


def test_files_without_a_way_back_are_said(site: Site) -> None:
    walls = [migration.name for migration in site.all.migrations if migration.irreversible]
    assert walls == list(site.history.walls)
