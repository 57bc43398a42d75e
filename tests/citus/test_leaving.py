"""What leaves a spread database: files of an export, and what `doctor` finds."""

import json
from pathlib import Path

import pytest

from freehold import NewOrganization, NewProject, NewRole, NewUser, Platform, Settings
from freehold.doctor.examining import examine
from freehold.transfer.types import KindName
from tests.citus.conftest import Cluster
from tests.conftest import PASSWORD

pytestmark = pytest.mark.citus
KINDS: tuple[KindName, ...] = ("users", "organizations", "members", "projects")


async def test_export_has_every_row_in_order_and_the_examination_finds_no_error(spread: Cluster, tmp_path: Path):
    async with Platform.open(spread.coordinator) as platform:
        ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password=PASSWORD))
        bob = await platform.users.create(NewUser(username="bob", email="bob@example.com", password=PASSWORD))
        mine = platform.acting_as(ada.id)
        made = []
        for number in range(5):
            organization = await mine.organizations.create(NewOrganization(name=f"Acme {number}"))
            await platform.organizations.members.put(organization.id, bob.id, NewRole(role="member"))
            made += [
                await mine.projects.create(organization.id, NewProject(name=f"Rocket {each}")) for each in range(20)
            ]
        lines: dict[str, list[dict[str, object]]] = {}
        for kind in KINDS:
            parts: list[bytes] = []
            count = await platform.transfer.export_file(kind, parts.append)
            lines[kind] = [json.loads(line) for line in b"".join(parts).splitlines()]
            assert len(lines[kind]) == count
    assert [each["id"] for each in lines["projects"]] == sorted(str(project.id) for project in made)
    assert [len(lines[kind]) for kind in KINDS] == [2, 5, 5, 100]
    settings = Settings(database_url=spread.coordinator, backups_dir=tmp_path)
    diagnosis = await examine(spread.coordinator, settings)
    assert not diagnosis.skipped
    assert {each.check for each in diagnosis.findings if each.severity == "error"} <= {"backups", "durability"}
