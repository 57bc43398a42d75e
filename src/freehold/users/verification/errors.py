"""What can go wrong when an address is confirmed, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, Forbidden, Meaning, failing


class EmailVerified(Conflict):
    """There is nothing to confirm."""

    code = "email_verified"
    title = "Your e-mail address is already confirmed, and you have not asked to change it"


class EmailUnverified(Forbidden):
    """The login and the password are right, and the address was never confirmed, which this platform requires."""

    code = "email_unverified"
    title = "Confirm your e-mail address first: open the link that we mailed you"


MEANINGS: Final[dict[str, Meaning]] = {
    "email_verifications_token_hash_check": failing("/token", "invalid_token", "must be a SHA-256 hash"),
}
