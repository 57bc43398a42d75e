"""What the model says of each route: who may call it, with what, what it may answer, and what it may change."""

import random
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import msgspec
from tests.conftest import PASSWORD
from tests.isolation.oracle import Caller
from tests.isolation.rows import Row, Rows, mailed_tokens

NOWHERE: Final = UUID("01900000-0000-7000-8000-000000000000")
OTHER_PASSWORD: Final = "Analytical2"
AUDIT: Final = frozenset({"audit_events", "webhook_deliveries"})


class Pick:
    """Chooses what a request says, by chance, among all that any tenant has."""

    def __init__(self, seed: int, rows: Rows, caller: Caller | None) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - the same again for the same seed
        self.rows = rows
        self.caller = caller
        self.seed = seed

    def of(self, table: str, **wanted: object) -> Row | None:
        """A row of a table, with these values if there is one."""
        rows = self.rows.of(table)
        fitting = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
        return self.chance.choice(fitting or rows) if rows else None

    def id_of(self, table: str, **wanted: object) -> str:
        row = self.of(table, **wanted)
        return str(row["id"]) if row and self.chance.random() > 0.1 else str(NOWHERE)

    def user_id(self) -> str:
        return self.id_of("users")

    def name(self) -> str:
        """A word that nothing else holds."""
        return f"n{self.chance.getrandbits(60):x}"

    def one(self, *choices: Any) -> Any:
        return self.chance.choice(choices)

    def token(self) -> str:
        user = self.caller.user if self.caller and self.chance.random() < 0.6 else None
        tokens = mailed_tokens(self.rows, user["email"] if user else None) or mailed_tokens(self.rows)
        return str(self.chance.choice(tokens)) if tokens else "fhi_none"

    def login(self) -> str:
        user = self.of("users")
        return str(user["username"]) if user else "nobody"

    def email(self) -> str:
        user = self.of("users")
        return str(user["email"]) if user and self.chance.random() < 0.5 else f"{self.name()}@example.com"

    def role(self) -> str:
        row = self.of("roles")
        return str(self.one("admin", "member", "member", "owner", row["name"] if row else "member"))

    def actions(self) -> list[str]:
        known = ["organization.read", "project.read", "project.create", "member.read", "member.add", "audit.read",
                 "organization.delete", "api_key.create", "webhook.read"]  # fmt: skip
        return sorted(self.chance.sample(known, self.chance.randint(0, 3)))


Body = Callable[[Pick], Any]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says of one route.

    Attributes:
        who: ``anyone``; ``signed`` in; ``admin`` of the platform; a ``self`` that is named ``me`` and never an
            organization's key; ``user``: who is named, and administrators; ``fellow``: also whoever shares an
            organization with them; ``in``: whose role in the organization has the action; ``deleted``: the same of
            one that is deleted.
        action: what is done.
        ok: what it answers when it is done.
        may: what it may answer instead to somebody who may call it.
        changes: tables that it may change, beside the audit log.
        everywhere: whether it may change rows outside of the organization and the account that the path names.
        outsiders: whether whoever is nothing in the organization is let in, and sees what is public.
        admin: whether only platform administrators may, of those who may see the account.
        acting: whether an administrator who acts for somebody may.
    """

    who: str
    action: str
    ok: frozenset[int] = frozenset({200})
    may: frozenset[int] = frozenset()
    changes: frozenset[str] = frozenset()
    everywhere: bool = False
    outsiders: bool = False
    admin: bool = False
    acting: bool = True
    body: Body | None = None
    query: Callable[[Pick], str] | None = None
    own_key: bool = False


def route(
    who: str, action: str, ok: int | set[int] = 200, may: set[int] | None = None, changes: str = "", **rest: Any
) -> Route:
    statuses = {ok} if isinstance(ok, int) else ok
    return Route(
        who=who,
        action=action,
        ok=frozenset(statuses),
        may=frozenset(may or ()),
        changes=frozenset(changes.split()),
        **rest,
    )


def paged(*more: str) -> Callable[[Pick], str]:
    """The query of a list."""
    return lambda pick: str(pick.one("", "limit=2", "include=total", *more))


HOOK: Final = "https://hooks.example/"
MAIL: Final = "mail_messages"
ENDPOINT: Final = "webhook_endpoints"


def _new_user(pick: Pick) -> Any:
    body = {"username": pick.name(), "email": pick.email(), "password": PASSWORD}
    return body | ({"invitation_token": pick.token()} if pick.chance.random() < 0.3 else {})


def _user_patch(pick: Pick) -> Any:
    return pick.one(
        {"profile": {"first_name": pick.name()}},
        {"username": pick.name()},
        {"email": pick.email(), "current_password": PASSWORD},
        {"metadata": {"word": pick.name()}},
    )


def _password(pick: Pick) -> Any:
    return {"current_password": pick.one(PASSWORD, PASSWORD, OTHER_PASSWORD)}


def _login(pick: Pick) -> Any:
    return {"login": pick.login(), "password": pick.one(PASSWORD, PASSWORD, OTHER_PASSWORD)}


def _token(pick: Pick) -> Any:
    return {"token": pick.token()}


def _owner(pick: Pick) -> Any:
    return {"user_id": pick.user_id()}


def _invitation(pick: Pick) -> Any:
    return {"email": pick.email(), "role": pick.role()}


def _project(pick: Pick) -> Any:
    return {"name": pick.name(), "settings": {"visibility": pick.one("private", "private", "public")}}


def _project_patch(pick: Pick) -> Any:
    return pick.one({"name": pick.name()}, {"settings": {"visibility": pick.one("private", "public")}})


def _key(pick: Pick) -> Any:
    body: dict[str, Any] = {"name": pick.name(), "current_password": PASSWORD}
    return body | pick.one({}, {"actions": pick.actions()}, {"project_ids": [pick.id_of("projects")]})


def _rotation(pick: Pick) -> Any:
    return {"overlap_seconds": pick.one(0, 60), "current_password": PASSWORD}


def _hook(pick: Pick) -> Any:
    return {"url": f"{HOOK}{pick.name()}", "events": ["project.create"]}


def _organization_patch(pick: Pick) -> Any:
    return pick.one({"name": pick.name()}, {"slug": pick.name()}, {"public_metadata": {"word": pick.name()}})


def _service_token(pick: Pick) -> Any:
    organization = pick.of("organizations")
    assert organization is not None
    return pick.one({}, {"organization": organization["id"]}, {"organization": organization["slug"]})


MEMBERSHIP: Final = f"organizations organization_members owner_offers invitations api_keys webhook_endpoints {MAIL}"
ACCOUNT: Final = f"users sessions api_keys email_verifications email_undos password_resets used_tokens {MAIL}"
REFUSALS: Final = {403, 409, 422}

USERS: Final[dict[str, Route]] = {
    "GET /v1/users": route("admin", "user.list", query=paged("q=own")),
    "POST /v1/users": route(
        "anyone", "user.create", 201, {403, 409, 422}, f"{ACCOUNT} {MEMBERSHIP}", body=_new_user, everywhere=True
    ),
    "GET /v1/users/{user}": route("fellow", "user.read", query=lambda pick: str(pick.one("", "include=organizations"))),
    "PATCH /v1/users/{user}": route("user", "user.update", 200, {403, 409, 422, 429}, ACCOUNT, body=_user_patch),
    "DELETE /v1/users/{user}": route(
        "user", "user.delete", 204, {403, 409, 422, 429}, f"{ACCOUNT} {MEMBERSHIP}", body=_password, everywhere=True
    ),
    "PUT /v1/users/me/password": route(
        "self",
        "user.set_password",
        204,
        {403, 409, 422, 429},
        ACCOUNT,
        acting=False,
        body=lambda pick: {**_password(pick), "new_password": pick.one(PASSWORD, OTHER_PASSWORD)},
    ),
    "POST /v1/email-verifications": route(
        "anyone", "email_verification.complete", {200, 204}, {409, 422}, ACCOUNT, body=_token, everywhere=True
    ),
    "POST /v1/users/me/email-verification": route("self", "email_verification.create", 202, {409, 429}, ACCOUNT),
    "POST /v1/users/{user}/email-verification": route("user", "email_verification.create", 202, {409, 429}, ACCOUNT),
    "PUT /v1/users/{user}/email-verification": route("user", "user.verify", 200, {409}, ACCOUNT, admin=True),
    "POST /v1/password-resets": route(
        "anyone",
        "password_reset.create",
        202,
        {429},
        f"password_resets {MAIL}",
        everywhere=True,
        body=lambda pick: {"email": pick.email()},
    ),
    "POST /v1/users/{user}/password-reset": route(
        "user", "password_reset.create", 202, {409, 429}, ACCOUNT, admin=True
    ),
    "POST /v1/password-resets/complete": route(
        "anyone",
        "password_reset.complete",
        204,
        {409, 422},
        ACCOUNT,
        everywhere=True,
        body=lambda pick: {**_token(pick), "new_password": PASSWORD},
    ),
    "POST /v1/email-verifications/undo": route(
        "anyone",
        "email_change.undo",
        204,
        {409, 422},
        ACCOUNT,
        everywhere=True,
        body=lambda pick: {**_token(pick), **pick.one({}, {"new_password": PASSWORD})},
    ),
    "PUT /v1/users/{user}/admin": route(
        "user",
        "user.grant_admin",
        200,
        {403, 409, 422},
        ACCOUNT,
        admin=True,
        body=lambda _: {"current_password": PASSWORD},
    ),
    "DELETE /v1/users/{user}/admin": route("user", "user.revoke_admin", 200, {403, 409}, ACCOUNT, admin=True),
    "PUT /v1/users/{user}/suspension": route(
        "user", "user.suspend", 200, {403, 409}, ACCOUNT, admin=True, body=lambda pick: {"reason": pick.name()}
    ),
    "GET /v1/users/{user}/suspension": route("user", "user.suspend", 200, {404}, admin=True),
    "DELETE /v1/users/{user}/suspension": route("user", "user.resume", 200, {404, 409}, ACCOUNT, admin=True),
    "GET /v1/users/{user}/export": route("user", "user.export"),
    "GET /v1/users/me/export": route("self", "user.export"),
}

SESSIONS: Final[dict[str, Route]] = {
    "POST /v1/sessions": route(
        "anyone",
        "session.create",
        201,
        {401, 403, 429},
        f"sessions {MAIL} audit_events users",
        body=_login,
        everywhere=True,
    ),
    "GET /v1/sessions": route("self", "session.read", query=paged()),
    "DELETE /v1/sessions": route("self", "session.delete", 204, changes="sessions"),
    "POST /v1/email-corrections": route(
        "anyone",
        "email.correct",
        204,
        {401, 403, 409, 429},
        ACCOUNT,
        everywhere=True,
        body=lambda pick: {**_login(pick), "email": pick.email()},
    ),
    "POST /v1/sessions/current/refresh": route(
        "self",
        "session.refresh",
        200,
        {403, 404, 409, 422, 429},
        "sessions",
        body=lambda pick: {"password": pick.one(PASSWORD, OTHER_PASSWORD)},
    ),
    "DELETE /v1/sessions/{session}": route("self", "session.delete", 204, {404}, "sessions"),
    "GET /v1/users/{user}/sessions": route("user", "session.read", query=paged()),
    "DELETE /v1/users/{user}/sessions": route("user", "session.delete", 204, changes="sessions"),
    "DELETE /v1/users/{user}/sessions/{session}": route("user", "session.delete", 204, {404}, "sessions"),
    "POST /v1/users/{user}/impersonation": route(
        "user",
        "user.impersonate",
        201,
        {403, 409, 422},
        f"sessions {MAIL}",
        admin=True,
        body=lambda pick: {"reason": pick.name(), "current_password": PASSWORD},
    ),
    "POST /v1/tokens": route("signed", "token.create", 200, {403, 404}, "signing_keys", body=_service_token),
    "GET /.well-known/jwks.json": route("open", "signing_key.read"),
}

ORGANIZATIONS: Final[dict[str, Route]] = {
    "GET /v1/users/{user}/organizations": route("fellow", "organization.list", query=paged("q=org")),
    "POST /v1/organizations": route(
        "self",
        "organization.create",
        201,
        {403, 409},
        "organizations organization_members slugs",
        everywhere=True,
        body=lambda pick: {"name": pick.name()},
    ),
    "GET /v1/organizations": route("self", "organization.list", 200, {403}, query=paged("all=true", "q=org")),
    "GET /v1/slugs/{slug}": route("self", "organization.create", 200),
    "GET /v1/deleted-organizations": route("self", "organization.list", 200, {403}, query=paged("all=true")),
    "GET /v1/organizations/{organization}": route("in", "organization.read"),
    "PATCH /v1/organizations/{organization}": route(
        "in", "organization.update", 200, {409}, "organizations slugs", body=_organization_patch
    ),
    "DELETE /v1/organizations/{organization}": route(
        "in", "organization.delete", 204, {403, 409}, "organizations owner_offers"
    ),
    "POST /v1/organizations/{organization}/restore": route(
        "deleted", "organization.restore", 200, {409}, "organizations"
    ),
    "GET /v1/organizations/{organization}/members": route("in", "member.read", query=paged("q=own", "role=admin")),
    "GET /v1/organizations/{organization}/members/{user}": route("in", "member.read"),
    "PUT /v1/organizations/{organization}/members/{user}": route(
        "in", "member.add", 200, {403, 404, 409, 422}, f"{MEMBERSHIP} users", body=lambda pick: {"role": pick.role()}
    ),
    "DELETE /v1/organizations/{organization}/members/{user}": route(
        "in", "member.remove", {200, 204}, {403, 404, 409}, f"{MEMBERSHIP}"
    ),
    "POST /v1/organizations/{organization}/invitations": route(
        "in", "invitation.create", 201, {403, 404, 409, 422, 429}, f"invitations {MAIL}", body=_invitation
    ),
    "GET /v1/organizations/{organization}/invitations": route("in", "invitation.read", query=paged("status=all")),
    "POST /v1/organizations/{organization}/invitations/batch": route(
        "in",
        "invitation.create",
        200,
        {403, 422, 429},
        f"invitations {MAIL}",
        body=lambda pick: {"invitations": [_invitation(pick), _invitation(pick)]},
    ),
    "GET /v1/organizations/{organization}/invitations/{invitation}": route("in", "invitation.read"),
    "DELETE /v1/organizations/{organization}/invitations/{invitation}": route(
        "in", "invitation.delete", 204, {403, 409}, "invitations"
    ),
    "POST /v1/organizations/{organization}/invitations/{invitation}/resend": route(
        "in", "invitation.create", 200, {403, 409, 429}, f"invitations {MAIL}"
    ),
    "POST /v1/invitations/preview": route("open", "invitation.preview", 200, {409, 422}, body=_token),
    "POST /v1/invitations/decline": route(
        "anyone", "invitation.decline", 204, {409, 422}, f"invitations used_tokens {MAIL}", body=_token, everywhere=True
    ),
    "GET /v1/users/{user}/invitations": route("user", "invitation.list", query=paged()),
    "DELETE /v1/users/{user}/invitations/{invitation}": route(
        "user", "invitation.decline", 204, {404}, "invitations", everywhere=True
    ),
    "POST /v1/invitations/accept": route(
        "self",
        "invitation.accept",
        {200, 201},
        {403, 404, 409, 422},
        f"{MEMBERSHIP} users used_tokens email_verifications",
        body=_token,
        everywhere=True,
    ),
    "POST /v1/organizations/{organization}/owner-offer": route(
        "in", "organization.transfer", 201, {403, 404, 409, 422}, f"owner_offers {MAIL}", body=_owner
    ),
    "GET /v1/organizations/{organization}/owner-offer": route("in", "organization.read", 200, {404}),
    "DELETE /v1/organizations/{organization}/owner-offer": route(
        "in", "organization.transfer", 204, {404}, "owner_offers"
    ),
    "POST /v1/organizations/{organization}/owner-offer/accept": route(
        "in", "organization.read", 200, {403, 404, 409}, f"organizations owner_offers organization_members {MAIL}"
    ),
    "POST /v1/organizations/{organization}/owner-offer/decline": route(
        "in", "organization.read", 204, {403, 404, 409}, "owner_offers"
    ),
    "PUT /v1/organizations/{organization}/owner": route(
        "in",
        "organization.transfer",
        200,
        {403, 404, 409, 422},
        f"organizations organization_members owner_offers {MAIL}",
        body=_owner,
    ),
    "POST /v1/organizations/{organization}/roles": route(
        "in",
        "role.create",
        201,
        {403, 409, 422},
        "roles",
        body=lambda pick: {"name": pick.name(), "actions": sorted({"organization.read", *pick.actions()[:1]})},
    ),
    "GET /v1/organizations/{organization}/roles": route("in", "role.read", query=paged()),
    "GET /v1/organizations/{organization}/roles/{role}": route("in", "role.read"),
    "PATCH /v1/organizations/{organization}/roles/{role}": route(
        "in", "role.update", 200, {403, 409, 422}, "roles", body=lambda pick: {"name": pick.name()}
    ),
    "DELETE /v1/organizations/{organization}/roles/{role}": route(
        "in", "role.delete", 204, {403, 409}, "roles invitations"
    ),
    "GET /v1/organizations/{organization}/access": route(
        "in",
        "organization.read",
        200,
        {403},
        outsiders=True,
        query=lambda pick: "action=project.read" + str(pick.one("", f"&user_id={pick.user_id()}")),
    ),
    "GET /v1/actions": route("self", "action.list", query=paged()),
    "GET /v1/actions/{action}": route("self", "action.read", 200, {404}),
}

PROJECTS: Final[dict[str, Route]] = {
    "POST /v1/organizations/{organization}/projects": route(
        "in", "project.create", 201, set(), "projects", body=_project
    ),
    "GET /v1/organizations/{organization}/projects": route("in", "project.read", outsiders=True, query=paged("q=priv")),
    "GET /v1/organizations/{organization}/projects/{project}": route("in", "project.read", outsiders=True),
    "PATCH /v1/organizations/{organization}/projects/{project}": route(
        "in", "project.update", 200, set(), "projects", outsiders=True, body=_project_patch
    ),
    "DELETE /v1/organizations/{organization}/projects/{project}": route(
        "in", "project.delete", 204, set(), "projects api_keys", outsiders=True
    ),
}

KEYS: Final[dict[str, Route]] = {
    "POST /v1/users/me/api-keys": route(
        "self", "api_key.create", 201, {403, 404, 409, 422}, f"api_keys {MAIL}", body=_key, acting=False
    ),
    "GET /v1/users/me/api-keys": route("self", "api_key.read", query=paged()),
    "GET /v1/users/me/api-keys/{api_key}": route("self", "api_key.read", 200),
    "DELETE /v1/users/me/api-keys/{api_key}": route("self", "api_key.delete", 204, set(), "api_keys"),
    "POST /v1/users/me/api-keys/{api_key}/rotate": route(
        "self", "api_key.create", 201, {403, 409, 422}, f"api_keys {MAIL}", body=_rotation, acting=False
    ),
    "GET /v1/users/{user}/api-keys": route("user", "api_key.read", query=paged()),
    "DELETE /v1/users/{user}/api-keys/{api_key}": route("user", "api_key.delete", 204, set(), "api_keys"),
    "POST /v1/organizations/{organization}/api-keys": route(
        "in", "api_key.create", 201, {403, 409, 422}, f"api_keys {MAIL}", body=_key
    ),
    "GET /v1/organizations/{organization}/api-keys": route("in", "api_key.read", query=paged()),
    "GET /v1/organizations/{organization}/api-keys/{api_key}": route("in", "api_key.read"),
    "DELETE /v1/organizations/{organization}/api-keys/{api_key}": route("in", "api_key.delete", 204, {403}, "api_keys"),
    "POST /v1/organizations/{organization}/api-keys/{api_key}/rotate": route(
        "in", "api_key.create", 201, {403, 409, 422}, f"api_keys {MAIL}", body=_rotation
    ),
}

AUDITS: Final[dict[str, Route]] = {
    "GET /v1/organizations/{organization}/audit-events": route(
        "in", "audit.read", query=paged("action=project.create")
    ),
    "GET /v1/audit-events": route("admin", "audit.read", query=paged()),
    "GET /healthz": route("open", "health"),
    "GET /readyz": route("open", "health"),
}


def _hooks(prefix: str, who: str) -> dict[str, Route]:
    one = f"{prefix}/webhook-endpoints/{{endpoint}}"
    sent = f"{one}/deliveries"
    needs_audit = {403} if who == "in" else set[int]()
    return {
        f"POST {prefix}/webhook-endpoints": route(
            who, "webhook.create", 201, needs_audit | {409, 422}, ENDPOINT, body=_hook
        ),
        f"GET {prefix}/webhook-endpoints": route(who, "webhook.read", query=paged()),
        f"GET {one}": route(who, "webhook.read"),
        f"PATCH {one}": route(
            who,
            "webhook.update",
            200,
            needs_audit | {409, 422},
            ENDPOINT,
            body=lambda pick: {"description": pick.name()},
        ),
        f"DELETE {one}": route(who, "webhook.delete", 204, set(), f"{ENDPOINT} webhook_deliveries"),
        f"POST {one}/rotate-secret": route(
            who, "webhook.update", 200, needs_audit, ENDPOINT, body=lambda _: {"overlap_seconds": 60}
        ),
        f"GET {sent}": route(who, "webhook.read", 200, needs_audit, query=paged()),
        f"GET {sent}/{{delivery}}": route(who, "webhook.read", 200, needs_audit),
        f"POST {one}/replay": route(
            who,
            "webhook.replay",
            200,
            needs_audit | {409, 422},
            "webhook_deliveries",
            body=lambda _: {"from": "2026-01-01T00:00:00Z"},
        ),
        f"POST {sent}/{{delivery}}/replay": route(
            who, "webhook.replay", 200, needs_audit | {409}, "webhook_deliveries"
        ),
    }


MODEL: Final[dict[str, Route]] = {
    **USERS,
    **SESSIONS,
    **ORGANIZATIONS,
    **PROJECTS,
    **KEYS,
    **AUDITS,
    **_hooks("/v1/organizations/{organization}", "in"),
    **_hooks("/v1", "admin"),
}
"""By method and path, as the application lists its routes."""
