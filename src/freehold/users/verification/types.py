"""What is sent to confirm an address, and what comes of it."""

import msgspec

from freehold.base.scalars import Secret, Token
from freehold.base.validation import Input


class EmailVerification(Input, frozen=True, kw_only=True):
    """The token that was mailed to the address, and the password of the account, unless a session of it asks."""

    token: Token
    password: Secret | None = None


class PasswordNeeded(msgspec.Struct, frozen=True, kw_only=True):
    """An address was confirmed by somebody who did not show that the account is theirs.

    So every session, key and pending change that was made before has ended, no password fits any more, and a link to
    set a new one is mailed to the address.
    """

    email: str
    password_reset_mailed: bool = True
