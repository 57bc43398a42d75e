"""What can go wrong with roles, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, FieldError, Meaning, Missing, Refused, failing
from freehold.base.scalars import ROLE_NAME
from freehold.users.errors import IdTaken


class RoleTaken(Conflict):
    """The organization has a role of this name."""

    code = "role_taken"
    title = "This organization already has a role with this name: choose another"
    constraints = ("roles_organization_id_name_key",)


class TooManyRoles(Conflict):
    """The organization has as many roles of its own as there can be."""

    code = "too_many_roles"
    title = "This organization has reached the limit of 200 custom roles: delete one first"


class RoleInUse(Conflict):
    """Members have this role."""

    code = "role_in_use"
    title = "Members have this role: give them another role first"
    constraints = ("organization_members_role_id_fkey",)


class BuiltInRole(Conflict):
    """Owner, admin and member are the same everywhere."""

    code = "built_in_role"
    title = "Built-in roles cannot be changed or deleted: create a custom role instead"


class NoSuchRole(Missing):
    """This role does not exist in the organization."""

    code = "no_such_role"
    title = "This role does not exist in the organization"
    explanation = "This role does not exist in the organization: list its roles to see those it has"


class UnknownRole(Refused):
    """A role that is to be given does not exist."""

    code = "unknown_role"
    title = "The organization has no role with this name"

    def __init__(self, name: str) -> None:
        super().__init__([FieldError("/role", "unknown_role", f"the organization has no role named '{name}'")])


MEANINGS: Final[dict[str, Meaning]] = {
    "roles_pkey": IdTaken,
    "roles_name_check": failing("/name", ROLE_NAME.code, ROLE_NAME.says),
    "roles_actions_check": failing(
        "/actions", "invalid_choice", "must be different actions, organization.read among them"
    ),
}
