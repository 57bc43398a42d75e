"""What people do over HTTP, in short."""

import httpx
from tests.conftest import PASSWORD

Headers = dict[str, str]


async def sign_up(client: httpx.AsyncClient, username: str = "ada", **fields: str) -> httpx.Response:
    new = {"username": username, "email": f"{username}@example.com", "password": PASSWORD, **fields}
    return await client.post("/v1/users", json=new)


async def sign_in(client: httpx.AsyncClient, login: str = "ada", password: str = PASSWORD) -> httpx.Response:
    return await client.post("/v1/sessions", json={"login": login, "password": password})


async def headers_of(client: httpx.AsyncClient, username: str = "ada", password: str = PASSWORD) -> Headers:
    """Sign in; the headers of who did."""
    answer = await sign_in(client, username, password)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def arrive(client: httpx.AsyncClient, username: str = "ada") -> Headers:
    """Sign up and sign in."""
    assert (await sign_up(client, username)).status_code == 201
    return await headers_of(client, username)


async def confirm(client: httpx.AsyncClient, token: str, password: str = PASSWORD) -> httpx.Response:
    """Confirm an address as the one whose account it is."""
    return await client.post("/v1/email-verifications", json={"token": token, "password": password})


async def me(client: httpx.AsyncClient, headers: Headers) -> dict[str, object]:
    answer = await client.get("/v1/users/me", headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def code(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["code"])
