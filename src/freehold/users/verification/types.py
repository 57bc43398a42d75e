"""What is sent to confirm an address."""

from freehold.base.scalars import Token
from freehold.base.validation import Input


class EmailVerification(Input, frozen=True, kw_only=True):
    """The token that was mailed to the address."""

    token: Token
