"""Who may do what, and the declaration that checks it before any operation runs."""

from freehold.access.actions import GRANTS, AccountAction, Action, Role
from freehold.access.operation import (
    OPERATIONS,
    By,
    Declared,
    OrganizationRef,
    Scope,
    Subject,
    UserRef,
    in_transaction,
    no_such_organization,
    on_organization,
    on_user,
    operation,
)

__all__ = [
    "GRANTS",
    "OPERATIONS",
    "AccountAction",
    "Action",
    "By",
    "Declared",
    "OrganizationRef",
    "Role",
    "Scope",
    "Subject",
    "UserRef",
    "in_transaction",
    "no_such_organization",
    "on_organization",
    "on_user",
    "operation",
]
