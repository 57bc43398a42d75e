"""Who may do what, and the declaration that checks it before any operation runs."""

from freehold.access.actions import (
    ACCOUNT_ACTIONS_BY_KEY,
    GRANTS,
    NEVER_BY_KEY,
    ON_CHOSEN_PROJECTS,
    OWNERSHIP,
    AccountAction,
    Action,
    Role,
)
from freehold.access.explaining import explain_access, held_anywhere, is_fellow, standing_of
from freehold.access.operation import (
    OPERATIONS,
    By,
    Declared,
    Writes,
    enter,
    in_transaction,
    on_organization,
    on_user,
    operation,
)
from freehold.access.scope import (
    OrganizationRef,
    Scope,
    Subject,
    UserRef,
    checked_again,
    no_such_organization,
    standing_in,
)
from freehold.access.standing import Standing, key_includes, known_actions, standing

__all__ = [
    "ACCOUNT_ACTIONS_BY_KEY",
    "GRANTS",
    "NEVER_BY_KEY",
    "ON_CHOSEN_PROJECTS",
    "OPERATIONS",
    "OWNERSHIP",
    "AccountAction",
    "Action",
    "By",
    "Declared",
    "OrganizationRef",
    "Role",
    "Scope",
    "Standing",
    "Subject",
    "UserRef",
    "Writes",
    "checked_again",
    "enter",
    "explain_access",
    "held_anywhere",
    "in_transaction",
    "is_fellow",
    "key_includes",
    "known_actions",
    "no_such_organization",
    "on_organization",
    "on_user",
    "operation",
    "standing",
    "standing_in",
    "standing_of",
]
