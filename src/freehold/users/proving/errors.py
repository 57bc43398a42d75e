"""What is answered when a session alone is not enough."""

from typing import Final

from freehold.base.errors import Forbidden, FreeholdError
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.errors import WrongPassword


class FreshSignInNeeded(Forbidden):
    """The password was given too long ago for what is asked."""

    code = "fresh_sign_in_needed"
    title = "Confirm your password again: send current_password, or call POST /v1/sessions/current/refresh first"


class NotWhileActing(Forbidden):
    """An administrator who acts for a user asks for what takes the user's password."""

    code = "not_while_acting"
    title = "You act for this user: only they can do this, signed in themselves"


PROOF: Final[tuple[type[FreeholdError], ...]] = (FreshSignInNeeded, NotWhileActing, WrongPassword, SignInDelayed)
"""What can go wrong where the password is asked for again."""
