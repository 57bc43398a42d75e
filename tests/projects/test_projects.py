"""What can be done with projects, and what of them is seen by whom."""

from typing import Any
from uuid import uuid4

import pytest
from tests.conftest import SignUp

from freehold import (
    Invalid,
    Missing,
    NewOrganization,
    NewProject,
    NewProjectSettings,
    PageRequest,
    Platform,
    ProjectPatch,
    ProjectSettingsPatch,
    Stale,
    Unavailable,
)
from freehold.organizations.types import Organization

Acme = tuple[Platform, Organization]


@pytest.fixture
async def acme(platform: Platform, sign_up: SignUp) -> Acme:
    ada = platform.acting_as((await sign_up("ada")).id)
    return ada, await ada.organizations.create(NewOrganization(name="Acme"))


async def test_new_project_is_private_and_has_no_features(acme: Acme):
    ada, organization = acme
    project = await ada.projects.create("acme", NewProject(name=" Rocket "))
    assert (project.name, project.description, project.organization_id) == ("Rocket", "", organization.id)
    assert (project.settings.visibility, project.settings.features) == ("private", ())
    assert await ada.projects.get(organization.id, project.id) == project


async def test_newest_project_is_listed_first(acme: Acme):
    ada, organization = acme
    for name in ("first", "second", "third"):
        await ada.projects.create(organization.id, NewProject(name=name))
    listed = await ada.projects.list(organization.id, PageRequest())
    assert [project.name for project in listed.data] == ["third", "second", "first"]


async def test_pages_hold_every_project_once_although_all_are_of_one_moment(acme: Acme, connection: Any):
    ada, organization = acme
    await connection.execute(
        "INSERT INTO projects (organization_id, name) SELECT $1, 'Project ' || n FROM generate_series(1, 25) n",
        organization.id,
    )
    seen: list[str] = []
    request = PageRequest(limit=7, include="total")
    for _ in range(4):
        page = await ada.projects.list(organization.id, request)
        assert page.total == 25
        seen += [project.name for project in page.data]
        request = PageRequest(limit=7, include="total", cursor=page.next_cursor)
    assert page.next_cursor is None
    assert sorted(seen) == sorted(f"Project {n}" for n in range(1, 26))


async def test_cursor_is_good_for_the_list_that_gave_it_alone(acme: Acme):
    ada, organization = acme
    other = await ada.organizations.create(NewOrganization(name="Other"))
    for place in (organization, other):
        for name in ("one", "two"):
            public = NewProjectSettings(visibility="public")
            await ada.projects.create(place.id, NewProject(name=name, settings=public))
    cursor = (await ada.projects.list(organization.id, PageRequest(limit=1))).next_cursor
    assert cursor
    for bad in ("=", "\u00e9"):
        with pytest.raises(Invalid):
            PageRequest(cursor=bad)
    swapped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    tampered = [swapped, cursor[1:], cursor + "A", "A"]
    for call in (
        ada.projects.list(other.id, PageRequest(cursor=cursor)),
        ada.organizations.members.list(organization.id, PageRequest(cursor=cursor)),
        ada.organizations.list_of_user("me", PageRequest(cursor=cursor)),
        ada.acting_as(None).projects.list(organization.id, PageRequest(cursor=cursor)),
        *[ada.projects.list(organization.id, PageRequest(cursor=bad)) for bad in tampered],
    ):
        with pytest.raises(Invalid) as refused:
            await call
        assert [(error.pointer, error.code) for error in refused.value.errors] == [("/cursor", "invalid_cursor")]


async def test_outsider_sees_public_projects_and_counts_them_alone(acme: Acme, platform: Platform, sign_up: SignUp):
    ada, organization = acme
    outsider = platform.acting_as((await sign_up("eve")).id)
    private = await ada.projects.create(organization.id, NewProject(name="Private"))
    with pytest.raises(Missing) as hidden:
        await outsider.projects.list(organization.id, PageRequest())
    with pytest.raises(Missing) as absent:
        await outsider.projects.list(uuid4(), PageRequest())
    assert hidden.value.detail == absent.value.detail
    public = NewProject(name="Public", settings=NewProjectSettings(visibility="public"))
    await ada.projects.create(organization.id, public)
    for actor in (outsider, platform.acting_as(None)):
        page = await actor.projects.list(organization.id, PageRequest(include="total"))
        assert ([project.name for project in page.data], page.total) == (["Public"], 1)
        for project_id in (private.id, uuid4()):
            with pytest.raises(Missing) as unseen:
                await actor.projects.get(organization.id, project_id)
            assert unseen.value.detail == hidden.value.detail
    assert (await ada.projects.list(organization.id, PageRequest(include="total"))).total == 2


async def test_project_is_found_in_its_own_organization_alone(acme: Acme):
    ada, organization = acme
    other = await ada.organizations.create(NewOrganization(name="Other"))
    project = await ada.projects.create(organization.id, NewProject(name="Rocket"))
    for call in (
        ada.projects.get(other.id, project.id),
        ada.projects.update(other.id, project.id, ProjectPatch(name="Mine")),
        ada.projects.delete(other.id, project.id),
    ):
        with pytest.raises(Missing):
            await call
    assert await ada.projects.get(organization.id, project.id) == project


async def test_merge_patch_leaves_what_is_absent_and_replaces_features_whole(acme: Acme):
    ada, organization = acme
    settings = NewProjectSettings(visibility="public", features=("a", "b"))
    project = await ada.projects.create(organization.id, NewProject(name="Rocket", description="Up", settings=settings))
    patch = ProjectPatch(settings=ProjectSettingsPatch(features=("c",)))
    changed = await ada.projects.update(organization.id, project.id, patch)
    assert (changed.name, changed.description, changed.settings.visibility) == ("Rocket", "Up", "public")
    assert changed.settings.features == ("c",)
    emptied = ProjectPatch(description="", settings=ProjectSettingsPatch(features=()))
    changed = await ada.projects.update(organization.id, project.id, emptied)
    assert (changed.description, changed.settings.features) == ("", ())


async def test_change_is_refused_on_an_older_version(acme: Acme):
    ada, organization = acme
    first = await ada.projects.create(organization.id, NewProject(name="Rocket"))
    second = await ada.projects.update(organization.id, first.id, ProjectPatch(name="Two"), version=first.updated_at)
    assert second.updated_at > first.updated_at
    version = first.updated_at
    for call in (
        ada.projects.update(organization.id, first.id, ProjectPatch(name="Three"), version=version),
        ada.projects.update(organization.id, first.id, ProjectPatch(), version=version),
        ada.projects.delete(organization.id, first.id, version=version),
    ):
        with pytest.raises(Stale):
            await call
    assert await ada.projects.update(organization.id, first.id, ProjectPatch(), version=second.updated_at) == second
    await ada.projects.delete(organization.id, first.id, version=second.updated_at)
    with pytest.raises(Missing):
        await ada.projects.get(organization.id, first.id)


@pytest.mark.parametrize(
    "features", [("A",), ("",), ("a", "a"), ("a" * 65,), tuple(f"f{n}" for n in range(101)), ("a b",)]
)
def test_bad_features_are_refused(features: tuple[str, ...]):
    with pytest.raises(Invalid) as refused:
        NewProjectSettings(features=features)
    assert all(error.pointer.startswith("/features") for error in refused.value.errors)


LOSING = """
    CREATE SEQUENCE tries;
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('tries') <= {losses} THEN RAISE 'lost' USING ERRCODE = 'deadlock_detected'; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER losing BEFORE INSERT ON projects FOR EACH ROW EXECUTE FUNCTION lose();
"""
EVENTS = "SELECT count(*) FROM audit_events WHERE action LIKE 'project.%'"


async def test_project_and_its_event_are_one_statement(acme: Acme, connection: Any):
    ada, organization = acme
    for table in ("projects", "audit_events"):
        await connection.execute(f"ALTER TABLE {table} ADD written_by text DEFAULT current_query()")
    project = await ada.projects.create(organization.id, NewProject(name="Engine"))
    statement = await connection.fetchval("SELECT written_by FROM projects WHERE id = $1", project.id)
    assert statement
    assert (
        await connection.fetchval("SELECT written_by FROM audit_events WHERE target_id = $1", project.id) == statement
    )


async def test_lost_race_is_tried_again(acme: Acme, connection: Any):
    ada, organization = acme
    await connection.execute(LOSING.format(losses=2))
    project = await ada.projects.create(organization.id, NewProject(name="Engine"))
    assert await ada.projects.get(organization.id, project.id) == project
    assert await connection.fetchval(EVENTS) == 1


async def test_who_loses_every_race_is_told_to_come_again_and_nothing_is_stored(acme: Acme, connection: Any):
    ada, organization = acme
    await connection.execute(LOSING.format(losses=100))
    with pytest.raises(Unavailable, match="try again"):
        await ada.projects.create(organization.id, NewProject(name="Engine"))
    assert await connection.fetchval("SELECT last_value FROM tries") == 5
    assert (await ada.projects.list(organization.id, PageRequest())).data == []
    assert await connection.fetchval(EVENTS) == 0


async def test_change_that_came_too_late_has_no_event(acme: Acme, connection: Any):
    ada, organization = acme
    first = await ada.projects.create(organization.id, NewProject(name="Engine"))
    await ada.projects.update(organization.id, first.id, ProjectPatch(name="Mill"))
    before = await connection.fetchval(EVENTS)
    with pytest.raises(Stale):
        await ada.projects.update(organization.id, first.id, ProjectPatch(name="Loom"), version=first.updated_at)
    with pytest.raises(Stale):
        await ada.projects.delete(organization.id, first.id, version=first.updated_at)
    assert await connection.fetchval(EVENTS) == before
