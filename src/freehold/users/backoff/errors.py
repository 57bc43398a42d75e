"""Signing in is put off."""

from freehold.errors import TooManyRequests, check_means


class SignInDelayed(TooManyRequests):
    """Too many attempts to sign in have failed; whether this one would have is not looked at."""

    code = "sign_in_delayed"
    title = "Too many attempts to sign in have failed: wait as long as Retry-After says"
    constraints = ("sign_in_budgets_pkey",)


check_means("sign_in_budgets_subject_check", pointer="/login", code="invalid_hash", detail="must be kept as a hash")
check_means("sign_in_budgets_failures_check", pointer="/login", code="invalid_count", detail="must not be negative")
