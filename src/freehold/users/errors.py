"""What can go wrong with users, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, FieldError, Forbidden, Meaning, Missing, Refused, failing
from freehold.base.metadata import SAYS, KeptOfUser, ObjectRule
from freehold.base.scalars import LOCALE
from freehold.base.validation import checks_of
from freehold.users.types import User


class UsernameTaken(Conflict):
    """Another user has this username, perhaps in another case."""

    code = "username_taken"
    title = "This username is taken (upper and lower case count as the same): choose another"
    constraints = ("users_username_key", "users_username_lower_key")


class EmailTaken(Conflict):
    """Another user has this e-mail address, perhaps in another case."""

    code = "email_taken"
    title = "This e-mail address is taken: sign in with it, or use another"
    constraints = ("users_email_key", "users_email_lower_key")


class IdTaken(Conflict):
    """A row with this id exists."""

    code = "id_taken"
    title = "This id is already in use"
    constraints = (
        "users_pkey",
        "organizations_pkey",
        "projects_pkey",
        "sessions_pkey",
        "audit_events_pkey",
        "mail_messages_pkey",
        "email_verifications_pkey",
        "password_resets_pkey",
    )


class UserGone(Missing):
    """The user was deleted meanwhile, while signing in or by a request for mail."""

    code = "user_gone"
    title = "This account no longer exists"
    explanation = "This account no longer exists: it was deleted while this was done, and nothing of it is stored"
    constraints = (
        "sessions_user_id_fkey",
        "email_verifications_user_id_fkey",
        "password_resets_user_id_fkey",
        "mail_messages_user_id_fkey",
        "used_tokens_user_id_fkey",
        "invitations_accepted_by_fkey",
    )


class TokenRepeated(Conflict):
    """Two tokens of 256 random bits were equal. It does not happen; the constraint makes it harmless."""

    code = "token_repeated"
    title = "Try again"
    constraints = (
        "used_tokens_pkey",
        "sessions_token_hash_key",
        "email_verifications_token_hash_key",
        "password_resets_token_hash_key",
    )


class SignUpClosed(Forbidden):
    """Whoever asks may not sign up here (see the setting ``sign_up``)."""

    code = "sign_up_closed"
    title = "Sign-up is closed: ask an administrator for an account"


class WrongPassword(Refused):
    """The current password does not fit."""

    code = "wrong_password"
    title = "The current password is wrong"

    def __init__(self, pointer: str = "/current_password") -> None:
        super().__init__([FieldError(pointer, self.code, "is not your current password")], self.title)


MEANINGS: Final[dict[str, Meaning]] = {
    **checks_of("users", User),
    "used_tokens_token_hash_check": failing("/token", "invalid_token", "must be a SHA-256 hash"),
    "users_locale_check": failing("/locale", LOCALE.code, LOCALE.says),
    **{f"users_{name}_check": failing(f"/{name}", ObjectRule.code, SAYS) for name in KeptOfUser.__struct_fields__},
    "users_password_hash_check": failing("/password", "invalid_password", "must not be empty"),
}
