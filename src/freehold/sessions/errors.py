"""What can go wrong when signing in, and the constraints of sessions."""

from freehold.errors import Conflict, Missing, Unauthenticated, check_means


class WrongCredentials(Unauthenticated):
    """No account has this login and this password; which of the two is wrong is not said."""

    code = "wrong_credentials"
    title = "The login or the password is not right"


class SessionUserGone(Missing):
    """The user was deleted while signing in."""

    code = "user_gone"
    title = "This account no longer exists"
    constraints = ("sessions_user_id_fkey",)


class TokenRepeated(Conflict):
    """Two tokens of 256 random bits were equal. It does not happen; the constraint makes it harmless."""

    code = "token_repeated"
    title = "Try again"
    constraints = ("sessions_token_hash_key",)


check_means("sessions_token_hash_check", pointer="/token", code="invalid_token", detail="must be a SHA-256 hash")
