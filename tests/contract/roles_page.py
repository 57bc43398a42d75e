"""Writes docs/reference/roles-and-actions.md from GRANTS."""

from freehold.access import ACCOUNT_ACTIONS_BY_KEY, GRANTS, NEVER_BY_KEY, ON_CHOSEN_PROJECTS, OWNERSHIP, Action, Role

ABOUT = {
    Action.ORGANIZATION_READ: "see the organization; part of every role",
    Action.ORGANIZATION_UPDATE: "change its name and slug",
    Action.ORGANIZATION_DELETE: "delete it",
    Action.ORGANIZATION_TRANSFER: "hand it over to another member",
    Action.ORGANIZATION_RESTORE: "restore it after it was deleted",
    Action.MEMBER_READ: "list its members, and ask what they may do",
    Action.MEMBER_ADD: "add users as members",
    Action.MEMBER_UPDATE: "change the role of members",
    Action.MEMBER_REMOVE: "remove members",
    Action.INVITATION_READ: "list invitations",
    Action.INVITATION_CREATE: "invite people, and send an invitation again",
    Action.INVITATION_DELETE: "revoke invitations",
    Action.ROLE_READ: "list roles",
    Action.ROLE_CREATE: "make roles",
    Action.ROLE_UPDATE: "change roles",
    Action.ROLE_DELETE: "remove roles that nobody has",
    Action.PROJECT_READ: "see all projects, not the public ones alone",
    Action.PROJECT_CREATE: "make projects",
    Action.PROJECT_UPDATE: "change projects",
    Action.PROJECT_DELETE: "remove projects",
    Action.API_KEY_READ: "list the organization's keys",
    Action.API_KEY_CREATE: "make and rotate the organization's keys",
    Action.API_KEY_DELETE: "revoke the organization's keys",
    Action.AUDIT_READ: "read the audit log",
}

HEAD = """\
# Roles and actions

What a member may do follows from their role. `owner`, `admin` and `member` are built in;
[an organization makes others](../how-to/custom-roles.md) from the same actions. A platform administrator may do all.

This page is made from the code that decides by `make renew`; a test compares it.

| action | to | owner | admin | member |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    return HEAD + "\n".join(_row(action) for action in Action) + "\n" + _rules()


def _row(action: Action) -> str:
    granted = ["yes" if action in GRANTS[role] else "" for role in (Role.OWNER, Role.ADMIN, Role.MEMBER)]
    return f"| `{action}` | {ABOUT[action]} | {' | '.join(granted)} |".replace("|  |", "| |").replace("|  |", "| |")


def _rules() -> str:
    return f"""
## Who gives what

- Only the owner lets a role or a key include {_names(OWNERSHIP)}.
- No key ever has {_names(NEVER_BY_KEY)}.
- A key limited to projects can have
  {_names(ON_CHOSEN_PROJECTS)}.
- Outside of organizations, a user's key without limits may do, as far as its user may,
  {_names(ACCOUNT_ACTIONS_BY_KEY)};
  with limits it reads its own user and, given `organization.read`, lists their organizations.
"""


def _names(actions: frozenset[Action] | frozenset[str]) -> str:
    return ", ".join(f"`{action}`" for action in sorted(actions))
