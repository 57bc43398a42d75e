"""Which answers the model allows: from the rows, whoever asks, the route, and what its path names."""

from typing import Final

import msgspec
from tests.isolation.model import AUDIT, Route
from tests.isolation.oracle import (
    Caller,
    actions_in,
    find_organization,
    key_may,
    sees_project,
    shares_organization,
)
from tests.isolation.rows import Change, Row, Rows, organization_of, user_of

UNAUTHENTICATED, FORBIDDEN, MISSING, MOVED, CONFLICT = 401, 403, 404, 308, 409
BUILT_IN: Final = {"owner", "admin", "member"}


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One request as the model sees it."""

    route: Route
    method: str
    auth: str
    """Whether the route asks for a token: ``required``, ``optional`` or ``none``."""
    refs: dict[str, str]
    has_token: bool
    caller: Caller | None

    @property
    def done(self) -> frozenset[int]:
        """What it answers to somebody who may."""
        acting = self.caller is not None and self.caller.is_acting
        return self.route.ok | self.route.may | ({FORBIDDEN} if acting and self.method != "GET" else set())


def expected(case: Case, rows: Rows) -> frozenset[int]:  # noqa: PLR0911 - a rule a line
    """The statuses that the model allows."""
    who, caller = case.route.who, case.caller
    if case.auth == "none":
        return case.done
    if caller is None and (case.has_token or case.auth == "required"):
        return frozenset({UNAUTHENTICATED})
    if who == "anyone":
        return case.done
    if who in {"in", "deleted"}:
        return _in_organization(case, rows)
    assert caller is not None
    if who == "signed":
        return case.done
    if not key_may(caller, case.route.action) or (who == "admin" and not caller.is_admin):
        return frozenset({FORBIDDEN})
    return _of_account(case, caller, rows)


def _of_account(case: Case, caller: Caller, rows: Rows) -> frozenset[int]:  # noqa: PLR0911 - as above
    if case.route.who in {"user", "fellow"}:
        wanted = case.refs["user"]
        user_id = caller.user_id if wanted == "me" else wanted
        assert user_id is not None
        if user_id != caller.user_id:
            if caller.is_limited:
                return frozenset({FORBIDDEN})
            if not caller.is_admin:
                seen = caller.user_id is not None and shares_organization(rows, caller.user_id, user_id)
                return frozenset({FORBIDDEN if case.route.who == "user" else 200} if seen else {MISSING})
        if rows.find("users", id=user_id) is None:
            return frozenset({MISSING, *({FORBIDDEN, CONFLICT, 422} & case.route.may)})
        if case.route.admin and not caller.is_admin:
            return frozenset({FORBIDDEN})
        return _with_child(case, rows, {"user_id": user_id})
    if case.route.who == "admin":
        return _with_child(case, rows, {"organization_id": None})
    return _with_child(case, rows, {"user_id": caller.user_id})


def _in_organization(case: Case, rows: Rows) -> frozenset[int]:  # noqa: C901, PLR0911 - as above
    organization, is_former = find_organization(rows, case.refs["organization"])
    if organization is None or bool(organization["deleted_at"]) != (case.route.who == "deleted"):
        # Whoever asks to restore what is there learns of its other name as from any change.
        held = actions_in(rows, case.caller, organization) if organization and not organization["deleted_at"] else None
        led_on = is_former and held is not None and case.route.action in held
        return frozenset({CONFLICT if led_on else MISSING})
    held = actions_in(rows, case.caller, organization)
    if case.route.who == "deleted":
        return case.done if not is_former and held and case.route.action in held else frozenset({MISSING})
    action = case.route.action
    if action == "member.remove" and case.caller and case.refs["user"] in {"me", case.caller.user_id}:
        action = "organization.read"  # to leave
    shown = [
        row
        for row in rows.of("projects")
        if row["organization_id"] == organization["id"]
        and row["visibility"] == "public"
        and (is_former or action == "organization.read" or sees_project(rows, case.caller, organization, row))
    ]
    if not case.route.outsiders:
        if held is None:
            return frozenset({MISSING})
        if action not in held:
            return frozenset({FORBIDDEN})
    elif not shown and held is None:
        return frozenset({MISSING})
    elif (
        action == "project.read"
        and not shown
        and held is not None
        and action not in held
        and "project" not in case.refs
    ):
        return frozenset({FORBIDDEN})
    if is_former:
        # Whoever may not do it is refused first.
        refused = {FORBIDDEN} if held is not None and action not in held else set()
        return frozenset({MOVED if case.method == "GET" else CONFLICT, *refused})
    if "project" in case.refs:
        return _on_project(case, rows, organization, action)
    return _with_child(case, rows, {"organization_id": organization["id"]})


def _on_project(case: Case, rows: Rows, organization: Row, action: str) -> frozenset[int]:
    project = rows.find("projects", id=case.refs["project"], organization_id=organization["id"])
    held = actions_in(rows, case.caller, organization)
    if project is None or not sees_project(rows, case.caller, organization, project):
        may_not = held is not None and action not in held
        return frozenset({MISSING, FORBIDDEN} if may_not and case.method != "GET" else {MISSING})
    if case.method == "GET":
        return case.done
    chosen = case.caller.key["project_ids"] if case.caller and case.caller.key else None
    may = held is not None and action in held and (chosen is None or project["id"] in chosen)
    return case.done if may else frozenset({FORBIDDEN})


def _with_child(case: Case, rows: Rows, within: dict[str, str | None]) -> frozenset[int]:
    """What the path names below an organization or an account must belong to it."""
    for name, value in case.refs.items():
        if not _belongs(case, rows, name, value, within):
            # A password is asked for first.
            return frozenset({MISSING} | ({FORBIDDEN, CONFLICT} & case.route.may))
    return case.done


def _belongs(  # noqa: PLR0911 - a kind of thing a line
    case: Case, rows: Rows, name: str, value: str, within: dict[str, str | None]
) -> bool:
    match name:
        case "api_key":
            return rows.find("api_keys", id=value, **within) is not None
        case "invitation" if "organization_id" in within:
            return rows.find("invitations", id=value, **within) is not None
        case "endpoint" | "delivery":
            endpoint = rows.find("webhook_endpoints", id=case.refs["endpoint"], **within)
            found = name == "endpoint" or rows.find("webhook_deliveries", id=value, endpoint_id=case.refs["endpoint"])
            return endpoint is not None and found is not None
        case "role":
            roles = [row for row in rows.of("roles") if row["organization_id"] == within["organization_id"]]
            return value in BUILT_IN or any(value in {row["id"], row["name"]} for row in roles)
        case "user" if "organization_id" in within and case.method != "PUT":
            user_id = case.caller.user_id if value == "me" and case.caller else value
            return rows.find("organization_members", user_id=user_id, **within) is not None
        case "session" if value != "current":
            return rows.find("sessions", id=value, **within) is not None
    return True


def strays(case: Case, status: int, changed: list[Change], before: Rows) -> list[Change]:
    """The changes that a request must not have made."""
    if case.method == "GET" or status >= 300:
        return [change for change in changed if not _tells_of_failure(case, change)]
    organization = find_organization(before, case.refs["organization"])[0] if "organization" in case.refs else None
    place = organization["id"] if organization else None
    user_id = case.refs.get("user") if case.route.who in {"user", "fellow"} else None
    if user_id in {None, "me"} and case.caller:
        user_id = case.caller.user_id

    def is_stray(change: Change) -> bool:
        if change.table not in case.route.changes | AUDIT:
            return True
        if case.route.everywhere or change.table == "webhook_deliveries":
            return False
        where = organization_of(change.table, change.row)
        if where is not None:
            return where != place
        if place is None and change.table not in AUDIT:
            whose = user_of(change.table, change.row)
            return whose is not None and user_id not in {whose, change.row.get("acting_admin_id")}
        return False

    return [change for change in changed if is_stray(change)]


def _tells_of_failure(case: Case, change: Change) -> bool:
    """A wrong password is noted, and told whose it is, where one is asked for; so is who exports all of an account."""
    if change.table == "audit_events":
        exported = case.route.action == "user.export" and change.row["action"] == "user.export"
        return change.added and (exported or change.row["action"] == "session.fail")
    return change.table == "mail_messages" and change.added and case.route.action.startswith(("session", "email"))
