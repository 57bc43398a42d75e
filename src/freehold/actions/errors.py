"""What can go wrong when an application declares or deletes actions, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, Meaning, failing
from freehold.base.scalars import APPLICATION, OWN_ACTION, REASON


class ActionTaken(Conflict):
    """Another application declared the action, for other roles."""

    code = "action_taken"
    title = "Another application declared this action for other roles"


class ActionChanged(Conflict):
    """The same application declared the action for other roles, in the same revision."""

    code = "action_changed"
    title = "The application declared this action for other roles: raise the revision of its declaration"


class ActionInUse(Conflict):
    """Custom roles or API keys have the action."""

    code = "action_in_use"
    title = "Custom roles or API keys have this action"


class TooManyActions(Conflict):
    """The applications of a database have declared as many actions as there can be."""

    code = "too_many_actions"
    title = "Applications can declare 100 actions in all: delete some that are not used any more"


class BuiltInAction(Conflict):
    """Freehold's actions are always there."""

    code = "built_in_action"
    title = "Freehold's own actions cannot be deleted"


MEANINGS: Final[dict[str, Meaning]] = {
    # A race between two that declare at once is decided by the lock on own_action_versions before it comes to this.
    "own_actions_pkey": ActionTaken,
    "own_actions_name_check": failing("/actions", OWN_ACTION.code, OWN_ACTION.says),
    "own_actions_lowest_role_check": failing("/actions", "invalid_choice", "must be owner, admin or member"),
    "own_actions_description_check": failing("/actions", REASON.code, REASON.says),
    "action_declarations_pkey": ActionTaken,
    "action_declarations_action_fkey": ActionTaken,
    "action_declarations_application_check": failing("/application", APPLICATION.code, APPLICATION.says),
    "action_declarations_revision_check": failing("/revision", "out_of_range", "must be at least 1"),
    "own_action_versions_pkey": ActionTaken,
    "own_action_versions_id_check": ActionTaken,
}
