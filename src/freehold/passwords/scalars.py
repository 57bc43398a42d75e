"""The rules of a stored password hash, as those of every other value are in `freehold.base.scalars`."""

from typing import Annotated, Final

from freehold.base.text_rules import Rule
from freehold.passwords.formats import MAX_LENGTH, SAYS, check, importable

PASSWORD_HASH: Final = Rule(
    name="password_hash",
    says=SAYS,
    min_length=1,
    max_length=MAX_LENGTH,
    clean=check,
)
IMPORTED_HASH: Final = Rule(
    name="password_hash",
    says="must be a password hash of at most 10,000 characters",
    min_length=1,
    max_length=MAX_LENGTH,
    max_sent=10_000,
    clean=importable,
)
"""What an import brings. Its users set a new password where Freehold cannot check theirs."""
PasswordHash = Annotated[str, IMPORTED_HASH.meta, IMPORTED_HASH]
