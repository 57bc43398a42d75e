"""Inviting to acme, and accepting, over HTTP, in short."""

from typing import Any

import httpx
from tests.mail.letters import token_to
from tests.users.people import Headers, arrive, confirm, me

from freehold import Platform

BOB = "bob@example.com"
INVITATIONS = "/v1/organizations/acme/invitations"
ACCEPT = "/v1/invitations/accept"


async def arrive_confirmed(client: httpx.AsyncClient, platform: Platform, username: str) -> Headers:
    headers = await arrive(client, username)
    token = await token_to(platform, f"{username}@example.com")
    assert (await confirm(client, token)).status_code == 204
    return headers


async def invite(client: httpx.AsyncClient, by: Headers, email: str = BOB, **fields: str) -> httpx.Response:
    return await client.post(INVITATIONS, json={"email": email, **fields}, headers=by)


async def invited(client: httpx.AsyncClient, by: Headers, email: str = BOB, **fields: str) -> dict[str, Any]:
    answer = await invite(client, by, email, **fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def accept(client: httpx.AsyncClient, by: Headers, token: str) -> httpx.Response:
    return await client.post(ACCEPT, json={"token": token}, headers=by)


async def members(client: httpx.AsyncClient, by: Headers) -> dict[str, str]:
    listed = await client.get("/v1/organizations/acme/members", headers=by)
    return {member["user"]["username"]: member["role"] for member in listed.json()["data"]}


async def add(client: httpx.AsyncClient, by: Headers, member: Headers, role: str) -> None:
    user_id = (await me(client, member))["id"]
    put = await client.put(f"/v1/organizations/acme/members/{user_id}", json={"role": role}, headers=by)
    assert put.status_code == 200, put.text
