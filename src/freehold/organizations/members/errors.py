"""What can go wrong with members, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, Meaning, Missing, failing


class NoSuchUser(Missing):
    """There is no user to add."""

    code = "no_such_user"
    title = "There is no user with this id"
    explanation = "There is no user with this id: the account was deleted, or never made"
    constraints = ("organization_members_user_id_fkey",)


class AlreadyMember(Conflict):
    """A membership exists once."""

    code = "already_member"
    title = "This user is a member already: change their role instead"
    constraints = ("organization_members_pkey",)


class RoleGone(Conflict):
    """The role that somebody was promised with an invitation no longer exists."""

    code = "role_gone"
    title = "The role of this invitation no longer exists: ask for a new invitation"

    def __init__(self, name: str) -> None:
        super().__init__(f"The organization no longer has the role '{name}' of this invitation: ask for a new one")


MEANINGS: Final[dict[str, Meaning]] = {
    "organization_members_role_check": failing("/role", "invalid_choice", "must be one of: admin, member"),
}
