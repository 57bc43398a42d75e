"""The life of one user, who leaves something recognisable in every table that can hold anything about them."""

import json
from typing import Any

import httpx
from tests.mail.letters import token_to
from tests.users.people import Headers, arrive, code

from freehold import Platform

MARK = "zorkmid"
"""Stands in every text that this user gives about themselves, and nowhere else."""
NAME = f"{MARK}_user"
EMAIL, EARLIER, LATER = f"{MARK}@example.com", f"earlier@{MARK}.example", f"later@{MARK}.example"
IP = "203.0.113.77"
PASSWORD = "Lovelace1"


class Life:
    """Somebody with a past."""

    def __init__(self, client: httpx.AsyncClient, platform: Platform) -> None:
        self.client = client
        self.platform = platform
        self.headers: Headers = {}
        self.fellow: Headers = {}
        self.id = ""

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**options.pop("headers", self.headers), "User-Agent": f"{MARK}/1.0"}
        answer = await self.client.request(method, path, headers=headers, **options)
        assert answer.is_success, answer.text
        return answer

    async def confirm(self, email: str) -> None:
        await self.ask("POST", "/v1/email-verifications", json={"token": await token_to(self.platform, email)})

    async def live(self, *, confirmed: bool = True) -> None:
        """Do everything that leaves a trace."""
        self.fellow = await arrive(self.client, "fellow")
        made = await self.ask("POST", "/v1/organizations", json={"name": "Acme"}, headers=self.fellow)
        assert made.status_code == 201
        profile = {"first_name": MARK, "last_name": MARK, "avatar_url": f"https://{MARK}.example/me.png"}
        new = {"username": NAME, "email": EARLIER, "password": PASSWORD, "profile": profile}
        self.id = (await self.ask("POST", "/v1/users", json=new)).json()["id"]
        wrong = await self.client.post("/v1/sessions", json={"login": NAME, "password": "Wrong1234"})
        assert code(wrong, 401) == "wrong_credentials"
        session = (await self.ask("POST", "/v1/sessions", json={"login": NAME, "password": PASSWORD})).json()
        self.headers = {"Authorization": f"Bearer {session['token']}"}
        await self.ask("PATCH", "/v1/users/me", json={"email": EMAIL})
        if confirmed:
            await self.confirm(EMAIL)
        else:
            await self.ask("PATCH", "/v1/users/me", json={"email": EARLIER})
        address = EMAIL if confirmed else EARLIER
        await self.ask("PATCH", "/v1/users/me", json={"email": LATER})
        await self.ask("POST", "/v1/password-resets", json={"email": address})
        await self.ask("POST", "/v1/users/me/api-keys", json={"name": MARK})
        role = {"role": "admin"}
        await self.ask("PUT", f"/v1/organizations/acme/members/{self.id}", json=role, headers=self.fellow)
        await self.ask("POST", "/v1/organizations/acme/owner-offer", json={"user_id": self.id}, headers=self.fellow)
        await self.ask("POST", "/v1/organizations/acme/invitations", json={"email": "third@example.com"})
        await self.ask("POST", "/v1/organizations", json={"name": "Other", "slug": "other"}, headers=self.fellow)
        invitation = {"email": address}
        await self.ask("POST", "/v1/organizations/other/invitations", json=invitation, headers=self.fellow)
        gone = {"name": "Gone", "slug": "gone"}
        await self.ask("POST", "/v1/organizations", json=gone)
        await self.ask("DELETE", "/v1/organizations/gone")
        await self.ask("DELETE", "/v1/organizations/gone", params={"permanently": "true"})

    async def traces(self, connection: Any) -> dict[str, str]:
        """Search every column of every table, whatever its type, for what this user gave; the first row of each."""
        columns = await connection.fetch("""
            SELECT c.relname AS table, a.attname AS column
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
                AND a.attnum > 0 AND NOT a.attisdropped
        """)
        assert len(columns) > 100
        found = {}
        for table, column in columns:
            text = (
                f"CASE WHEN pg_typeof({column}) = 'bytea'::regtype"
                f" THEN encode(({column}::text)::bytea, 'escape') ELSE {column}::text END"
            )
            row = await connection.fetchval(
                f"SELECT left({text}, 200) FROM {table}"  # noqa: S608 - names of the catalog
                f" WHERE {text} ILIKE $1 OR {text} LIKE $2 OR {text} ILIKE $3 LIMIT 1",
                f"%{MARK}%",
                f"%{IP}%",
                f"%{MARK.encode().hex()}%",
            )
            if row is not None:
                found[f"{table}.{column}"] = row
        return found

    async def export(self) -> Any:
        return json.loads((await self.ask("GET", "/v1/users/me/export")).text)
