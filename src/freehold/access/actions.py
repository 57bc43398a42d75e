"""Who may do what, said once: roles, actions, and which role is granted which action."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """What a member is in an organization. The owner is whoever ``organizations.owner_id`` names."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Action(StrEnum):
    """What can be done with an organization and what belongs to it; a role is granted these."""

    ORGANIZATION_READ = "organization.read"
    ORGANIZATION_UPDATE = "organization.update"
    ORGANIZATION_DELETE = "organization.delete"
    ORGANIZATION_TRANSFER = "organization.transfer"
    MEMBER_READ = "member.read"
    MEMBER_ADD = "member.add"
    MEMBER_UPDATE = "member.update"
    MEMBER_REMOVE = "member.remove"
    PROJECT_READ = "project.read"
    PROJECT_CREATE = "project.create"
    PROJECT_UPDATE = "project.update"
    PROJECT_DELETE = "project.delete"
    AUDIT_READ = "audit.read"


class AccountAction(StrEnum):
    """What can be done outside of any organization; who may is said by each operation."""

    USER_CREATE = "user.create"
    USER_LIST = "user.list"
    USER_READ = "user.read"
    USER_UPDATE = "user.update"
    USER_DELETE = "user.delete"
    USER_SET_PASSWORD = "user.set_password"  # noqa: S105 - the name of an action
    SESSION_CREATE = "session.create"
    SESSION_READ = "session.read"
    SESSION_DELETE = "session.delete"
    ORGANIZATION_CREATE = "organization.create"
    ORGANIZATION_LIST = "organization.list"


_MEMBER = frozenset(
    {
        Action.ORGANIZATION_READ,
        Action.MEMBER_READ,
        Action.PROJECT_READ,
        Action.PROJECT_CREATE,
        Action.PROJECT_UPDATE,
    }
)
_ADMIN = _MEMBER | {
    Action.ORGANIZATION_UPDATE,
    Action.MEMBER_ADD,
    Action.MEMBER_UPDATE,
    Action.MEMBER_REMOVE,
    Action.PROJECT_DELETE,
    Action.AUDIT_READ,
}
_OWNER = _ADMIN | {Action.ORGANIZATION_DELETE, Action.ORGANIZATION_TRANSFER}

GRANTS: Final = MappingProxyType({Role.MEMBER: _MEMBER, Role.ADMIN: _ADMIN, Role.OWNER: _OWNER})
"""Role -> the actions it may do. A platform administrator may do all."""
