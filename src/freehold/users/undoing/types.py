"""What is sent to take back a change of address."""

from freehold.base.scalars import Password, Token
from freehold.base.validation import Input


class EmailUndo(Input, frozen=True, kw_only=True):
    """The token that was mailed to the address from before, and perhaps a new password.

    Set one: whoever changed the address could have known the old one.
    """

    token: Token
    new_password: Password | None = None
