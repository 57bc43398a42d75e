"""Keys that are for some projects alone."""

from uuid import uuid4

import pytest
from tests.api_keys.conftest import As
from tests.conftest import SignUp

from freehold import (
    Action,
    Forbidden,
    Invalid,
    Missing,
    NewApiKey,
    NewOrganization,
    NewProject,
    Organization,
    PageRequest,
    Platform,
    User,
)


async def test_key_for_projects_sees_these_and_makes_none(
    platform: Platform, ada: User, acme: Organization, with_key: As
):
    ada_acts = platform.acting_as(ada.id)
    first, second = [await ada_acts.projects.create(acme.id, NewProject(name=name)) for name in ("First", "Second")]
    mine = await ada_acts.api_keys.create("me", NewApiKey(name="k", project_ids=(first.id,)))
    own = await ada_acts.organizations.api_keys.create(acme.id, NewApiKey(name="k", project_ids=(first.id,)))
    for key in (mine, own):
        program = await with_key(key.key)
        page = await program.projects.list(acme.id, PageRequest(include="total"))
        assert ([project.id for project in page.data], page.total) == ([first.id], 1)
        assert (await program.projects.get(acme.id, first.id)).id == first.id
        for attempt in (program.projects.get(acme.id, second.id), program.projects.get(acme.id, uuid4())):
            with pytest.raises(Missing):
                await attempt
        with pytest.raises((Forbidden, Missing)):
            await program.projects.delete(acme.id, second.id)
        with pytest.raises(Forbidden):
            await program.projects.create(acme.id, NewProject(name="Third"))
    with pytest.raises(Forbidden):
        await (await with_key(mine.key)).organizations.delete(acme.id)
    await (await with_key(mine.key)).projects.delete(acme.id, first.id)


async def test_key_for_projects_sees_no_others_that_are_public(
    platform: Platform, acme: Organization, ada: User, sign_up: SignUp, with_key: As
):
    eve = await sign_up("eve")
    hers = await platform.acting_as(eve.id).organizations.create(NewOrganization(name="Hers"))
    project = await platform.acting_as(eve.id).projects.create(hers.id, NewProject(name="Own"))
    public = await platform.acting_as(ada.id).projects.create(
        acme.id,
        NewProject(name="Public", settings={"visibility": "public"}),  # type: ignore[arg-type]
    )
    program = await with_key(
        (await platform.acting_as(eve.id).api_keys.create("me", NewApiKey(name="k", project_ids=(project.id,)))).key
    )
    for attempt in (program.projects.get(acme.id, public.id), program.projects.list(acme.id, PageRequest())):
        with pytest.raises(Missing):
            await attempt


async def test_project_of_others_and_action_beyond_projects_are_refused(
    platform: Platform, ada: User, acme: Organization, sign_up: SignUp
):
    eve = await sign_up("eve")
    hers = await platform.acting_as(eve.id).organizations.create(NewOrganization(name="Hers"))
    project = await platform.acting_as(eve.id).projects.create(hers.id, NewProject(name="Own"))
    ada_acts = platform.acting_as(ada.id)
    for attempt in (
        ada_acts.api_keys.create("me", NewApiKey(name="k", project_ids=(project.id,))),
        ada_acts.organizations.api_keys.create(acme.id, NewApiKey(name="k", project_ids=(project.id,))),
        ada_acts.organizations.api_keys.create(acme.id, NewApiKey(name="k", project_ids=(uuid4(),))),
    ):
        with pytest.raises(Invalid) as error:
            await attempt
        assert [(e.pointer, e.code) for e in error.value.errors] == [("/project_ids/0", "no_such_project")]
    with pytest.raises(Invalid) as beyond:
        await ada_acts.api_keys.create(
            "me", NewApiKey(name="k", project_ids=(), actions=(Action.PROJECT_READ, Action.MEMBER_ADD))
        )
    assert [e.pointer for e in beyond.value.errors] == ["/actions/1"]
