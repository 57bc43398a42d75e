"""The constraints of changes that can be undone."""

from typing import Final

from freehold.base.errors import Meaning, failing
from freehold.users.errors import TokenRepeated, UserGone

MEANINGS: Final[dict[str, Meaning]] = {
    "email_undos_pkey": TokenRepeated,
    "email_undos_user_id_fkey": UserGone,
    "email_undos_token_hash_check": failing("/token", "invalid_token", "must be a SHA-256 hash"),
}
