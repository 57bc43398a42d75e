"""Signing in is put off."""

from typing import Final

from freehold.base.errors import Meaning, TooManyRequests, failing


class SignInDelayed(TooManyRequests):
    """Too many attempts to sign in have failed; whether this one would have is not looked at."""

    code = "sign_in_delayed"
    title = "Too many failed attempts to sign in: wait for the number of seconds in Retry-After"
    constraints = ("sign_in_budgets_pkey",)


MEANINGS: Final[dict[str, Meaning]] = {
    "sign_in_budgets_subject_check": failing("/login", "invalid_hash", "must be kept as a hash"),
    "sign_in_budgets_failures_check": failing("/login", "invalid_count", "must not be negative"),
}
