"""Organizations and projects in the console."""

import html
import re

import httpx
import pytest

from freehold import NewProject, NewRole, PageRequest, Platform
from freehold.console.pages import CONSOLE

from .conftest import Enter

ALL = PageRequest(limit=100)
NEW = {"name": "Rocket", "description": "To the moon", "visibility": "public", "features": "issues, wiki,issues"}


def text(answer: httpx.Response) -> str:
    return html.unescape(answer.text)


async def test_organization_is_made_and_leads_to_its_first_project(enter: Enter):
    bob = await enter("bob")
    assert "You belong to none yet" in (await bob.get("/")).text
    answer = await bob.post("/organizations/new", data={"name": "Über Rockets", "slug": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, "/organizations/uber-rockets?done=created")
    shown = await bob.get(answer.headers["location"])
    assert "The organization is ready" in shown.text
    assert "Create the first project" in shown.text


@pytest.mark.parametrize(
    ("typed", "status", "field", "says"),
    [
        ({"name": "", "slug": ""}, 422, "name", "Fill this in"),
        ({"name": "Acme", "slug": "ACME!"}, 422, "slug", "Must be 1 to 100 lowercase letters"),
        ({"name": "Acme & Sons", "slug": "acme"}, 409, "slug", "This slug is taken"),
    ],
)
async def test_organization_that_is_not_right_is_told_beside_the_field(
    ada: httpx.AsyncClient, typed: dict[str, str], status: int, field: str, says: str
):
    answer = await ada.post("/organizations/new", data=typed)
    assert answer.status_code == status
    assert re.search(rf'id="{field}-wrong">{says}', answer.text)
    for name, value in typed.items():
        assert f'name="{name}" type="text" value="{html.escape(value)}"' in answer.text


async def test_project_is_made_changed_and_deleted(ada: httpx.AsyncClient, platform: Platform):
    answer = await ada.post("/organizations/acme/projects/new", data=NEW)
    path = answer.headers["location"].partition("?")[0]
    (project,) = (await platform.projects.list("acme", ALL)).data
    assert path == f"/organizations/acme/projects/{project.id}"
    assert (project.settings.visibility, project.settings.features) == ("public", ("issues", "wiki"))
    shown = await ada.get(answer.headers["location"])
    assert "The project is ready" in shown.text
    assert f"/v1/organizations/acme/projects/{project.id}" in shown.text
    changed = {"name": "Moon Rocket", "description": "", "visibility": "private", "features": ""}
    assert (await ada.post(path, data=changed)).status_code == 303
    (project,) = (await platform.projects.list("acme", ALL)).data
    assert (project.name, project.description, project.settings.features) == ("Moon Rocket", "", ())
    wrong = await ada.post(path, data={"do": "delete", "typed_name": "moon rocket"})
    assert wrong.status_code == 422
    assert 'id="typed_name-wrong"' in wrong.text
    gone = await ada.post(path, data={"do": "delete", "typed_name": "Moon Rocket"})
    assert gone.headers["location"] == "/organizations/acme?done=project-deleted"
    assert (await platform.projects.list("acme", ALL)).data == []
    assert (await ada.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"description": "x" * 10_001}, "description"),
        ({"features": "Not A Feature"}, "features"),
        ({"visibility": "secret"}, "visibility"),
    ],
)
async def test_project_that_is_not_right_is_told_beside_the_field(
    ada: httpx.AsyncClient, platform: Platform, typed: dict[str, str], field: str
):
    made = await platform.projects.create("acme", NewProject(name="Rocket"))
    for path in ("/organizations/acme/projects/new", f"/organizations/acme/projects/{made.id}"):
        answer = await ada.post(path, data={**NEW, **typed})
        assert answer.status_code == 422
        assert re.search(rf'(id="{field}-wrong"|<p class="wrong">)', answer.text)
        assert "flash danger" not in answer.text, "it stands beside its field"
        assert html.escape({**NEW, **typed}["name"]) in answer.text
    assert [each.name for each in (await platform.projects.list("acme", ALL)).data] == ["Rocket"]


async def test_list_is_searched_and_paged(ada: httpx.AsyncClient, platform: Platform):
    for number in range(25):
        await platform.projects.create("acme", NewProject(name=f"Rocket {number:02}"))
    first = await ada.get("/organizations/acme")
    assert [n for n in range(25) if f"Rocket {n:02}" in first.text] == list(range(5, 25))
    link = re.search(r'href="([^"]+)">Next page', first.text)
    assert link is not None
    second = await ada.get(html.unescape(link[1]))
    assert [n for n in range(25) if f"Rocket {n:02}" in second.text] == list(range(5))
    assert "First page" in second.text
    found = await ada.get("/organizations/acme?q=rocket+07&visibility=")
    assert re.findall(r"Rocket \d\d", found.text) == ["Rocket 07"]
    assert "No project matches" in (await ada.get("/organizations/acme?q=boat")).text
    assert len(first.content) < 50_000


@pytest.mark.usefixtures("ada")
async def test_member_sees_no_button_that_would_be_refused(enter: Enter, platform: Platform):
    grace = await enter("grace")
    assert (await grace.get("/organizations/acme")).status_code == 404
    user = await platform.users.find("grace")
    await platform.organizations.members.put("acme", user.id, NewRole(role="member"))
    project = await platform.projects.create("acme", NewProject(name="Rocket"))
    path = f"/organizations/acme/projects/{project.id}"
    shown = text(await grace.get(path))
    assert "Delete project" not in shown
    assert "You cannot delete this project: role member does not include project.delete." in shown
    assert "Audit log" not in shown
    refused = await grace.post(path, data={"do": "delete", "typed_name": "Rocket"})
    assert refused.status_code == 403
    assert 'role="alert"' in refused.text


@pytest.mark.parametrize("page", [page.path for pages in CONSOLE for page in pages.by_path.values()])
async def test_whoever_is_not_signed_in_is_asked_to(page: str, ada: httpx.AsyncClient):
    if page == "/" or page.startswith("/first"):
        pytest.skip("it is for everybody")
    ada.cookies.clear()
    path = re.sub(r"\{\w+\}", "acme", page)
    answer = await ada.get(path)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")
    sent = await ada.post(path, data={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code in {403, 405}


@pytest.mark.parametrize("path", ["/organizations/%00", "/organizations/no-such", "/organizations/acme/projects/x"])
async def test_address_of_nothing_is_a_page_that_says_so(ada: httpx.AsyncClient, path: str):
    answer = await ada.get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.text
