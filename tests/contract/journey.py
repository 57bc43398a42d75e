"""A journey through every operation, as people and programs take it on a real server; what was said is kept."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import msgspec
from msgspec import UNSET
from tests.mail.letters import letters_to, token_in, token_to

from freehold import ActionDeclaration, NewAction, NewUser, Platform, Role
from freehold.serve.application import ENDPOINTS
from freehold.web.examples import Exchange

PASSWORD: Final = "Lovelace1"
START: Final = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
"""When the kept journey began; later times keep their distance, to the hour."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_SECRET = re.compile(r"(fh[a-z]*_|whsec_)[A-Za-z0-9_+/=-]{20,}")
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_CURSOR: Final = "wQxXuVpGQgsd8HoVUwywaZLX_yIWUYBrCrr92SQwMWEyMjFlYS02Y2Q2LTdhOGI"
_OF_KEYS: Final = {
    "hint": "9f3a",
    "sent_at": "2026-12-01T09:30:00Z",
    "kid": "2026-12-01",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""Of a public key (RFC 8037 has this one)."""
_HASH = re.compile(r"[0-9a-f]{64}")
_PATHS: Final = sorted(ENDPOINTS, key=lambda e: (e.path.count("{"), e.path))


def operation_of(method: str, path: str) -> str:
    """Name the operation that answers a request."""
    for endpoint in _PATHS:
        if endpoint.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", endpoint.path), path):
            return endpoint.name
    raise LookupError(f"{method} {path}")


class Journey:
    """Asks, and keeps the first request and answer of each operation and status, made the same on every run."""

    def __init__(self, client: httpx.AsyncClient, platform: Platform) -> None:
        self.client, self.platform = client, platform
        self.found: dict[str, Exchange] = {}
        self._began = datetime.now(UTC)
        self._ids: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    async def ask(self, who: str, method: str, path: str, body: Any = UNSET, **query: str) -> Any:
        """Send a request as somebody who is signed in (nobody: ``""``); gives what was answered."""
        headers = {"Authorization": f"Bearer {self._tokens[who]}"} if who else {}
        sent = {} if body is UNSET else {"json": body}
        answer = await self.client.request(method, f"/v1/{path}", headers=headers, params=query, **sent)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        answered = answer.json() if answer.content else UNSET
        self._keep(operation_of(method, f"/v1/{path}"), body, answer.status_code, answered)
        return answered

    def _keep(self, operation: str, body: Any, status: int, answered: Any) -> None:
        before = self.found.get(operation, Exchange())
        request = self.steady(body) if before.request is UNSET else before.request
        answers = dict(before.answers)
        if answered is not UNSET:
            answers.setdefault(str(status), self.steady(answered))
        self.found[operation] = Exchange(request, answers)

    def steady(self, value: Any) -> Any:
        """Give everything that differs from run to run a value of its own that does not."""
        if isinstance(value, dict):
            return {
                key: _CURSOR if key == "next_cursor" and each else _OF_KEYS.get(key) or self.steady(each)
                for key, each in value.items()
            }
        if isinstance(value, list):
            return [self.steady(each) for each in value]
        return self._steady_text(value) if isinstance(value, str) else value

    def _steady_text(self, value: str) -> str:
        if match := _TIME.fullmatch(value):
            return self._time(match[0])
        if match := _ID.fullmatch(value):
            return self._id(match[0])
        if _HASH.fullmatch(value):
            return "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        if _TOKEN.fullmatch(value):
            return "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkwIn0.c2lnbmF0dXJl"
        if match := _SECRET.fullmatch(value):
            return f"{match[1]}q2mJ8rT1wX5yB7nC3dF6gH9kL0pS4vZ_aE-uIoRtYwQ0a1b2c3d"
        return value

    def _id(self, found: str) -> str:
        number = len(self._ids) + 1
        return self._ids.setdefault(found, f"0190163d-8694-7{number:03x}-aea5-966c26f8ad{number:02x}")

    def _time(self, found: str) -> str:
        hours = round((datetime.fromisoformat(found) - self._began) / timedelta(hours=1))
        return (START + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")

    async def sign_up(self, who: str, name: str) -> str:
        first, _, last = name.partition(" ")
        new = {"username": who, "email": f"{who}@example.com", "password": PASSWORD}
        made = await self.ask("", "POST", "users", {**new, "profile": {"first_name": first, "last_name": last}})
        await self.sign_in(who)
        return str(made["id"])

    async def sign_in(self, who: str, password: str = PASSWORD) -> Any:
        signed_in = await self.ask("", "POST", "sessions", {"login": who, "password": password})
        self._tokens[who] = signed_in["token"]
        return signed_in

    async def mailed(self, address: str, subject: str = "") -> str:
        """The token of the newest mail to an address, or of the newest with such a subject."""
        if not subject:
            return await token_to(self.platform, address)
        letters = await letters_to(self.platform, address)
        return token_in(next(each for each in letters if subject in each.subject))

    async def take(self) -> None:
        """Go through everything."""
        root = await self.platform.users.create(NewUser(username="root", email="root@example.com", password=PASSWORD))
        await self.platform.users.grant_admin(root.id)
        self.root = str(root.id)
        await self._sign_in_and_confirm()
        await self._work_together()
        await self._use_keys()
        await self._hand_over()
        await self._tell_services()
        await self._look_after_people()
        await self._leave()

    async def _sign_in_and_confirm(self) -> None:
        self.ada = await self.sign_up("ada_lovelace", "Ada Lovelace")
        self.bob = await self.sign_up("bob", "Bob Baker")
        self.eve = await self.sign_up("eve", "Eve Evans")
        await self.sign_in("root")
        ask = self.ask
        await ask("ada_lovelace", "POST", "users/me/email-verification")
        token = await self.mailed("ada_lovelace@example.com")
        await ask("ada_lovelace", "POST", "email-verifications", {"token": token, "password": PASSWORD})
        await ask("ada_lovelace", "GET", "users/me")
        await ask("ada_lovelace", "PATCH", "users/me", {"locale": "en-GB", "profile": {"last_name": "King"}})
        await ask("root", "PUT", f"users/{self.bob}/email-verification")
        await ask("bob", "PATCH", "users/me", {"email": "bob@example.org", "current_password": PASSWORD})
        await ask("bob", "POST", "email-verifications", {"token": await self.mailed("bob@example.org")})
        await ask("", "POST", "password-resets", {"email": "bob@example.org"})
        reset = {"token": await self.mailed("bob@example.org"), "new_password": "Analytical2"}
        await ask("", "POST", "password-resets/complete", reset)
        await self.sign_in("bob", "Analytical2")
        undo = await self.mailed("bob@example.com", "was changed")
        await ask("", "POST", "email-verifications/undo", {"token": undo, "new_password": PASSWORD})
        await self.sign_in("bob")
        correction = {"login": "eve", "password": PASSWORD, "email": "eve.evans@example.com"}
        await ask("", "POST", "email-corrections", correction)
        await ask("root", "POST", f"users/{self.eve}/email-verification")
        await ask("root", "PUT", f"users/{self.eve}/email-verification")
        await self.sign_in("eve")
        await ask("ada_lovelace", "GET", "sessions")
        await ask("ada_lovelace", "POST", "sessions/current/refresh", {"password": PASSWORD})
        await ask("ada_lovelace", "DELETE", "sessions")
        await ask("bob", "DELETE", "sessions/current")
        await self.sign_in("bob")
        change = {"current_password": PASSWORD, "new_password": "Analytical2", "end_api_keys": True}
        await ask("ada_lovelace", "PUT", "users/me/password", change)

    async def _work_together(self) -> None:
        ask, acme = self.ask, "organizations/acme"
        await ask("ada_lovelace", "POST", "organizations", {"name": "Acme"})
        await ask("ada_lovelace", "GET", "organizations")
        await ask("ada_lovelace", "PATCH", acme, {"name": "Acme Rockets"})
        new = {"name": "Apollo", "description": "To the moon and back.", "settings": {"features": ["beta.search"]}}
        project = (await ask("ada_lovelace", "POST", f"{acme}/projects", new))["id"]
        await ask("ada_lovelace", "GET", f"{acme}/projects", include="total")
        await ask("ada_lovelace", "GET", f"{acme}/projects/{project}")
        await ask("ada_lovelace", "PATCH", f"{acme}/projects/{project}", {"settings": {"visibility": "public"}})
        self.project = project
        role = {"name": "release-engineer", "actions": ["project.read", "project.update"]}
        await ask("ada_lovelace", "POST", f"{acme}/roles", role)
        await ask("ada_lovelace", "GET", f"{acme}/roles")
        await ask("ada_lovelace", "GET", f"{acme}/roles/release-engineer")
        await ask("ada_lovelace", "PATCH", f"{acme}/roles/release-engineer", {"actions": ["project.read"]})
        invited = {"email": "eve.evans@example.com", "role": "release-engineer"}
        made = (await ask("ada_lovelace", "POST", f"{acme}/invitations", invited))["id"]
        await ask("ada_lovelace", "GET", f"{acme}/invitations")
        await ask("ada_lovelace", "GET", f"{acme}/invitations/{made}")
        await ask("ada_lovelace", "POST", f"{acme}/invitations/{made}/resend")
        await ask("eve", "GET", "users/me/invitations")
        token = {"token": await self.mailed("eve.evans@example.com", "Acme")}
        await ask("", "POST", "invitations/preview", token)
        await ask("eve", "POST", "invitations/accept", token)
        await ask("eve", "POST", "invitations/accept", token)
        entries = [{"email": "grace@example.com"}, {"email": "dora@example.com", "role": "admin"}, {"email": "nobody@"}]
        many = await ask("ada_lovelace", "POST", f"{acme}/invitations/batch", {"invitations": entries})
        await ask("", "POST", "invitations/decline", {"token": await self.mailed("grace@example.com")})
        await ask("ada_lovelace", "DELETE", f"{acme}/invitations/{many['data'][1]['invitation']['id']}")
        await ask("root", "PUT", f"users/{self.bob}/email-verification")
        again = await ask("ada_lovelace", "POST", f"{acme}/invitations", {"email": "bob@example.com"})
        await ask("bob", "DELETE", f"users/me/invitations/{again['id']}")
        await ask("root", "PUT", f"{acme}/members/{self.bob}", {"role": "admin"})
        await ask("ada_lovelace", "GET", f"{acme}/members")
        await ask("ada_lovelace", "GET", f"{acme}/members/{self.bob}")
        await ask("ada_lovelace", "GET", acme)
        await ask("ada_lovelace", "GET", "users/me/organizations")
        await ask("ada_lovelace", "GET", f"{acme}/access", action="project.create", user_id=self.eve)
        await ask("ada_lovelace", "GET", f"{acme}/audit-events", limit="2")

    async def _use_keys(self) -> None:
        ask, acme = self.ask, "organizations/acme"
        await self.sign_in("ada_lovelace", "Analytical2")
        for place in ("users/me/api-keys", f"{acme}/api-keys"):
            new = {"name": "nightly build", "actions": ["project.read"], "project_ids": [self.project]}
            made = await ask("ada_lovelace", "POST", place, {**new, "expires_at": None})
            await ask("ada_lovelace", "GET", place)
            await ask("ada_lovelace", "GET", f"{place}/{made['id']}")
            rotated = await ask("ada_lovelace", "POST", f"{place}/{made['id']}/rotate", {"overlap_seconds": 3600})
            await ask("root", "GET", f"users/{self.ada}/api-keys")
            await ask("ada_lovelace", "DELETE", f"{place}/{rotated['id']}")
        key = await ask("ada_lovelace", "POST", "users/me/api-keys", {"name": "lost"})
        await ask("root", "DELETE", f"users/{self.ada}/api-keys/{key['id']}")

    async def _hand_over(self) -> None:
        ask, acme = self.ask, "organizations/acme"
        offer = {"user_id": self.bob}
        await ask("ada_lovelace", "POST", f"{acme}/owner-offer", offer)
        await ask("bob", "GET", f"{acme}/owner-offer")
        await ask("bob", "POST", f"{acme}/owner-offer/decline")
        await ask("ada_lovelace", "POST", f"{acme}/owner-offer", offer)
        await ask("ada_lovelace", "DELETE", f"{acme}/owner-offer")
        await ask("ada_lovelace", "POST", f"{acme}/owner-offer", offer)
        await ask("bob", "POST", f"{acme}/owner-offer/accept")
        await ask("root", "PUT", f"{acme}/members/{self.root}", {"role": "admin"})
        await ask("root", "PUT", f"{acme}/owner", {"user_id": self.root})
        await ask("root", "POST", f"{acme}/owner-offer", {"user_id": self.ada})
        await ask("ada_lovelace", "POST", f"{acme}/owner-offer/accept")

    async def _tell_services(self) -> None:
        ask, acme = self.ask, "organizations/acme"
        await ask("ada_lovelace", "GET", "slugs/acme")
        invoices = NewAction(name="invoice.read", roles=(Role.ADMIN,), description="See the invoices")
        await self.platform.actions.declare(ActionDeclaration(application="billing", actions=(invoices,)))
        await ask("root", "GET", "actions", limit="2")
        await ask("root", "GET", "actions/invoice.read")
        await ask("ada_lovelace", "POST", "tokens", {"organization": "acme", "actions": ["project.read"]})
        for who, place in (("root", "webhook-endpoints"), ("ada_lovelace", f"{acme}/webhook-endpoints")):
            new = {"url": "https://hooks.acme.example/freehold", "events": ["role.*"]}
            made = f"{place}/{(await ask(who, 'POST', place, new))['id']}"
            await ask(who, "GET", place)
            await ask(who, "GET", made)
            await ask(who, "PATCH", made, {"events": ["role.create"]})
            await ask(who, "POST", f"{made}/rotate-secret", {"overlap_seconds": 3600})
            await ask(who, "GET", f"{made}/deliveries")
            await ask(who, "DELETE", made)

    async def _look_after_people(self) -> None:
        ask = self.ask
        await ask("root", "GET", "users", include="total")
        await ask("root", "POST", f"users/{self.eve}/password-reset")
        await ask("root", "PUT", f"users/{self.bob}/admin", {"current_password": PASSWORD})
        await ask("root", "DELETE", f"users/{self.bob}/admin")
        reason = {"reason": "Sees no projects, ticket 4711", "minutes": 15, "current_password": PASSWORD}
        await ask("root", "POST", f"users/{self.eve}/impersonation", reason)
        sessions = await ask("root", "GET", f"users/{self.eve}/sessions")
        await ask("root", "DELETE", f"users/{self.eve}/sessions/{sessions['data'][0]['id']}")
        await ask("root", "DELETE", f"users/{self.eve}/sessions")
        await ask("root", "PUT", f"users/{self.eve}/suspension", {"reason": "Sends spam"})
        await ask("root", "GET", f"users/{self.eve}/suspension")
        await ask("root", "DELETE", f"users/{self.eve}/suspension")
        await ask("root", "GET", f"users/{self.eve}/export")
        await ask("root", "GET", "audit-events", limit="2", action="user.create")

    async def _leave(self) -> None:
        ask, acme = self.ask, "organizations/acme"
        await ask("bob", "POST", f"{acme}/api-keys", {"name": "deployment", "current_password": PASSWORD})
        await ask("ada_lovelace", "DELETE", f"{acme}/members/{self.bob}")
        await ask("ada_lovelace", "DELETE", f"{acme}/members/{self.eve}")
        await ask("ada_lovelace", "DELETE", f"{acme}/roles/release-engineer")
        await ask("ada_lovelace", "DELETE", f"{acme}/projects/{self.project}")
        await ask("ada_lovelace", "DELETE", acme)
        await ask("ada_lovelace", "GET", "deleted-organizations")
        await ask("ada_lovelace", "POST", f"{acme}/restore")
        await ask("ada_lovelace", "GET", "users/me/export")
        await self.sign_in("bob")
        await ask("bob", "DELETE", "users/me", {"current_password": PASSWORD})
        for name in ("healthz", "readyz", ".well-known/jwks.json"):
            health = await self.client.get(f"/{name}")
            self._keep(operation_of("GET", f"/{name}"), UNSET, health.status_code, health.json())


def pretty(found: dict[str, Exchange]) -> str:
    """Write what was kept, for review."""
    return msgspec.json.format(msgspec.json.encode(dict(sorted(found.items()))), indent=2).decode() + "\n"
