"""Writes docs/reference/roles-and-actions.md from GRANTS."""

from freehold.access import ACCOUNT_ACTIONS_BY_KEY, GRANTS, NEVER_BY_KEY, ON_CHOSEN_PROJECTS, OWNERSHIP, Action, Role
from freehold.base.cleaning import RESERVED_NOUNS
from freehold.base.scalars import OWN_ACTION
from freehold.data.own_actions import MOST_OWN_ACTIONS

ABOUT = {
    Action.ORGANIZATION_READ: "see the organization; part of every role",
    Action.ORGANIZATION_UPDATE: "change its name and slug",
    Action.ORGANIZATION_DELETE: "delete it",
    Action.ORGANIZATION_TRANSFER: "hand it over to another member",
    Action.ORGANIZATION_RESTORE: "restore it after it was deleted",
    Action.MEMBER_READ: "list its members, and ask what they can do",
    Action.MEMBER_ADD: "add users as members",
    Action.MEMBER_UPDATE: "change the role of members",
    Action.MEMBER_REMOVE: "remove members",
    Action.INVITATION_READ: "list invitations",
    Action.INVITATION_CREATE: "invite people, and send an invitation again",
    Action.INVITATION_DELETE: "revoke invitations",
    Action.ROLE_READ: "list roles",
    Action.ROLE_CREATE: "create roles",
    Action.ROLE_UPDATE: "change roles",
    Action.ROLE_DELETE: "delete roles that nobody has",
    Action.PROJECT_READ: "see all projects, not only the public ones",
    Action.PROJECT_CREATE: "create projects",
    Action.PROJECT_UPDATE: "change projects",
    Action.PROJECT_DELETE: "delete projects",
    Action.API_KEY_READ: "list the organization's API keys",
    Action.API_KEY_CREATE: "create and rotate the organization's API keys",
    Action.API_KEY_DELETE: "revoke the organization's API keys",
    Action.AUDIT_READ: "read the audit log",
    Action.WEBHOOK_READ: "list webhook endpoints; with `audit.read`, also what they were sent",
    Action.WEBHOOK_CREATE: "create webhook endpoints; needs `audit.read`, too",
    Action.WEBHOOK_UPDATE: "change webhook endpoints and their secrets; needs `audit.read`, too",
    Action.WEBHOOK_DELETE: "delete webhook endpoints",
    Action.WEBHOOK_REPLAY: "send events to webhook endpoints again; needs `audit.read`, too",
}

HEAD = """\
# Roles and actions

The role of a member decides what they can do. `owner`, `admin` and `member` are built in. An organization can create
[custom roles](../how-to/custom-roles.md) from the same actions. A platform administrator can do everything.

Your application can [declare actions of its own](../how-to/declare-your-actions.md), such as `invoice.read`. `GET
/v1/actions` and `freehold actions list` show all that there are. These are Freehold's:

This page is generated from the code that decides, by `make renew`, and a test compares it.

| action | allows you to | owner | admin | member |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    return HEAD + "\n".join(_row(action) for action in Action) + "\n" + _rules()


def _row(action: Action) -> str:
    granted = ["yes" if action in GRANTS[role] else "" for role in (Role.OWNER, Role.ADMIN, Role.MEMBER)]
    return f"| `{action}` | {ABOUT[action]} | {' | '.join(granted)} |".replace("|  |", "| |").replace("|  |", "| |")


def _rules() -> str:
    return f"""
## Who can give what

- Only the owner can put these into a role or an API key: {_names(OWNERSHIP)}.
- No API key can have {_names(NEVER_BY_KEY)}.
- An API key that is limited to projects can only have
  {_names(ON_CHOSEN_PROJECTS)}.
- Outside organizations, a user's API key without limits can do these, if its user can:
  {_names(ACCOUNT_ACTIONS_BY_KEY)}.
  With limits, it can only read its own user and (with `organization.read`) list their organizations.

## Your own actions

- A name is a noun, a dot and a verb: lowercase letters and underscores, at most {OWN_ACTION.max_length} characters.
- These nouns are Freehold's: {_names(RESERVED_NOUNS)}.
- All applications of a database can declare up to {MOST_OWN_ACTIONS}.
- The owner always has them. An admin has what a member has. Platform administrators have all.
- Custom roles and API keys can have them. An API key that is limited to projects cannot.
- An action that was deleted gives nothing to the roles and keys that still name it.
"""


def _names(actions: frozenset[Action] | frozenset[str]) -> str:
    return ", ".join(f"`{action}`" for action in sorted(actions))
