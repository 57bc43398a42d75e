"""What a suspended user is told, and the constraints of suspensions."""

from typing import Final

from freehold.base.errors import Conflict, Forbidden, Meaning, Missing, failing
from freehold.base.scalars import REASON


class AccountSuspended(Forbidden):
    """The login and the password are right, and the account is suspended."""

    code = "account_suspended"
    title = "This account is suspended: ask an administrator of this platform"


class UserSuspended(Conflict):
    """A platform administrator does something for a user that does nothing while they are suspended."""

    code = "user_suspended"
    title = "This user is suspended: resume them first"


class NotSuspended(Missing):
    """The user is active."""

    code = "not_suspended"
    title = "This user is not suspended"
    explanation = "This user is not suspended: there is nothing to read or to end"


MEANINGS: Final[dict[str, Meaning]] = {
    "users_suspension_reason_check": failing("/reason", REASON.code, REASON.says),
    "users_suspension_check": failing("/reason", REASON.code, "must belong to a user who is suspended"),
}
