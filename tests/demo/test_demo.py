"""The demonstration is loaded, looked at and removed as a whole."""

import pytest
from tests.conftest import SignUp

from freehold import AuditPageRequest, NewOrganization, PageRequest, Platform
from freehold.demo import operations
from freehold.demo.errors import DemoLoaded
from freehold.demo.operations import Loaded

ALL = PageRequest(limit=100)


async def test_demonstration_comes_and_goes_as_a_whole(platform: Platform, sign_up: SignUp):
    ada = await sign_up("ada")
    mine = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Mine"))
    sent = len((await platform.mail.list(ALL)).data)
    loaded = await operations.load(platform.context, visitor=ada.id)
    assert loaded == Loaded(organizations=3, users=12, projects=40)
    assert len((await platform.users.list(ALL)).data) == 13
    seen = (await platform.organizations.list_of_user(ada.id, ALL)).data
    assert {each.slug for each in seen} == {"mine", "demo-rockets", "demo-compilers", "demo-laboratory"}
    counts = [len((await platform.projects.list(each.slug, ALL)).data) for each in seen]
    assert sum(counts) == 40
    assert len((await platform.audit.list_of_organization("demo-rockets", AuditPageRequest(limit=100))).data) > 20
    assert len((await platform.mail.list(ALL)).data) == sent, "nobody is mailed"
    with pytest.raises(DemoLoaded):
        await operations.load(platform.context)
    assert (await operations.remove(platform.context)).organizations == 3
    assert [each.username for each in (await platform.users.list(ALL)).data] == ["ada"]
    assert [each.id for each in (await platform.organizations.list_of_user(ada.id, ALL)).data] == [mine.id]
    assert await operations.remove(platform.context) == Loaded(organizations=0, users=0, projects=0)
    assert (await operations.load(platform.context)).users == 12, "it can be loaded again"
