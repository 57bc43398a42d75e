from tests.conftest import SignUp

from freehold import NewOrganization, NewProject, PageRequest, Platform


async def test_newest_project_is_listed_first(platform: Platform, sign_up: SignUp):
    ada = platform.acting_as((await sign_up("ada")).id)
    acme = await ada.organizations.create(NewOrganization(name="Acme"))
    for name in ("first", "second", "third"):
        await ada.projects.create(acme.id, NewProject(name=name))
    listed = await ada.projects.list(acme.id, PageRequest())
    assert [project.name for project in listed.data] == ["third", "second", "first"]
