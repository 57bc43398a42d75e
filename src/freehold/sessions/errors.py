"""What can go wrong when signing in, and the constraints of sessions."""

from typing import Final

from freehold.base.errors import Meaning, Unauthenticated, failing


class WrongCredentials(Unauthenticated):
    """No account has this login and this password; which of the two is wrong is not said."""

    code = "wrong_credentials"
    title = "The login or the password is wrong"


MEANINGS: Final[dict[str, Meaning]] = {
    "sessions_token_hash_check": failing("/token", "invalid_token", "must be a SHA-256 hash"),
    "sessions_acting_admin_id_fkey": failing("/admin", "no_administrator", "must be an active platform administrator"),
    "sessions_acting_check": failing("/minutes", "invalid", "must be 60 or less, for somebody else than yourself"),
}
