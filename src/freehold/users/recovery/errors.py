"""The constraint of password resets."""

from freehold.errors import check_means

check_means("password_resets_token_hash_check", pointer="/token", code="invalid_token", detail="must be a SHA-256 hash")
