"""A platform with tenants that must never see each other, and everybody who may knock: people, keys, strangers."""

import asyncio
from typing import Any, Final
from uuid import UUID

import msgspec
from tests.conftest import PASSWORD, TRUSTING
from tests.isolation.rows import TOKEN, Rows, Watch, connect

from freehold import (
    Action,
    Actor,
    EmailVerification,
    NewApiKey,
    NewCustomRole,
    NewImpersonation,
    NewInvitation,
    NewOrganization,
    NewOwner,
    NewPasswordReset,
    NewProject,
    NewProjectSettings,
    NewRole,
    NewSession,
    NewUser,
    NewWebhookEndpoint,
    OrganizationPatch,
    PageRequest,
    Platform,
    UserPatch,
)
from freehold.serve.application import create_application

PEOPLE: Final = (
    "root", "owner_a", "admin_a", "member_a", "clerk_a", "guest_a", "former_a", "suspended_a",
    "owner_b", "member_b", "both", "owner_c", "invited", "stranger", "unverified",
)  # fmt: skip
CLERK: Final = (
    Action.ORGANIZATION_READ, Action.MEMBER_READ, Action.MEMBER_ADD, Action.ROLE_READ, Action.INVITATION_CREATE,
)  # fmt: skip
HOOK: Final = "https://hooks.example/"


class Answer(msgspec.Struct, frozen=True):
    status: int
    headers: dict[str, str]
    text: str

    @property
    def document(self) -> Any:
        return msgspec.json.decode(self.text) if self.text else None


def mark(name: str) -> str:
    """A word that stands in no text by accident."""
    return f"{name.replace('_', '')}zq9"


class World:
    """The application in this process, its tenants, and the credentials of everybody."""

    def __init__(self, database_url: str) -> None:
        self._runner = asyncio.Runner()
        self._url = database_url
        self.tokens: dict[str, str] = {}
        """What each caller sends; the names of those that a life adds begin with ``+``."""
        self.ids: dict[str, UUID] = {}
        self._runner.run(self._open())

    async def _open(self) -> None:
        self._opened = Platform.open(self._url, settings=TRUSTING)
        self._platform = await self._opened.__aenter__()
        self._application = create_application(self._platform)
        self._connection = await connect(self._url)
        await self._people()
        await self._organizations()
        await self._keys()
        await self._go()
        self._watch = Watch(self._connection)
        await self._watch.open()
        self._first = dict(self.tokens)
        self.now = await self._watch.rows()

    def close(self) -> None:
        async def close() -> None:
            await self._connection.close()
            await self._opened.__aexit__(None, None, None)

        self._runner.run(close())
        self._runner.close()

    def begin(self) -> None:
        """Begin again, where every life begins."""

        async def begin() -> Rows:
            await self._watch.restore(self.now)
            return await self._watch.rows()

        self.tokens = dict(self._first)
        self.now = self._runner.run(begin())

    def do(self, who: str, method: str, path: str, query: str, body: Any) -> tuple[Answer, Rows]:
        """Ask as somebody, and read what there is afterwards."""

        async def do() -> tuple[Answer, Rows]:
            return await self._ask(who, method, path, query, body), await self._watch.rows()

        answer, self.now = self._runner.run(do())
        return answer, self.now

    def ask(self, who: str, method: str, path: str, query: str = "", body: Any = None) -> Answer:
        return self._runner.run(self._ask(who, method, path, query, body))

    async def _ask(self, who: str, method: str, path: str, query: str, body: Any) -> Answer:
        sent = b"" if body is None else msgspec.json.encode(body)
        headers = [(b"host", b"test"), (b"content-length", str(len(sent)).encode())]
        if body is not None:
            headers.append((b"content-type", b"application/json"))
        if who in self.tokens:
            headers.append((b"authorization", f"Bearer {self.tokens[who]}".encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": headers,
            "client": ("192.0.2.1", 1),
            "server": ("test", 80),
        }
        messages: list[Any] = []
        requests = [{"type": "http.request", "body": sent, "more_body": False}]

        async def receive() -> Any:
            if requests:
                return requests.pop()
            return await asyncio.Event().wait()

        async def send(message: Any) -> None:
            messages.append(message)

        await self._application(scope, receive, send)
        return Answer(
            messages[0]["status"],
            {name.decode().lower(): value.decode() for name, value in messages[0]["headers"]},
            b"".join(message.get("body", b"") for message in messages[1:]).decode(),
        )

    async def _people(self) -> None:
        for name in PEOPLE:
            new = NewUser(username=mark(name), email=f"{mark(name)}@example.com", password=PASSWORD)
            self.ids[name] = (await self._platform.users.create(new)).id
            if name != "unverified":
                await self._platform.users.mark_verified(self.ids[name])
        await self._platform.users.grant_admin(self.ids["root"])

    def _as(self, name: str) -> Platform:
        return self._platform.acting_as(Actor(user_id=self.ids[name], is_admin=name == "root"))

    async def _organizations(self) -> None:
        for letter in "abc":
            owner = self._as(f"owner_{letter}")
            made = await owner.organizations.create(
                NewOrganization(name=mark(f"was_{letter}"), slug=f"was-{letter}zq9")
            )
            self.ids[letter] = made.id
            patch = OrganizationPatch(name=mark(f"organization_{letter}"), slug=f"slug-{letter}zq9")
            await owner.organizations.update(made.id, patch)
            for project in ("private", "public"):
                settings = NewProjectSettings(
                    visibility="public" if project == "public" and letter == "b" else "private"
                )
                new = NewProject(name=mark(f"{project}_{letter}"), settings=settings)
                self.ids[f"{project}_{letter}"] = (await owner.projects.create(made.id, new)).id
            clerk = NewCustomRole(name=f"clerk-{letter}zq9", actions=CLERK)
            self.ids[f"role_{letter}"] = (await owner.organizations.roles.create(made.id, clerk)).id
            await owner.organizations.roles.create(
                made.id, NewCustomRole(name=f"guest-{letter}zq9", actions=(Action.ORGANIZATION_READ,))
            )
            hook = NewWebhookEndpoint(url=f"{HOOK}{mark(f'hook_{letter}')}", events=("project.create",))
            self.ids[f"hook_{letter}"] = (await owner.organizations.webhooks.create(made.id, hook)).id
            for address in (f"{mark(f'asked_{letter}')}@example.com", f"{mark('invited')}@example.com"):
                if letter != "b" or not address.startswith("invited"):
                    await owner.organizations.invitations.create(made.id, NewInvitation(email=address, role="member"))
        await self._platform.webhooks.create(
            NewWebhookEndpoint(url=f"{HOOK}{mark('hook_platform')}", events=("project.create",))
        )
        memberships = {
            "a": {"admin_a": "admin", "member_a": "member", "clerk_a": "clerk-azq9", "guest_a": "guest-azq9",
                  "former_a": "admin", "suspended_a": "admin", "both": "member"},
            "b": {"member_b": "member", "both": "admin", "root": "guest-bzq9"},
            "c": {"former_a": "member"},
        }  # fmt: skip
        for letter, roles in memberships.items():
            members = self._as(f"owner_{letter}").organizations.members
            for name, role in roles.items():
                await members.put(self.ids[letter], self.ids[name], NewRole(role=role))
        for letter, name in (("a", "admin_a"), ("b", "member_b")):
            offers = self._as(f"owner_{letter}").organizations.owner_offers
            await offers.create(self.ids[letter], NewOwner(user_id=self.ids[name]))

    async def _keys(self) -> None:
        limited = (Action.ORGANIZATION_READ, Action.MEMBER_READ, Action.PROJECT_READ, Action.PROJECT_CREATE)
        for name in PEOPLE:
            signed_in = await self._platform.acting_as(None).sessions.create(
                NewSession(login=mark(name), password=PASSWORD)
            )
            self.tokens[name] = signed_in.token
        wanted: dict[str, tuple[str, NewApiKey]] = {
            **{f"key of {name}": (name, NewApiKey(name=mark(f"key_{name}"))) for name in PEOPLE[:13]},
            "limited key of owner_a": ("owner_a", NewApiKey(name=mark("limited_owner"), actions=limited)),
            "limited key of both": ("both", NewApiKey(name=mark("limited_both"), actions=limited)),
            "limited key of root": ("root", NewApiKey(name=mark("limited_root"), actions=(Action.ORGANIZATION_READ,))),
            "project key of owner_a": (
                "owner_a", NewApiKey(name=mark("project_owner"), project_ids=(self.ids["private_a"],))
            ),
            "project key of both": ("both", NewApiKey(name=mark("project_both"), project_ids=(self.ids["private_b"],))),
            "expired key of owner_a": ("owner_a", NewApiKey(name=mark("expired_owner"))),
        }  # fmt: skip
        for name, (whose, new) in wanted.items():
            self.tokens[name] = (await self._platform.api_keys.create(self.ids[whose], new)).key
        for letter in "abc":
            keys = self._as(f"owner_{letter}").organizations.api_keys
            own: dict[str, NewApiKey] = {
                "member": NewApiKey(name=mark(f"member_key_{letter}")),
                "strong": NewApiKey(
                    name=mark(f"strong_key_{letter}"),
                    actions=tuple(
                        action
                        for action in Action
                        if action not in {Action.API_KEY_CREATE, Action.API_KEY_DELETE, Action.ORGANIZATION_RESTORE}
                    ),
                ),
                "project": NewApiKey(
                    name=mark(f"project_key_{letter}"),
                    actions=(Action.PROJECT_READ, Action.PROJECT_UPDATE),
                    project_ids=(self.ids[f"private_{letter}"],),
                ),
            }
            for kind, new in own.items():
                self.tokens[f"{kind} key of {letter}"] = (await keys.create(self.ids[letter], new)).key
        acting = await self._as("root").sessions.impersonate(self.ids["member_a"], NewImpersonation(reason="Help"))
        self.tokens["root as member_a"] = acting.token
        for name in ("member_a", "member_b"):
            again = await self._platform.acting_as(None).sessions.create(
                NewSession(login=mark(name), password=PASSWORD)
            )
            self.tokens[f"expired session of {name}"] = again.token
        self.tokens["revoked key"] = (
            await self._platform.api_keys.create(self.ids["owner_a"], NewApiKey(name="r"))
        ).key

    async def _go(self) -> None:
        """What has ended since: a membership, an account that is suspended, an organization, a key."""
        await self._as("owner_a").organizations.members.remove(self.ids["a"], self.ids["former_a"])
        await self._platform.users.suspend(self.ids["suspended_a"])
        await self._as("owner_c").organizations.delete(self.ids["c"])
        keys = await self._connection.fetch("SELECT id FROM api_keys WHERE name = 'r'")
        await self._as("owner_a").api_keys.delete("me", keys[0]["id"])
        await self._connection.execute(
            f"UPDATE api_keys SET expires_at = now() - interval '1 hour' WHERE name = '{mark('expired_owner')}'"  # noqa: S608
        )
        for name in ("member_a", "member_b"):
            await self._connection.execute(
                "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = (SELECT id FROM sessions "
                "WHERE user_id = $1 AND acting_admin_id IS NULL ORDER BY id DESC LIMIT 1)",
                self.ids[name],
            )
        await self._platform.users.request_password_reset(NewPasswordReset(email=f"{mark('member_b')}@example.com"))
        change = UserPatch(email="movedzq9@example.com")
        await self._platform.users.update(self.ids["stranger"], change)
        mailed = await self._platform.mail.list(PageRequest(limit=5))
        token = next(TOKEN.findall(message.text)[0] for message in mailed.data if message.to == change.email)
        await self._as("stranger").users.verify_email(EmailVerification(token=token))
        await self._connection.execute(
            "INSERT INTO webhook_deliveries (endpoint_id, chain_id, sequence, event_id, action, state, attempts, url, "
            "response_status, attempted_at, ended_at) SELECT e.id, a.chain_id, a.sequence, a.id, a.action, "
            "'delivered', 1, e.url, 200, now(), now() FROM webhook_endpoints e "
            "JOIN LATERAL (SELECT * FROM audit_events a "
            "WHERE coalesce(e.organization_id, a.organization_id) = a.organization_id "
            "ORDER BY sequence DESC LIMIT 2) a ON true"
        )
        # Less to read after each step: the mails that open something, and the last events of each chain.
        async with self._connection.transaction():
            await self._connection.execute(
                "SET LOCAL session_replication_role = replica; "
                "DELETE FROM mail_messages WHERE text_body NOT LIKE '%token: fh%'; "
                "DELETE FROM webhook_deliveries WHERE state <> 'delivered'; "
                "DELETE FROM audit_events e USING audit_heads h WHERE h.chain_id = e.chain_id "
                "AND e.sequence < h.sequence - 1"
            )
