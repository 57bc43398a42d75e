"""What can go wrong when signing in, and the constraints of sessions."""

from freehold.errors import Unauthenticated, check_means


class WrongCredentials(Unauthenticated):
    """No account has this login and this password; which of the two is wrong is not said."""

    code = "wrong_credentials"
    title = "The login or the password is not right"


check_means("sessions_token_hash_check", pointer="/token", code="invalid_token", detail="must be a SHA-256 hash")
