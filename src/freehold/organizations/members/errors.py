"""What can go wrong with members, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, Forbidden, Meaning, Missing, failing


class NoSuchUser(Missing):
    """There is no user to add."""

    code = "no_such_user"
    title = "No user has this id"
    explanation = "No user has this id: the account was deleted, or never created"
    constraints = ("organization_members_user_id_fkey",)


class InvitationNeeded(Forbidden):
    """Nobody is added here without being asked (see the setting ``direct_adding``)."""

    code = "invitation_needed"
    title = "People join organizations by invitation here: invite them by e-mail instead"


class AlreadyMember(Conflict):
    """A membership exists once."""

    code = "already_member"
    title = "This user is already a member: change their role instead"
    constraints = ("organization_members_pkey",)


class RoleGone(Conflict):
    """The role that somebody was promised with an invitation no longer exists."""

    code = "role_gone"
    title = "The role in this invitation no longer exists: ask for a new invitation"

    def __init__(self, name: str) -> None:
        super().__init__(f"The role '{name}' in this invitation no longer exists: ask for a new invitation")


MEANINGS: Final[dict[str, Meaning]] = {
    "organization_members_role_check": failing("/role", "invalid_choice", "must be one of: admin, member"),
}
