"""Who may do what and see what, decided from the rows alone: the model beside which every answer is held.

It reads what the documentation says (`docs/reference/roles-and-actions.md`), and asks nothing of the code that decides.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from tests.isolation.rows import Row, Rows, organization_of, user_of

from freehold import GRANTS, Action, Role

NEVER_BY_KEY: Final = frozenset({"api_key.create", "api_key.delete"})
BY_KEY_OF_PROJECTS: Final = frozenset(
    {"organization.read", "member.read", "project.read", "project.update", "project.delete"}
)
BY_UNLIMITED_KEY: Final = frozenset(
    {
        "user.create",
        "user.list",
        "user.read",
        "user.update",
        "user.suspend",
        "user.resume",
        "organization.create",
        "organization.list",
    }
)
ALL: Final = frozenset(action.value for action in Action)


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a token stands for."""

    user: Row | None = None
    key: Row | None = None
    session: Row | None = None
    is_admin: bool = False

    @property
    def user_id(self) -> str | None:
        return self.user["id"] if self.user else None

    @property
    def is_limited(self) -> bool:
        return self.key is not None and (self.key["actions"] is not None or self.key["project_ids"] is not None)

    @property
    def is_acting(self) -> bool:
        return self.session is not None and self.session["acting_admin_id"] is not None


def digest(token: str) -> str:
    return "\\x" + hashlib.sha256(token.encode()).hexdigest()


def caller_of(rows: Rows, token: str | None) -> Caller | None:  # noqa: PLR0911 - a reason to be nobody a line
    """Who asks with a token; None for nobody."""
    if token is None:
        return None
    if token.startswith("fhk_"):
        key = rows.find("api_keys", key_hash=digest(token))
        if key is None or _is_over(key["expires_at"]):
            return None
        user = rows.find("users", id=key["user_id"]) if key["user_id"] else None
        if key["user_id"] and (user is None or user["suspended_at"]):
            return None
        limited = key["actions"] is not None or key["project_ids"] is not None
        return Caller(user=user, key=key, is_admin=bool(user and user["is_admin"] and not limited))
    session = rows.find("sessions", token_hash=digest(token))
    if session is None or _is_over(session["expires_at"]):
        return None
    user = rows.find("users", id=session["user_id"])
    admin = rows.find("users", id=session["acting_admin_id"]) if session["acting_admin_id"] else None
    if user is None or user["suspended_at"]:
        return None
    if session["acting_admin_id"] and (admin is None or not admin["is_admin"] or admin["suspended_at"]):
        return None
    return Caller(user=user, session=session, is_admin=user["is_admin"])


def _is_over(time: str | None) -> bool:
    return time is not None and datetime.fromisoformat(time) <= datetime.now(UTC)


def role_of(rows: Rows, user_id: str | None, organization: Row) -> frozenset[str] | None:
    """What a user's role in an organization gives; None for no member."""
    if user_id is None:
        return None
    if organization["owner_id"] == user_id:
        return frozenset(action.value for action in GRANTS[Role.OWNER])
    member = rows.find("organization_members", organization_id=organization["id"], user_id=user_id)
    if member is None:
        return None
    if member["role_id"]:
        role = rows.find("roles", id=member["role_id"])
        assert role is not None
        return ALL & frozenset(role["actions"])
    return frozenset(action.value for action in GRANTS[Role(member["role"])])


def actions_in(rows: Rows, caller: Caller | None, organization: Row) -> frozenset[str] | None:
    """What somebody may do in an organization; None for whoever is nothing there."""
    if caller is None:
        return None
    key = caller.key
    if key is None:
        return ALL if caller.is_admin else role_of(rows, caller.user_id, organization)
    if key["organization_id"]:
        # A key for nothing is nothing there.
        granted = frozenset(key["actions"] or ()) if key["organization_id"] == organization["id"] else frozenset()
        return granted & _reach(key) if granted and _reaches(rows, key, organization) else None
    held = ALL if caller.is_admin else role_of(rows, caller.user_id, organization)
    return None if held is None or not _reaches(rows, key, organization) else held & _reach(key)


def _reaches(rows: Rows, key: Row, organization: Row) -> bool:
    chosen = key["project_ids"]
    return chosen is None or any(
        row["organization_id"] == organization["id"] for row in rows.of("projects") if row["id"] in chosen
    )


def _reach(key: Row) -> frozenset[str]:
    reach = ALL if key["actions"] is None else frozenset(key["actions"])
    return (reach if key["project_ids"] is None else reach & BY_KEY_OF_PROJECTS) - NEVER_BY_KEY


def key_may(caller: Caller, action: str) -> bool:
    """Whether a caller who uses an API key may do something outside of organizations with it."""
    key = caller.key
    if key is None or action == "token.create":
        return True
    if key["organization_id"]:
        return False
    if not caller.is_limited:
        return action in BY_UNLIMITED_KEY
    return action == "user.read" or (action == "organization.list" and "organization.read" in _reach(key))


def find_organization(rows: Rows, reference: str) -> tuple[Row | None, bool]:
    """The organization that an id or a slug leads to, and whether the slug is one from before."""
    found = rows.find("organizations", id=reference) or rows.find("organizations", slug=reference)
    if found is not None:
        return found, False
    slug = rows.find("slugs", slug=reference)
    return (rows.find("organizations", id=slug["organization_id"]) if slug else None), True


def shares_organization(rows: Rows, one: str, other: str) -> bool:
    gone = {row["id"] for row in rows.of("organizations") if row["deleted_at"]}
    members: dict[str, set[str]] = {}
    for row in rows.of("organization_members"):
        members.setdefault(row["organization_id"], set()).add(row["user_id"])
    return any({one, other} <= users for place, users in members.items() if place not in gone)


def sees_project(rows: Rows, caller: Caller | None, organization: Row, project: Row) -> bool:
    chosen = caller.key["project_ids"] if caller and caller.key else None
    if chosen is not None and project["id"] not in chosen:
        return False
    held = actions_in(rows, caller, organization)
    return project["visibility"] == "public" or (held is not None and "project.read" in held)


WITH_TOKEN: Final = frozenset({"user.create", "invitation.decline"})
"""What anybody does with what it is about in their hands, and finds among their deeds."""
WORDS: Final = ("id", "name", "slug", "username", "email", "url", "recipient", "hint")


def words_of(row: Row) -> Iterator[str]:
    """The ids, names and addresses that a row holds, of those that are long enough to be nothing else."""
    if "private_key" in row or "lowest_role" in row:  # keys that are published, and actions that all may know
        return
    for column in WORDS:
        value = row.get(column)
        if isinstance(value, str) and len(value) > 7:
            yield value


def hidden_words(rows: Rows, caller: Caller | None, tokens: tuple[str, ...] = ()) -> set[str]:
    """What no answer to this caller may hold.

    That is each id, name and address of organizations that they are nothing in and of people whom they share none
    with, but for what stands in rows that they may see: an event of their own organization names who has left it.
    """
    if caller is not None and caller.is_admin:
        return set()
    organizations = {row["id"]: row for row in rows.of("organizations")}
    inside = {
        place
        for place, row in organizations.items()
        if (not row["deleted_at"] or row["owner_id"] == (caller.user_id if caller else None))
        and actions_in(rows, caller, row) is not None
    }
    own_id = caller.user_id if caller else None
    fellows = {own_id} | {row["user_id"] for row in rows.of("organization_members") if row["organization_id"] in inside}
    asked = _invited_to(rows, caller, tokens)
    hidden: set[str] = set()
    seen: list[str] = []
    for table, row in rows.all():
        place = organization_of(table, row)
        user = user_of(table, row)
        if table == "users":
            is_seen = row["id"] in fellows
        elif table == "audit_events" and row["action"] in WITH_TOKEN and own_id and row["actor_id"] == own_id:
            is_seen = True
        elif place in organizations:
            is_public = table == "projects" and row["visibility"] == "public" and not organizations[place]["deleted_at"]
            is_seen = place in inside or is_public or (table == "invitations" and row["id"] in asked)
            if place and (is_public or (table == "invitations" and row["id"] in asked)):
                seen.append(place)
            if table == "invitations" and row["id"] in asked:
                seen += [organizations[place]["name"], organizations[place]["slug"], row["email"]]
                inviter = rows.find("users", id=row["invited_by"])
                seen.append(inviter["username"] if inviter else "")
        else:
            address = caller.user["email"] if caller and caller.user else None
            is_seen = (own_id is not None and user == own_id) or (
                address is not None and row.get("recipient") == address
            )
        if is_seen:
            seen.append(msgspec.json.encode(row).decode())
        else:
            hidden.update(words_of(row))
    hashes = {digest(token) for token in tokens}
    seen += [row["email"] for row in rows.of("email_verifications") if row["token_hash"] in hashes]
    used = {row["user_id"] for row in rows.of("used_tokens") if row["token_hash"] in hashes}
    seen += [row["email"] for row in rows.of("users") if row["id"] in used]
    shown = "\n".join(seen)
    # Who made a key or an invitation is named beside it, also once they are no member any more.
    shown += "\n".join(row["username"] for row in rows.of("users") if row["id"] in shown)
    return {word for word in hidden if word not in shown}


def _invited_to(rows: Rows, caller: Caller | None, tokens: tuple[str, ...]) -> set[str]:
    """The invitations that somebody may read: those to their own confirmed address, and those whose token they have."""
    hashes = {digest(token) for token in tokens}
    email = caller.user["email"] if caller and caller.user and caller.user["email_verified_at"] else None
    return {
        row["id"]
        for row in rows.of("invitations")
        if row["token_hash"] in hashes or (email is not None and row["email"].lower() == email.lower())
    }


def described(caller: Caller | None) -> Any:
    """For messages of failures."""
    if caller is None:
        return "nobody"
    return {
        "user": caller.user and caller.user["username"],
        "key": caller.key and (caller.key["name"], caller.key["actions"], caller.key["project_ids"]),
        "admin": caller.is_admin,
    }
