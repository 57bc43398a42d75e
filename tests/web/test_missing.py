"""A 404 says more than that: its detail adds to its title why nothing is there, or what to do."""

import inspect

import httpx
import pytest
from tests.conftest import PASSWORD

from freehold.base.errors import Missing
from freehold.slices import SLICES
from freehold.web.problems import NoSuchPath

NOBODY = "0190163d-8694-739b-aea5-966c26f8ad91"

MODULES = [module for each in SLICES for module in each.modules("errors")]
KINDS = {
    value
    for module in MODULES
    for value in vars(module).values()
    if inspect.isclass(value) and issubclass(value, Missing)
}


@pytest.mark.parametrize("kind", sorted({Missing, NoSuchPath, *KINDS}, key=str))
def test_detail_of_a_kind_says_more_than_its_title(kind: type[Missing]) -> None:
    assert kind().detail.startswith(kind.title)
    assert len(kind().detail) > len(kind.title) + 10


async def test_answer_of_every_path_with_nothing_says_more_than_its_title(client: httpx.AsyncClient) -> None:
    new = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
    await client.post("/v1/users", json=new)
    token = (await client.post("/v1/sessions", json={"login": "ada", "password": PASSWORD})).json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    await client.post("/v1/organizations", json={"name": "Acme"})
    for path in (
        "/nowhere",
        f"/v1/users/{NOBODY}",
        f"/v1/users/me/api-keys/{NOBODY}",
        "/v1/organizations/nowhere",
        f"/v1/organizations/acme/projects/{NOBODY}",
        "/v1/organizations/acme/roles/nothing",
        f"/v1/organizations/acme/invitations/{NOBODY}",
        f"/v1/organizations/acme/api-keys/{NOBODY}",
    ):
        answer = await client.get(path)
        problem = answer.json()
        assert answer.status_code == 404, path
        assert problem["detail"] != problem["title"], path
