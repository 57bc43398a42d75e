"""What can go wrong when an address is confirmed, and the constraints that say so."""

from freehold.errors import Conflict, Forbidden, check_means


class EmailVerified(Conflict):
    """There is nothing to confirm."""

    code = "email_verified"
    title = "Your e-mail address is confirmed already, and no change of it is under way"


class EmailUnverified(Forbidden):
    """The login and the password are right, and the address was never confirmed, which this platform requires."""

    code = "email_unverified"
    title = "Confirm your e-mail address first: the link was mailed to you"


check_means(
    "email_verifications_token_hash_check", pointer="/token", code="invalid_token", detail="must be a SHA-256 hash"
)
