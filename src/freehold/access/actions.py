"""Who may do what, said once: roles, actions, and which role is granted which action."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """A built-in role. The owner is the user in ``owner_id`` of the organization."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Action(StrEnum):
    """Something that can be done in an organization. Roles and API keys consist of actions."""

    ORGANIZATION_READ = "organization.read"
    ORGANIZATION_UPDATE = "organization.update"
    ORGANIZATION_DELETE = "organization.delete"
    ORGANIZATION_TRANSFER = "organization.transfer"
    ORGANIZATION_RESTORE = "organization.restore"
    MEMBER_READ = "member.read"
    MEMBER_ADD = "member.add"
    MEMBER_UPDATE = "member.update"
    MEMBER_REMOVE = "member.remove"
    INVITATION_READ = "invitation.read"
    INVITATION_CREATE = "invitation.create"
    INVITATION_DELETE = "invitation.delete"
    ROLE_READ = "role.read"
    ROLE_CREATE = "role.create"
    ROLE_UPDATE = "role.update"
    ROLE_DELETE = "role.delete"
    PROJECT_READ = "project.read"
    PROJECT_CREATE = "project.create"
    PROJECT_UPDATE = "project.update"
    PROJECT_DELETE = "project.delete"
    API_KEY_READ = "api_key.read"
    API_KEY_CREATE = "api_key.create"
    API_KEY_DELETE = "api_key.delete"
    AUDIT_READ = "audit.read"
    WEBHOOK_READ = "webhook.read"
    WEBHOOK_CREATE = "webhook.create"
    WEBHOOK_UPDATE = "webhook.update"
    WEBHOOK_DELETE = "webhook.delete"
    WEBHOOK_REPLAY = "webhook.replay"


class AccountAction(StrEnum):
    """What can be done outside of any organization; who may is said by each operation."""

    USER_CREATE = "user.create"
    USER_LIST = "user.list"
    USER_READ = "user.read"
    USER_UPDATE = "user.update"
    USER_DELETE = "user.delete"
    USER_EXPORT = "user.export"
    USER_SET_PASSWORD = "user.set_password"  # noqa: S105 - the name of an action
    USER_VERIFY = "user.verify"
    USER_SUSPEND = "user.suspend"
    USER_RESUME = "user.resume"
    USER_IMPERSONATE = "user.impersonate"
    USER_GRANT_ADMIN = "user.grant_admin"
    USER_REVOKE_ADMIN = "user.revoke_admin"
    EMAIL_VERIFICATION_CREATE = "email_verification.create"
    EMAIL_VERIFICATION_COMPLETE = "email_verification.complete"
    EMAIL_VERIFICATION_DELETE = "email_verification.delete"
    EMAIL_CORRECT = "email.correct"
    EMAIL_CHANGE_UNDO = "email_change.undo"
    PASSWORD_RESET_CREATE = "password_reset.create"  # noqa: S105 - the name of an action
    PASSWORD_RESET_COMPLETE = "password_reset.complete"  # noqa: S105 - the same
    MAIL_READ = "mail.read"
    SESSION_CREATE = "session.create"
    SESSION_FAIL = "session.fail"
    SESSION_REFRESH = "session.refresh"
    SESSION_READ = "session.read"
    SESSION_DELETE = "session.delete"
    API_KEY_READ = "api_key.read"
    API_KEY_CREATE = "api_key.create"
    API_KEY_DELETE = "api_key.delete"
    ORGANIZATION_CREATE = "organization.create"
    ORGANIZATION_LIST = "organization.list"
    ORGANIZATION_PURGE = "organization.purge"
    INVITATION_ACCEPT = "invitation.accept"
    INVITATION_PREVIEW = "invitation.preview"
    INVITATION_LIST = "invitation.list"
    INVITATION_DECLINE = "invitation.decline"
    OWNERSHIP_OFFER = "ownership.offer"
    OWNERSHIP_WITHDRAW = "ownership.withdraw"
    OWNERSHIP_ACCEPT = "ownership.accept"
    OWNERSHIP_DECLINE = "ownership.decline"
    TOKEN_CREATE = "token.create"  # noqa: S105 - the name of an action
    SIGNING_KEY_READ = "signing_key.read"
    SIGNING_KEY_ROTATE = "signing_key.rotate"
    AUDIT_READ = "audit.read"
    AUDIT_VERIFY = "audit.verify"
    AUDIT_EXPORT = "audit.export"
    WEBHOOK_READ = "webhook.read"
    WEBHOOK_CREATE = "webhook.create"
    WEBHOOK_UPDATE = "webhook.update"
    WEBHOOK_DELETE = "webhook.delete"
    WEBHOOK_REPLAY = "webhook.replay"
    DATA_IMPORT = "data.import"
    DATA_EXPORT = "data.export"
    ACTION_DECLARE = "action.declare"
    ACTION_LIST = "action.list"
    ACTION_READ = "action.read"
    ACTION_DELETE = "action.delete"


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
    Action.INVITATION_READ,
    Action.INVITATION_CREATE,
    Action.INVITATION_DELETE,
    Action.ROLE_READ,
    Action.ROLE_CREATE,
    Action.ROLE_UPDATE,
    Action.ROLE_DELETE,
    Action.PROJECT_DELETE,
    Action.API_KEY_READ,
    Action.API_KEY_CREATE,
    Action.API_KEY_DELETE,
    Action.AUDIT_READ,
    Action.WEBHOOK_READ,
    Action.WEBHOOK_CREATE,
    Action.WEBHOOK_UPDATE,
    Action.WEBHOOK_DELETE,
    Action.WEBHOOK_REPLAY,
}
OWNERSHIP: Final = frozenset({Action.ORGANIZATION_DELETE, Action.ORGANIZATION_TRANSFER, Action.ORGANIZATION_RESTORE})
"""What decides on the organization as a whole; only its owner lets others do that."""

GRANTS: Final = MappingProxyType({Role.MEMBER: _MEMBER, Role.ADMIN: _ADMIN, Role.OWNER: _ADMIN | OWNERSHIP})
"""Role -> the actions it may do. A platform administrator may do all."""

OPEN_TO_ALL: Final = frozenset({Action.PROJECT_READ})
"""What everybody may do with that which an organization shows to all: its public projects."""

NEVER_BY_KEY: Final = frozenset({Action.API_KEY_CREATE, Action.API_KEY_DELETE})
"""What takes a person: with a key that makes keys, revoking it would not end what it had begun."""

ON_CHOSEN_PROJECTS: Final = frozenset(
    {
        Action.ORGANIZATION_READ,
        Action.MEMBER_READ,
        Action.PROJECT_READ,
        Action.PROJECT_UPDATE,
        Action.PROJECT_DELETE,
    }
)
"""All that a key limited to some projects can hold: it changes these projects, and nothing else."""

ACCOUNT_ACTIONS_BY_KEY: Final = frozenset(
    {
        AccountAction.USER_CREATE,
        AccountAction.USER_LIST,
        AccountAction.USER_READ,
        AccountAction.USER_UPDATE,
        AccountAction.USER_SUSPEND,
        AccountAction.USER_RESUME,
        AccountAction.ORGANIZATION_CREATE,
        AccountAction.ORGANIZATION_LIST,
    }
)
"""What a user's key may do outside of organizations. Everything else there (passwords, sessions, keys, removing the
account) takes the person, signed in; an action that is not named here does so from the start."""
