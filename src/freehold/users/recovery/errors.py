"""The constraint of password resets."""

from typing import Final

from freehold.base.errors import Meaning, failing

MEANINGS: Final[dict[str, Meaning]] = {
    "password_resets_token_hash_check": failing("/token", "invalid_token", "must be a SHA-256 hash"),
}
